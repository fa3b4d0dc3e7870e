"""What the tools for chains answer: a run with its steps, what its gates ask, and what is there already."""

from typing import Any

from mcp.types import CallToolResult, ContentBlock, TextContent
from pydantic import BaseModel

from musings.mcp_server.results import PromptFacts, facts_of, links_of
from musings.remote.answers import RemoteChain, RemoteMusing, RemoteStep

FAILED = ("failed", "cancelled")
MOST_QUOTED = 2_000
"""Letters of a text that a person is asked about: enough to judge it by."""


class ChainFacts(BaseModel):
    """``parameters``: each with its default. ``asks``: the steps after which a person may be asked."""

    name: str
    title: str = ""
    description: str = ""
    parameters: dict[str, Any] = {}
    steps: list[str] = []
    asks: list[str] = []


class ChainListFacts(BaseModel):
    items: list[ChainFacts]


class StepFacts(BaseModel):
    """``ask``: approve, edit or choose, while its gate waits for a person; ``question`` is what it asks."""

    name: str
    kind: str | None = None
    state: str = ""
    problem: str | None = None
    ask: str | None = None
    question: str | None = None
    prompts: list[PromptFacts] = []


class MusingFacts(BaseModel):
    """``status``: running, asking, paused, completed, failed or cancelled."""

    musing_id: int
    status: str
    chain: str = ""
    idea: str = ""
    message: str = ""
    steps: list[StepFacts] = []


def facts_of_chain(found: RemoteChain) -> ChainFacts:
    return ChainFacts(
        name=found.name,
        title=found.title,
        description=found.description,
        parameters={each.name: each.default for each in found.parameters},
        steps=[f"{each.name} ({each.kind})" for each in found.steps],
        asks=[each.name for each in found.steps if each.ask is not None],
    )


def of_musing(found: RemoteMusing) -> CallToolResult:
    """The facts, what is asked, and a link for each file. One that failed is an error of the tool."""
    facts = MusingFacts(
        musing_id=found.id,
        status=found.status,
        chain=found.chain,
        idea=found.idea[:400],
        message=message_of(found),
        steps=[_step(each) for each in found.steps],
    )
    content: list[ContentBlock] = [TextContent(type="text", text=facts.message)]
    content += [TextContent(type="text", text=asked_words(each)) for each in found.steps if each.ask is not None]
    content += [link for step in found.steps for each in step.prompts for link in links_of(each)]
    failed = found.status in FAILED
    return CallToolResult(content=content, structured_content=facts.model_dump(mode="json"), is_error=failed)


def asked_words(step: RemoteStep) -> str:
    """What a gate asks, with the texts that it asks about, for whoever answers."""
    question = step.question or f"May the results of {step.title or step.name} be used?"
    texts = [each.writing.content or "" for each in step.prompts if each.writing is not None]
    made = [f"{number}. {text[:MOST_QUOTED]}" for number, text in enumerate(texts, 1)]
    # Pictures and sounds are looked at by `view`: a question has words alone.
    files = [f"{number}. prompt {each.id}" for number, each in enumerate(step.prompts, 1)] if not made else []
    return "\n\n".join([f"{step.name}: {question}", *made, *files])


def message_of(found: RemoteMusing) -> str:
    """How a musing stands, in a sentence."""
    if found.status == "asking":
        steps = ", ".join(each.name for each in found.steps if each.ask is not None)
        return f"Musing {found.id} waits for a person at {steps}: `answer_gate` lets it go on."
    if found.status == "running":
        return f"Musing {found.id} goes on by itself; look at it again later with `look_musing`."
    return f"Musing {found.id} is {found.status}. {found.problem or ''}".strip()


def _step(found: RemoteStep) -> StepFacts:
    return StepFacts(
        name=found.name,
        kind=found.kind,
        state=found.state,
        problem=found.problem,
        ask=found.ask,
        question=found.question,
        prompts=[facts_of(each) for each in found.prompts],
    )
