"""The values that a pipeline is run with: the prompt's, checked against the form, with defaults and a seed."""

import hashlib
from collections.abc import Mapping

from musings.errors import UserFault
from musings.forms.checking import check_parameters
from musings.forms.seeds import SEED, SEED_MAXIMUM, own_bounds, seed_at
from musings.makers.base import Chosen
from musings.models import FormField, Json, JsonObject, Prompt


def values_for(chosen: Chosen, prompt: Prompt) -> JsonObject:
    """The prompt's parameters, checked and completed with defaults and a seed; as they are where there is no form.

    Raises ``InvalidInputError`` for those that do not fit the form.
    """
    if not chosen.form:
        return prompt.parameters
    values = dict(check_parameters(chosen.form, _given(prompt)))
    names = drawn(chosen, prompt)
    return values | {field.name: seed_of(prompt, field) for field in chosen.form if field.name in names}


def drawn(chosen: Chosen, prompt: Prompt) -> frozenset[str]:
    """The seeds that nobody gave, so that :func:`values_for` draws them."""
    given = _given(prompt)
    return frozenset(
        field.name for field in chosen.form if field.role == "seed" and given.get(field.name) in (None, "")
    )


def seed_of(prompt: Prompt, field: FormField = SEED) -> int:
    """The seed of a prompt that names none: its own, the same on every attempt, and within the bounds of its field."""
    digest = hashlib.sha256(f"{prompt.id}\n{prompt.created_at}\n{prompt.prompt_text}".encode("utf-8", "replace"))
    return seed_at(int.from_bytes(digest.digest()[:8], "big") & SEED_MAXIMUM, 0, *own_bounds(field))


def _given(prompt: Prompt) -> Mapping[str, Json]:
    given = prompt.parameters or prompt.instructions.parameters or {}
    if not isinstance(given, Mapping):
        raise UserFault("The parameters of this prompt are not a JSON object.")
    return given
