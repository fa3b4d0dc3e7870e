"""Intake: from what somebody asked for to a prompt that may be stored. The same check for the API and the terminal."""

import difflib
import json
import math
from collections.abc import Iterator, Mapping, Sequence

from musings.errors import Fault, InvalidInputError
from musings.forms.checking import check_parameters
from musings.makers.base import Resolved
from musings.makers.choice import Makers
from musings.models import (
    KIND_OF_TYPE,
    TYPES_OF_KIND,
    FormField,
    Instructions,
    Json,
    JsonObject,
    Kind,
    NewPrompt,
    PromptStatus,
    no_prompt_type,
)
from musings.requests import inputs
from musings.requests.request import PromptRequest

TEXT_CHARACTERS = 200_000
TEXT_BYTES = 4 * TEXT_CHARACTERS
METADATA_BYTES = 100_000
METADATA_DEPTH = 32
MOST_COUNT = 16


def checked(
    pipelines: Makers,
    request: PromptRequest,
    *,
    max_attempts: int = 3,
    artifact: inputs.Find | None = None,
    upload: inputs.FindUpload | None = None,
    resolved: Resolved | None = None,
) -> NewPrompt:
    """A request as a prompt that may be stored; raises ``InvalidInputError`` that lists every fault it found.

    ``artifact`` and ``upload`` find those that parameters name, or raise ``NotFoundError``; without them they are
    found later. The workflow is pinned: the prompt carries its file as it is now, also when that changes while it
    waits. ``resolved`` is a workflow that is in no list, to be tried.
    """
    kind = _kind(request)
    resolved = resolved or pipelines.resolve(kind, request.workflow)
    asked = {} if request.enhance is None else {"enhance": request.enhance}
    return NewPrompt(
        prompt_text=request.prompt_text,
        prompt_type=request.prompt_type,
        priority=request.priority,
        metadata={**(request.metadata or {}), **asked},  # for people: what counts are the instructions
        workflow=request.workflow,
        parameters=_parameters(request, resolved.form, kind, artifact, upload),
        config_name=request.config_name,
        idempotency_key=request.idempotency_key,
        max_attempts=max_attempts,
        workflow_hash=None if resolved.version is None else resolved.version.hash,
        instructions=_instructions(request, resolved),
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
    return no_prompt_type(repr(name[:60]), f" Did you mean {near[0]}?" if near else "")


def check_metadata(metadata: JsonObject) -> None:
    """Refuse metadata that cannot be stored and given back as it is; raises ``InvalidInputError``."""
    _refuse(_json_faults("metadata", metadata))


def check_words(where: str, text: str) -> None:
    """Refuse a text that no column can hold: halves of surrogate pairs, NUL. Raises ``InvalidInputError``."""
    _refuse(_size_faults(where, text, TEXT_BYTES))


def _kind(request: PromptRequest) -> Kind:
    """The kind of a request whose words and numbers are within their bounds. Raises ``InvalidInputError``."""
    kind = KIND_OF_TYPE.get(request.prompt_type)
    if kind is None:
        raise InvalidInputError([Fault("prompt_type", unknown_type(request.prompt_type))])
    faults = [
        *_text_faults(request.prompt_text),
        *_json_faults("metadata", request.metadata or {}),
        *_size_faults("config_name", request.config_name or "", TEXT_BYTES),
    ]
    if not 1 <= request.priority <= 10:
        faults.append(Fault("priority", f"must be from 1 (most urgent) to 10, not {request.priority}"))
    if request.count is not None and not 1 <= request.count <= MOST_COUNT:
        faults.append(Fault("count", f"must be from 1 to {MOST_COUNT}, not {request.count}"))
    if request.enhance and kind not in (Kind.IMAGE, Kind.MUSIC):
        faults.append(Fault("enhance", "is for pictures and music: the poets write the words that those are made of"))
    _refuse(faults)
    return kind


def _instructions(request: PromptRequest, resolved: Resolved) -> Instructions:
    return Instructions(
        enhance=request.enhance,
        workflow=resolved.name if request.workflow is None else None,
        unused_words=None if resolved.takes_text else unused_words(request.workflow),
        owner=request.owner,
    )


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise InvalidInputError(faults)


def _parameters(
    request: PromptRequest,
    form: Sequence[FormField] | None,
    kind: Kind,
    artifact: inputs.Find | None,
    upload: inputs.FindUpload | None,
) -> JsonObject:
    """What was asked for, checked against the form. Defaults are left to the attempt, so only wishes are stored.

    Without a form, which nobody can read now, they are checked when the prompt runs.
    """
    given = _counted(request, form, kind)
    values: Mapping[str, Json] = given if form is None else check_parameters(form, given)
    faults = [
        fault for name, value in given.items() for fault in _size_faults(f"parameters.{name}", str(value), TEXT_BYTES)
    ]
    if form is None:
        faults += _json_faults("parameters", given)
    elif artifact is not None:
        faults += inputs.faults(form, given, artifact, upload)
    _refuse(faults)
    return {name: values[name] for name in given if given[name] is not None and given[name] != ""}


def _counted(request: PromptRequest, form: Sequence[FormField] | None, kind: Kind) -> dict[str, Json]:
    """The parameters with the count in the field that counts."""
    given: dict[str, Json] = dict(request.parameters or {})
    if request.count is None:
        return given
    counted = "count" if form is None else next((field.name for field in form if field.role == "count"), None)
    if counted is not None:
        given.setdefault(counted, request.count)
    elif request.count > 1:
        message = f"a {kind} prompt makes one: submit it {request.count} times instead"
        raise InvalidInputError([Fault("count", message)])
    return given


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
