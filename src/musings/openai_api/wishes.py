"""From a request in OpenAI's words to one of ours, by what the fields of a workflow's form mean (their roles)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from musings.models import FormField, Json, Kind
from musings.openai_api.bodies import (
    ChatBody,
    Extensions,
    ImageBody,
    MusicBody,
    ResponsesBody,
    SpeechBody,
    TextBody,
    VideoBody,
)
from musings.openai_api.refusals import ApiRefusal
from musings.requests.request import PromptRequest

SIZE = re.compile(r"(\d{1,5})x(\d{1,5})", re.ASCII)
IMAGE_NAMES: Mapping[str, str] = {"prompt_text": "prompt", "count": "n", "workflow": "model"}
MUSIC_NAMES: Mapping[str, str] = {"prompt_text": "prompt", "workflow": "model"}
VIDEO_NAMES: Mapping[str, str] = {"prompt_text": "prompt", "workflow": "model"}
SPEECH_NAMES: Mapping[str, str] = {"prompt_text": "input", "workflow": "model"}
CHAT_NAMES: Mapping[str, str] = {"prompt_text": "messages", "workflow": "model"}
RESPONSES_NAMES: Mapping[str, str] = {"prompt_text": "input", "workflow": "model"}
"""What the caller calls what our check calls otherwise, by route; ``sized`` adds the size."""


def picture(
    body: ImageBody,
    workflow: str | None,
    form: Sequence[FormField],
    files: Mapping[str, str] | None = None,
    *,
    route: str = "/v1/images/generations",
) -> PromptRequest:
    """A picture. ``files`` are references to what it is made from, by the form's field. Raises ``ApiRefusal``."""
    asked = {"seed": body.seed, "negative_prompt": body.negative_prompt, "steps": body.steps, **_size(body.size, form)}
    return _request(
        body,
        route,
        text=body.prompt,
        kind=Kind.IMAGE,
        workflow=workflow,
        parameters={**_by_role(form, asked), **(files or {})},
        count=None if body.n in (None, 1) else body.n,
        enhance=body.enhance,
    )


def speech(body: SpeechBody, workflow: str | None, form: Sequence[FormField], voice: str | None) -> PromptRequest:
    """A text, spoken; ``voice`` as the form takes it (see ``voices.spoken_by``). Raises ``ApiRefusal``."""
    asked = {"seed": body.seed, "voice": voice, "language": body.language, "speed": _speed(body.speed, form)}
    return _request(
        body,
        "/v1/audio/speech",
        text=body.input,
        kind=Kind.VOICE,
        workflow=workflow,
        parameters=_by_role(form, asked),
    )


def music(body: MusicBody, workflow: str | None, form: Sequence[FormField]) -> PromptRequest:
    """A piece of music. Raises ``ApiRefusal``."""
    names = ("seed", "duration", "lyrics", "tags", "negative_prompt")
    return _request(
        body,
        "/v1/audio/music",
        text=body.prompt,
        kind=Kind.MUSIC,
        workflow=workflow,
        parameters=_by_role(form, {name: getattr(body, name) for name in names}),
        enhance=body.enhance,
    )


def video(
    body: VideoBody, workflow: str | None, form: Sequence[FormField], files: Mapping[str, str] | None = None
) -> PromptRequest:
    """A film. ``files`` as for a picture. Raises ``ApiRefusal``."""
    asked = {
        "seed": body.seed,
        "negative_prompt": body.negative_prompt,
        "duration": _seconds(body.seconds, form),
        **_size(body.size, form),
    }
    return _request(
        body,
        "/v1/videos",
        text=body.prompt,
        kind=Kind.VIDEO,
        workflow=workflow,
        parameters={**_by_role(form, asked), **(files or {})},
        enhance=body.enhance,
    )


def writing(
    body: ChatBody | ResponsesBody, words: str, workflow: str | None, form: Sequence[FormField]
) -> PromptRequest:
    """A text of the poets. Raises ``ApiRefusal`` for what they do not do."""
    _refuse_tools(body)
    if isinstance(body, ChatBody) and body.n is not None and body.n > 1:
        raise ApiRefusal(400, "n: the poets write one answer at a time", param="n")
    wanted = body.response_format if isinstance(body, ChatBody) else (body.text or {}).get("format")
    if isinstance(wanted, dict) and wanted.get("type", "text") != "text":
        param = "response_format" if isinstance(body, ChatBody) else "text.format"
        raise ApiRefusal(400, f"{param}: the poets write texts, and promise no JSON", param=param)
    names = {field.name for field in form}
    asked = {"temperature": body.temperature, "form": body.form}
    # A client that sends a temperature to whatever it talks to means no harm: without a place it is left out.
    wishes = {name: value for name, value in asked.items() if name in names and value is not None}
    return _request(
        body,
        "/v1/chat/completions" if isinstance(body, ChatBody) else "/v1/responses",
        text=words,
        kind=Kind.TEXT,
        workflow=workflow,
        parameters={**_by_role(form, {"seed": body.seed}), **wishes},
    )


def sized(names: Mapping[str, str], form: Sequence[FormField], **more: str) -> dict[str, str]:
    """``names`` with the fields of a form whose meaning the caller has another word for; ``more`` by role."""
    words = {"width": "size", "height": "size", "count": "n", **more}
    by_role = {field.name: words.get(field.role, field.role) for field in form if field.role is not None}
    return {**by_role, **names}


def _request(
    body: Extensions,
    route: str,
    *,
    text: str,
    kind: Kind,
    workflow: str | None,
    parameters: Mapping[str, Json],
    count: int | None = None,
    enhance: bool | None = None,
) -> PromptRequest:
    said = {"route": route, "model": body.model, "user": body.user}
    note = {name: value for name, value in said.items() if value is not None}
    return PromptRequest(
        prompt_text=text,
        prompt_type=kind.value,
        priority=5 if body.priority is None else body.priority,
        metadata={**(body.metadata or {}), "openai": note},
        workflow=workflow,
        # What the caller calls by the form's own name counts more than what we concluded.
        parameters={**parameters, **(body.parameters or {})},
        count=count,
        enhance=enhance,
    )


def _by_role(form: Sequence[FormField], asked: Mapping[str, Json]) -> dict[str, Json]:
    """The fields of a form for what was asked for. A seed without a field is refused: it would be a false promise."""
    fields = {field.role: field.name for field in reversed(form) if field.role is not None}
    if asked.get("seed") is not None and "seed" not in fields:
        raise ApiRefusal(400, "seed: this workflow has none", param="seed")
    return {fields[role]: value for role, value in asked.items() if value is not None and role in fields}


def _size(size: str | None, form: Sequence[FormField]) -> dict[str, Json]:
    """Width and height, where the form has both: clients send a size to every model, and the answer says what came."""
    if size is None or size == "auto":
        return {}
    found = SIZE.fullmatch(size)
    if found is None:
        raise ApiRefusal(400, f"size: must be WIDTHxHEIGHT in pixels, or auto, not {size[:60]!r}", param="size")
    roles = {field.role for field in form}
    return {"width": int(found[1]), "height": int(found[2])} if {"width", "height"} <= roles else {}


def _seconds(seconds: float | None, form: Sequence[FormField]) -> Json:
    """A length as the form counts it, which may be in whole seconds."""
    field = next((each for each in form if each.role == "duration"), None)
    whole = field is not None and field.type == "int" and seconds is not None
    return round(seconds) if whole and seconds is not None else seconds


def _speed(speed: float | None, form: Sequence[FormField]) -> Json:
    """A speed in what the form counts in: times the voice's own, or words a minute."""
    field = next((each for each in form if each.role == "speed"), None)
    if speed is None or field is None or not isinstance(field.default, int | float):
        return speed
    low, high = field.minimum, field.maximum
    if high is not None and high <= 10:
        return speed
    # Any speed of the protocol is to be heard, so what is beyond the voice's bounds is brought to them.
    wanted = max(low or 0, min(high or float("inf"), field.default * speed))
    return round(wanted) if field.type == "int" else wanted


def _refuse_tools(body: TextBody) -> None:
    if body.tool_choice == "required" or isinstance(body.tool_choice, dict):
        raise ApiRefusal(400, "tool_choice: the poets call no tools", param="tool_choice")


def gathered(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a form (multipart), those written ``name[key]`` gathered into objects, as OpenAI's client does."""
    found: dict[str, Any] = {}
    for name, value in fields.items():
        outer, bracket, inner = name.partition("[")
        if bracket and inner.endswith("]") and len(inner) > 1:
            found.setdefault(outer, {})[inner.removesuffix("]")] = value
        else:
            found[name] = value
    return found
