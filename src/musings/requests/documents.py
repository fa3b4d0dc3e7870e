"""A prompt that somebody wrote down as names and values: the front matter of a file, or a message on a bus.

The same names as in the body of ``POST /api/prompts``. What they say is checked by ``intake.checked``, as always.
"""

import difflib
from collections.abc import Mapping
from dataclasses import fields

from musings.errors import Fault, InvalidInputError
from musings.models import Json
from musings.requests.request import PromptRequest

_TEXT, _NUMBER, _MAP, _YES_OR_NO = "a text", "a whole number", "an object of names and values", "true or false"
_SORTS: Mapping[str, tuple[type, str]] = {
    "prompt_text": (str, _TEXT),
    "prompt_type": (str, _TEXT),
    "priority": (int, _NUMBER),
    "metadata": (dict, _MAP),
    "workflow": (str, _TEXT),
    "parameters": (dict, _MAP),
    "count": (int, _NUMBER),
    "config_name": (str, _TEXT),
    "enhance": (bool, _YES_OR_NO),
    "idempotency_key": (str, _TEXT),
}
NAMES = tuple(_SORTS)
KEY_CHARACTERS = 200
MOST_FAULTS = 20
"""As many as anybody reads; a document may have thousands."""


def request_of(document: Mapping[str, Json], *, defaults: Mapping[str, Json]) -> PromptRequest:
    """The request that names and values make; ``defaults`` count where it says nothing, and null says nothing.

    Raises ``InvalidInputError`` that names unknown names and values of another sort, the first of very many.
    """
    given = {str(name): value for name, value in document.items() if value is not None}
    faults = [fault for name, value in given.items() if (fault := _fault(name, value)) is not None]
    if faults:
        raise InvalidInputError(faults[:MOST_FAULTS])
    known = {field.name for field in fields(PromptRequest)}
    values = {**defaults, **given}
    # A text that nobody gave is refused by the check as an empty one is.
    return PromptRequest(**{"prompt_text": "", **{name: value for name, value in values.items() if name in known}})


def _fault(name: str, value: Json) -> Fault | None:
    if name not in _SORTS:
        near = difflib.get_close_matches(name[:60], _SORTS, 1)
        meant = f"did you mean {near[0]}?" if near else f"there are: {', '.join(_SORTS)}"
        return Fault(name[:60], f"is not known here; {meant}")
    sort, words = _SORTS[name]
    # By the type itself: to Python, true is a number.
    if type(value) is not sort:
        return Fault(name, f"must be {words}")
    if name == "idempotency_key" and not 1 <= len(str(value)) <= KEY_CHARACTERS:
        return Fault(name, f"must be 1 to {KEY_CHARACTERS} characters long")
    return None
