"""Intake: from what somebody asked for to a prompt that may be stored. The same check for the API and the terminal."""

import difflib
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence

from musings.errors import Fault, InvalidInputError
from musings.forms.checking import check_parameters
from musings.makers.choice import Makers
from musings.makers.poets.wishes import ENHANCE
from musings.models import (
    KIND_OF_TYPE,
    TYPES_OF_KIND,
    Artifact,
    FormField,
    Json,
    JsonObject,
    Kind,
    NewPrompt,
    PromptStatus,
    Upload,
)
from musings.requests import inputs

TEXT_CHARACTERS = 200_000
TEXT_BYTES = 4 * TEXT_CHARACTERS
METADATA_BYTES = 100_000
METADATA_DEPTH = 32
MOST_COUNT = 16
UNUSED_WORDS = "unused_words"
"""The key in a prompt's instructions that says that its workflow takes no words."""
SUBMITTED_WITH = "workflow"
"""The key in a prompt's instructions for the default workflow that it was submitted with."""


def checked(
    pipelines: Makers,
    *,
    prompt_text: str,
    prompt_type: str,
    priority: int = 5,
    metadata: JsonObject | None = None,
    workflow: str | None = None,
    parameters: JsonObject | None = None,
    count: int | None = None,
    config_name: str | None = None,
    idempotency_key: str | None = None,
    max_attempts: int = 3,
    enhance: bool | None = None,
    artifact: Callable[[int], Artifact] | None = None,
    upload: Callable[[str], Upload] | None = None,
) -> NewPrompt:
    """A request as a prompt that may be stored; raises ``InvalidInputError`` that lists every fault it found.

    ``enhance`` asks for the poets' words before the media, or forbids them; None leaves it to the type. ``artifact``
    and ``upload`` find those that parameters name, or raise ``NotFoundError``; without them they are found later.

    The workflow is pinned: the prompt carries its file as it is now, also when that changes while it waits.
    """
    if prompt_type not in KIND_OF_TYPE:
        raise InvalidInputError([Fault("prompt_type", unknown_type(prompt_type))])
    faults = [
        *_text_faults(prompt_text),
        *_json_faults("metadata", metadata or {}),
        *_size_faults("config_name", config_name or "", TEXT_BYTES),
    ]
    if not 1 <= priority <= 10:
        faults.append(Fault("priority", f"must be from 1 (most urgent) to 10, not {priority}"))
    if count is not None and not 1 <= count <= MOST_COUNT:
        faults.append(Fault("count", f"must be from 1 to {MOST_COUNT}, not {count}"))
    if enhance and KIND_OF_TYPE[prompt_type] not in (Kind.IMAGE, Kind.MUSIC):
        faults.append(Fault("enhance", "is for pictures and music: the poets write the words that those are made of"))
    if faults:
        raise InvalidInputError(faults)
    kind = KIND_OF_TYPE[prompt_type]
    resolved = pipelines.resolve(kind, workflow)
    instructions: dict[str, Json] = {} if enhance is None else {ENHANCE: enhance}
    if workflow is None and resolved.name is not None:
        instructions[SUBMITTED_WITH] = resolved.name
    if not pipelines.takes_text(kind, workflow):
        instructions[UNUSED_WORDS] = unused_words(workflow)
    return NewPrompt(
        prompt_text=prompt_text,
        prompt_type=prompt_type,
        priority=priority,
        metadata={**(metadata or {}), **({} if enhance is None else {ENHANCE: enhance})},
        workflow=workflow,
        parameters=_parameters(resolved.form, kind, parameters or {}, count, artifact, upload),
        config_name=config_name,
        idempotency_key=idempotency_key,
        max_attempts=max_attempts,
        workflow_hash=None if resolved.version is None else resolved.version.hash,
        instructions=instructions,
        version=resolved.version,
    )


def unused_words(workflow: str | None) -> str:
    """What is said of a prompt whose workflow takes no words."""
    return f"The workflow{f' {workflow}' if workflow else ''} takes no words, so these are not used."


def types_named(given: str | None) -> list[str]:
    """The types of a comma list, a kind standing for all its types."""
    found: list[str] = []
    for name in comma_list(given):
        if name in set(Kind):
            found += TYPES_OF_KIND[Kind(name)]
        elif name in KIND_OF_TYPE:
            found.append(name)
        else:
            raise InvalidInputError([Fault("prompt_type", unknown_type(name))])
    return found


def statuses_named(given: str | None) -> list[str]:
    """The statuses of a comma list."""
    names = comma_list(given)
    for name in names:
        if name not in set(PromptStatus):
            message = f"{name[:60]!r} is no status; there are: {', '.join(PromptStatus)}"
            raise InvalidInputError([Fault("status", message)])
    return names


def comma_list(given: str | None) -> list[str]:
    return [name.strip() for name in (given or "").split(",") if name.strip()]


def unknown_type(name: str) -> str:
    near = difflib.get_close_matches(name[:60], KIND_OF_TYPE, 1)
    meant = f" Did you mean {near[0]}?" if near else ""
    return f"{name[:60]!r} is no prompt type.{meant} Known types: {', '.join(KIND_OF_TYPE)}"


def check_metadata(metadata: JsonObject) -> None:
    """Refuse metadata that cannot be stored and given back as it is; raises ``InvalidInputError``."""
    faults = _json_faults("metadata", metadata)
    if faults:
        raise InvalidInputError(faults)


def check_words(where: str, text: str) -> None:
    """Refuse a text that no column can hold: halves of surrogate pairs, NUL. Raises ``InvalidInputError``."""
    faults = _size_faults(where, text, TEXT_BYTES)
    if faults:
        raise InvalidInputError(faults)


def _text_faults(text: str) -> list[Fault]:
    bare = text.replace("\0", "")  # a workflow gets it as it is; only a text of nothing else is refused
    if not bare.strip():
        return [Fault("prompt_text", "is empty: write what should be made")]
    if len(text) > TEXT_CHARACTERS:
        message = f"is {len(text):,} characters long; at most {TEXT_CHARACTERS:,} are taken"
        return [Fault("prompt_text", message)]
    return _size_faults("prompt_text", bare, TEXT_BYTES)


def _size_faults(where: str, text: str, most: int) -> list[Fault]:
    """What no database and no file can hold: lone surrogates, NUL, and texts over ``most`` bytes of UTF-8."""
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        return [Fault(where, "holds half of a surrogate pair, which is no character")]
    if "\0" in text:
        return [Fault(where, "holds a NUL character: remove it")]
    return [Fault(where, f"is {size:,} bytes long; at most {most:,} are taken")] if size > most else []


def _json_faults(where: str, value: Json) -> list[Fault]:
    """What JSON cannot carry there and back (RFC 8259: no NaN, no lone surrogates), too much, or too deep."""
    faults = list(_unfit(where, value, METADATA_DEPTH))
    return faults or _size_faults(where, json.dumps(value, ensure_ascii=False), METADATA_BYTES)


def _unfit(where: str, value: Json, depth: int) -> Iterator[Fault]:
    if isinstance(value, str):
        yield from _size_faults(where, value, METADATA_BYTES)
    elif isinstance(value, float) and not math.isfinite(value):
        yield Fault(where, "is no number that JSON knows")
    elif isinstance(value, Mapping | list) and not depth:
        yield Fault(where, f"is nested too deeply; {METADATA_DEPTH} levels are taken")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _size_faults(f"{where}.{key[:60]}", key, METADATA_BYTES)
            yield from _unfit(f"{where}.{key[:60]}", inner, depth - 1)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _unfit(f"{where}.{place}", inner, depth - 1)


def _parameters(
    form: Sequence[FormField] | None,
    kind: Kind,
    parameters: JsonObject,
    count: int | None,
    artifact: Callable[[int], Artifact] | None,
    upload: Callable[[str], Upload] | None,
) -> JsonObject:
    """What was asked for, checked against the form. Defaults are left to the attempt, so only wishes are stored.

    Without a form, which nobody can read now, they are checked when the prompt runs.
    """
    given: dict[str, Json] = dict(parameters)
    if count is not None:
        counted = "count" if form is None else next((field.name for field in form if field.role == "count"), None)
        if counted is not None:
            given.setdefault(counted, count)
        elif count > 1:
            message = f"a {kind} prompt makes one: submit it {count} times instead"
            raise InvalidInputError([Fault("count", message)])
    values: Mapping[str, Json] = given if form is None else check_parameters(form, given)
    faults = [
        fault for name, value in given.items() for fault in _size_faults(f"parameters.{name}", str(value), TEXT_BYTES)
    ]
    if form is None:
        faults += _json_faults("parameters", given)
    elif artifact is not None:
        faults += inputs.faults(form, given, artifact, upload)
    if faults:
        raise InvalidInputError(faults)
    return {name: values[name] for name in given if given[name] is not None and given[name] != ""}
