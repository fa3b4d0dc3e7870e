"""Labels that callers of Comfy API v2 give their jobs, within the bounds of its contract."""

import re
from collections.abc import Iterable

from musings.comfyui_api.v2_refusals import V2Refusal

MOST_LABELS, MOST_FILTERS = 16, 3
LONGEST_VALUE_BYTES = 256
NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}", re.ASCII)
UNPRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, and those that turn the direction of a text: a label is shown to people."""
FILTER = re.compile(r"metadata\[(.*)\]", re.DOTALL)


def checked_labels(given: object) -> dict[str, str]:
    """The ``metadata`` of a new job. Raises ``V2Refusal`` (422)."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise _invalid("metadata must be an object of labels, each a text.")
    if len(given) > MOST_LABELS:
        raise _invalid(f"metadata has {len(given)} labels; at most {MOST_LABELS} are taken.")
    for name, value in given.items():
        fault = _fault(name, value)
        if fault is not None:
            raise _invalid(f"metadata, {name[:60]!r}: {fault}")
    return dict(given)


def label_filter(query: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The labels that a list is asked for, ``metadata[NAME]=VALUE``. Raises ``V2Refusal`` (400)."""
    wanted: dict[str, str] = {}
    for key, value in query:
        named = FILTER.fullmatch(key)
        if named is None:
            continue
        fault = "it is asked for twice." if named[1] in wanted else _fault(named[1], value)
        if fault is not None:
            raise V2Refusal(400, "invalid_metadata_filter", f"metadata[{named[1][:60]}]: {fault}")
        wanted[named[1]] = value
    if len(wanted) > MOST_FILTERS:
        words = f"{len(wanted)} labels are asked for; at most {MOST_FILTERS} are taken."
        raise V2Refusal(400, "invalid_metadata_filter", words)
    return wanted


def _fault(name: str, value: object) -> str | None:
    if not NAME.fullmatch(name):
        return "a name has 1 to 40 of the characters A-Z a-z 0-9 _ - and the full stop."
    if not isinstance(value, str):
        return "the value must be a text."
    if UNPRINTED.search(value):
        return "the value has a character that is never shown."
    if len(value.encode()) > LONGEST_VALUE_BYTES:
        return f"the value is longer than {LONGEST_VALUE_BYTES} bytes."
    return None


def _invalid(words: str) -> V2Refusal:
    return V2Refusal(422, "metadata_invalid", words)
