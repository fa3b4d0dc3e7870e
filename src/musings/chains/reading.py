"""From TOML or JSON to a chain, and from a chain to the content that its version is named by."""

import difflib
import functools
import hashlib
import json
import tomllib
from collections.abc import Mapping

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from musings.chains import checking
from musings.chains.definition import Chain, ChainParameter, ChainStep, StepCondition, StepGate
from musings.errors import Fault, InvalidInputError
from musings.models import Json
from musings.store.chains.versions import ChainVersion

MOST_BYTES = 400_000
_TABLES: Mapping[object, type[BaseModel]] = {
    "steps": ChainStep,
    "parameters": ChainParameter,
    "gate": StepGate,
    "when": StepCondition,
    "rule": StepCondition,
}


def from_toml(text: str) -> Chain:
    """A chain as its file has it. Raises ``InvalidInputError`` with every fault that was found."""
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise InvalidInputError([Fault("chain", f"is longer than {MOST_BYTES:,} bytes")])
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInputError([Fault("chain", f"is no TOML: {error}")]) from error
    return from_object(found)


def from_object(found: Mapping[str, Json]) -> Chain:
    """A chain as JSON. Raises ``InvalidInputError`` with every fault that was found."""
    try:
        chain = Chain.model_validate(found)
    except ValidationError as error:
        raise InvalidInputError(_told(error)) from error
    # Names only where the shape is right: half a chain would tell of faults that it has not.
    wrong = checking.faults(chain)
    if wrong:
        raise InvalidInputError(wrong)
    return chain


def version_of(chain: Chain) -> ChainVersion:
    """The version that a chain is: the same content has the same hash, whatever the order of its keys."""
    # Without what is as it is by default: a later version that knows more keys names old chains as before.
    content = json.dumps(as_object(chain), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return ChainVersion(hashlib.sha256(content.encode("utf-8", "replace")).hexdigest(), chain.name, content)


def as_object(chain: Chain) -> dict[str, Json]:
    """A chain as JSON, without what is as it is by default."""
    found: dict[str, Json] = {"format": chain.format, **chain.model_dump(mode="json", exclude_defaults=True)}
    return found


@functools.lru_cache(maxsize=128)
def of_content(content: str) -> Chain:
    """The chain of a version, which was checked when it was kept; the same one is not read twice."""
    return Chain.model_validate_json(content)


def _told(error: ValidationError) -> list[Fault]:
    """What is wrong, in our words where pydantic's are about itself; of alternatives the last says most."""
    told: dict[str, str] = {}
    for each in error.errors(include_url=False):
        where = ".".join(str(part + 1) if isinstance(part, int) else part for part in _place(each))
        told[where] = _message(each)
    return [Fault(where or "chain", message) for where, message in told.items()]


def _place(found: ErrorDetails) -> list[str | int]:
    """Without the names that pydantic gives to the alternatives of a value."""
    return [part for part in found["loc"] if isinstance(part, int) or not (part in _INNER or _GENERIC & set(part))]


def _message(found: ErrorDetails) -> str:
    kind, place = found["type"], found["loc"]
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        table = next((_TABLES[part] for part in reversed(place[:-1]) if part in _TABLES), Chain)
        near = difflib.get_close_matches(str(place[-1]), table.model_fields, 1)
        known = f"did you mean {near[0]}?" if near else f"there are: {', '.join(table.model_fields)}"
        return f"there is no such key; {known}"
    if kind == "string_pattern_mismatch":
        return f"{str(found['input'])[:60]!r} is not taken; it must match {found['ctx']['pattern']}"
    if kind == "value_error":
        return str(found["ctx"]["error"])
    return found["msg"][:1].lower() + found["msg"][1:]


_INNER = {"str", "bool", "int", "float", "[key]", "constrained-str", "constrained-int"}
_GENERIC = frozenset("[](){},")
