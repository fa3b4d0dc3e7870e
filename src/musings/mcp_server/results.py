"""What tools answer: a few facts for a program, and content that an agent can look at."""

import base64
from typing import TypeVar

from mcp.types import AudioContent, CallToolResult, ContentBlock, ImageContent, ResourceLink, TextContent
from pydantic import BaseModel

from musings.remote.answers import RemoteArtifact, RemotePrompt
from musings.remote.wire import ServerAnswer

Number = TypeVar("Number", int, float)

ARTIFACT = "musings://artifacts/{artifact_id}"
WRITING = "musings://writings/{writing_id}"
MOST_INLINE_BYTES = 1_000_000


class ArtifactFacts(BaseModel):
    """``uri`` is a resource of this server."""

    id: int
    number: int
    type: str
    uri: str
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    seed: int | None = None


class PromptFacts(BaseModel):
    """``status``: pending, processing, completed, failed or cancelled; ``text`` is what the poets wrote."""

    prompt_id: int
    status: str
    kind: str | None = None
    prompt_text: str = ""
    message: str = ""
    progress: str | None = None
    text: str | None = None
    artifacts: list[ArtifactFacts] = []


class PromptListFacts(BaseModel):
    items: list[PromptFacts]
    next_cursor: str | None = None


class HitFacts(BaseModel):
    """``uri`` is a resource of this server, for a writing."""

    type: str
    id: int
    title: str = ""
    status: str | None = None
    uri: str | None = None


class SearchFacts(BaseModel):
    items: list[HitFacts]
    next_cursor: str | None = None


class WorkflowFacts(BaseModel):
    """``parameters``: the fields of its form, each with its type."""

    name: str
    kind: str
    title: str = ""
    description: str = ""
    default: bool = False
    parameters: dict[str, str] = {}


class WorkflowListFacts(BaseModel):
    items: list[WorkflowFacts]


def facts_of(prompt: RemotePrompt) -> PromptFacts:
    progress = (
        None
        if prompt.progress is None
        else f"{prompt.progress.stage} {prompt.progress.value:g}/{prompt.progress.max:g}"
    )
    return PromptFacts(
        prompt_id=prompt.id,
        status=prompt.status,
        kind=prompt.kind,
        prompt_text=prompt.prompt_text[:400],
        message=_message(prompt),
        progress=progress,
        text=prompt.writing.content if prompt.writing is not None else None,
        artifacts=[_artifact(number, each) for number, each in enumerate(prompt.artifacts, 1)],
    )


def of_prompt(prompt: RemotePrompt) -> CallToolResult:
    """The facts, the text itself, and a link for each file. A failed prompt is an error of the tool."""
    facts = facts_of(prompt)
    content: list[ContentBlock] = [TextContent(type="text", text=facts.message)]
    if facts.text:
        content.append(TextContent(type="text", text=facts.text))
    content += links_of(prompt)
    # An agent that reads only whether it went well must see that nothing came of it.
    failed = prompt.status in ("failed", "cancelled")
    return CallToolResult(content=content, structured_content=facts.model_dump(mode="json"), is_error=failed)


def links_of(prompt: RemotePrompt) -> list[ResourceLink]:
    """A link for each file of a prompt."""
    return [_link(_artifact(number, each), prompt) for number, each in enumerate(prompt.artifacts, 1)]


def of_file(answer: ServerAnswer, name: str, uri: str) -> CallToolResult:
    """A file that an agent looks at or listens to; one that is large or of another type is a link."""
    kind = answer.headers.get("content-type", "application/octet-stream").partition(";")[0]
    block: ContentBlock
    if kind.startswith("text/"):
        block = TextContent(type="text", text=answer.content.decode("utf-8", "replace"))
    elif len(answer.content) <= MOST_INLINE_BYTES and kind.startswith("image/"):
        block = ImageContent(type="image", data=base64.b64encode(answer.content).decode("ascii"), mime_type=kind)
    elif len(answer.content) <= MOST_INLINE_BYTES and kind.startswith("audio/"):
        block = AudioContent(type="audio", data=base64.b64encode(answer.content).decode("ascii"), mime_type=kind)
    else:
        block = ResourceLink(type="resource_link", name=name, uri=uri, mime_type=kind, size=len(answer.content))
    return CallToolResult(content=[block])


def _message(prompt: RemotePrompt) -> str:
    if prompt.status == "completed":
        return f"Prompt {prompt.id} is done: {len(prompt.artifacts)} file(s)."
    if prompt.is_finished:
        return f"Prompt {prompt.id} {prompt.status}. {prompt.error_message or ''}".strip()
    waits = f" It waits: {prompt.waiting_reason}" if prompt.waiting_reason else ""
    return f"Prompt {prompt.id} is {prompt.status} and goes on by itself; look at it again later.{waits}"


def _artifact(number: int, artifact: RemoteArtifact) -> ArtifactFacts:
    known = artifact.metadata
    return ArtifactFacts(
        id=artifact.id,
        number=number,
        type=artifact.artifact_type,
        uri=ARTIFACT.format(artifact_id=artifact.id),
        width=_number(known.get("width"), int),
        height=_number(known.get("height"), int),
        duration_seconds=_number(known.get("duration"), float),
        seed=_number(known.get("seed"), int),
    )


def _number(value: object, kind: type[Number]) -> Number | None:
    """What another program wrote into the metadata need be no number."""
    return kind(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _link(facts: ArtifactFacts, prompt: RemotePrompt) -> ResourceLink:
    title = f"{facts.type} {facts.number} of prompt {prompt.id}"
    return ResourceLink(type="resource_link", name=f"artifact-{facts.id}", title=title, uri=facts.uri)
