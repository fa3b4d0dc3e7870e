"""The tools for chains: list them, start one, see how it stands, and answer where it asks."""

from typing import Annotated, Any, Literal

from mcp.server.mcpserver import AcceptedElicitation, Context, Elicit, ElicitationResult, MCPServer, Resolve
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult
from pydantic import BaseModel, Field

from musings.mcp_server.access import Enter, QueueAccess, knows_tasks
from musings.mcp_server.musing_facts import ChainListFacts, asked_words, facts_of_chain, of_musing
from musings.mcp_server.tools import LOOKS, MAKES, WAIT_SECONDS, Seconds, said
from musings.remote.answers import RemoteMusing, RemoteStep

Action = Literal["approve", "edit", "choose", "decline"]
MusingId = Annotated[int, Field(ge=1, lt=2**63, description="the id of a musing")]


class GateChoice(BaseModel):
    """What a person is asked at a gate. Flat, as elicitation has no lists."""

    action: Annotated[Action, Field(description="approve, edit the text, choose one result, or decline")]
    text: Annotated[str, Field(description="for edit: the text as it shall be")] = ""
    number: Annotated[int, Field(ge=1, description="which result is edited or chosen")] = 1


def install(server: MCPServer[Any], enter: Enter) -> None:
    """Give the server its tools for chains; ``enter`` says with whose rights a call is done."""
    _install_run(server, enter)
    _install_gate(server, enter)


def _install_run(server: MCPServer[Any], enter: Enter) -> None:
    @server.tool(annotations=LOOKS)
    async def list_chains(ctx: Context[Any, Any]) -> ChainListFacts:
        """The chains there are: each sends one idea through several prompts."""
        with said():
            return ChainListFacts(items=[facts_of_chain(each) for each in await enter(ctx).queue.chains()])

    @server.tool(annotations=MAKES, structured_output=False)
    async def make_musing(
        ctx: Context[Any, Any],
        idea: Annotated[str, Field(min_length=1, description="what all of it is about")],
        chain: Annotated[str, Field(min_length=1, max_length=100, description="see list_chains")] = "musing",
        parameters: Annotated[dict[str, Any] | None, Field(description="those of the chain")] = None,
        wait_seconds: Seconds = WAIT_SECONDS,
    ) -> CallToolResult:
        """Start a chain with an idea: a poem, a picture of it and a song, for instance. It goes on whatever becomes of
        this call: the answer names its musing_id, with which `look_musing` finds it later.
        """
        access = enter(ctx)
        with said():
            found = await access.queue.start_musing(chain, idea, parameters)
            # First of all, so that a client which gives up knows what to look for.
            await ctx.report_progress(0, 1, f"Musing {found.id} has begun.")
            return of_musing(await _followed(ctx, access, found, wait_seconds))

    @server.tool(annotations=LOOKS, structured_output=False)
    async def look_musing(ctx: Context[Any, Any], musing_id: MusingId, wait_seconds: Seconds = 0) -> CallToolResult:
        """How a musing stands: its steps with what they have made, and what a gate asks. `view` shows a file."""
        access = enter(ctx)
        with said():
            return of_musing(await _followed(ctx, access, await access.queue.musing(musing_id), wait_seconds))


def _install_gate(server: MCPServer[Any], enter: Enter) -> None:
    async def what_is_said(
        ctx: Context[Any, Any],
        musing_id: int,
        step: str | None = None,
        action: Action | None = None,
        text: str = "",
        number: int = 1,
    ) -> Any:
        """What was said already, or a question to the person."""
        if action is not None:
            return GateChoice(action=action, text=text, number=number)
        # Asking a client that cannot ask would end the call with an error of the protocol, and an agent that answers in
        # the person's place without asking is what a gate is there to prevent: so it is told to ask.
        able = ctx.client_capabilities
        if able is None or able.elicitation is None:
            raise ToolError("action is missing: ask the person, then say approve, edit, choose or decline.")
        with said():
            found = await enter(ctx).queue.musing(musing_id)
        return Elicit(asked_words(_asking(found, step)), GateChoice)

    @server.tool(annotations=MAKES, structured_output=False)
    async def answer_gate(
        ctx: Context[Any, Any],
        musing_id: MusingId,
        chosen: Annotated[ElicitationResult[GateChoice], Resolve(what_is_said)],
        step: Annotated[str | None, Field(description="which step asks; needed where several do")] = None,
        action: Annotated[Action | None, Field(description="the person is asked where it is missing")] = None,  # noqa: ARG001 (for what_is_said)
        text: Annotated[str, Field(description="for edit: the text as it shall be")] = "",  # noqa: ARG001
        number: Annotated[int, Field(ge=1, description="which result is edited or chosen")] = 1,  # noqa: ARG001
    ) -> CallToolResult:
        """Answer what the gate of a musing asks. It is the person's answer: leave `action` out to have them asked."""
        if not isinstance(chosen, AcceptedElicitation):
            raise ToolError("Nothing was answered; the musing goes on waiting.")
        access = enter(ctx)
        with said():
            name = step or _asking(await access.queue.musing(musing_id), None).name
            return of_musing(await access.queue.answer_gate(musing_id, name, reply_of(chosen.data)))


def _asking(found: RemoteMusing, step: str | None) -> RemoteStep:
    """The step whose gate asks. Raises ``ToolError`` where none does, or more than one."""
    asking = [each for each in found.steps if each.ask is not None and step in (None, each.name)]
    if len(asking) == 1:
        return asking[0]
    names = ", ".join(each.name for each in asking)
    # A guess between two would answer a question that nobody has read.
    raise ToolError(
        f"Musing {found.id} asks at {names}: say which step." if asking else f"Musing {found.id} asks nothing."
    )


def reply_of(chosen: GateChoice) -> dict[str, Any]:
    """What the gate is told (docs/chains.md)."""
    if chosen.action == "edit":
        return {"action": "edit", "edits": [{"number": chosen.number, "text": chosen.text}]}
    return {"action": "choose", "numbers": [chosen.number]} if chosen.action == "choose" else {"action": chosen.action}


async def _followed(ctx: Context[Any, Any], access: QueueAccess, found: RemoteMusing, seconds: float) -> RemoteMusing:
    """The musing when it asks or has ended, or as it is when the time is over; the client is told how far it is."""

    async def tell(now: RemoteMusing) -> None:
        done = sum(each.state in ("completed", "skipped") for each in now.steps)
        await ctx.report_progress(done, max(1, len(now.steps)), f"Musing {now.id}: {done} of {len(now.steps)} steps")

    # A question ends the waiting: nothing comes of it until somebody has answered.
    # Who knows tasks asks again by itself.
    if not found.goes_on or seconds <= 0 or knows_tasks(ctx.request_context):
        return found
    return await access.queue.follow_musing(found.id, seconds, tell)
