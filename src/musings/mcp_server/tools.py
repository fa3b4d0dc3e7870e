"""The tools: make, look, view, search, list, cancel."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal

from mcp.server.mcpserver import AcceptedElicitation, Context, Elicit, ElicitationResult, MCPServer, Resolve
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, ToolAnnotations
from pydantic import BaseModel, Field

from musings.errors import MusingsError
from musings.mcp_server.access import Enter, QueueAccess, knows_tasks
from musings.mcp_server.results import (
    ARTIFACT,
    WRITING,
    HitFacts,
    PromptListFacts,
    SearchFacts,
    WorkflowFacts,
    WorkflowListFacts,
    facts_of,
    of_file,
    of_prompt,
)
from musings.remote.answers import RemotePrompt

Kind = Literal["image", "music", "voice", "text", "video"]
KINDS = "image, music, voice, text or video"
WAIT_SECONDS, MOST_SECONDS = 50.0, 600.0
"""Clients give up after a minute: by then they have been told which prompt it is."""

LOOKS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
MAKES = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False)
STOPS = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False)

PromptId = Annotated[int, Field(ge=1, lt=2**63, description="the id of a prompt")]
Seconds = Annotated[float, Field(ge=0, le=MOST_SECONDS, description="how long to wait for the end before answering")]


class KindChoice(BaseModel):
    """What a person is asked when the kind is missing."""

    kind: Annotated[Kind, Field(description="what should come out")]


def install(server: MCPServer[Any], enter: Enter) -> None:
    """Give the server its tools; ``enter`` says with whose rights a call is done."""
    _install_make(server, enter)
    _install_looks(server, enter)
    _install_lists(server, enter)
    _install_cancel(server, enter)


def _install_make(server: MCPServer[Any], enter: Enter) -> None:
    async def which_kind(ctx: Context[Any, Any], kind: Kind | None = None, workflow: str | None = None) -> Any:
        """The kind that was said, that of the workflow, or a question."""
        if kind is not None:
            return KindChoice(kind=kind)
        if workflow is not None:
            return KindChoice.model_validate({"kind": await _kind_of(enter(ctx), workflow)})
        # Asking a client that cannot ask would end the call with an error of the protocol.
        able = ctx.client_capabilities
        if able is None or able.elicitation is None:
            raise ToolError(f"kind is missing: say {KINDS}.")
        return Elicit("What should Musings make of it?", KindChoice)

    @server.tool(annotations=MAKES, structured_output=False)
    async def make(
        ctx: Context[Any, Any],
        text: Annotated[str, Field(min_length=1, description="what should be made; for voice, what is read aloud")],
        chosen: Annotated[ElicitationResult[KindChoice], Resolve(which_kind)],
        kind: Annotated[Kind | None, Field(description="what comes out; asked for where it is missing")] = None,  # noqa: ARG001 (for which_kind)
        workflow: Annotated[str | None, Field(description="what to make it with; see list_workflows")] = None,
        parameters: Annotated[
            dict[str, Any] | None, Field(description="fields of the workflow's form, such as width, seed, duration")
        ] = None,
        count: Annotated[int | None, Field(ge=1, le=16, description="how many to make of it")] = None,
        wait_seconds: Seconds = WAIT_SECONDS,
    ) -> CallToolResult:
        """Make a picture, a piece of music, speech, a text or a film. It is queued, and goes on whatever becomes of
        this call: the answer names its prompt_id, with which `look` finds it later.
        """
        if not isinstance(chosen, AcceptedElicitation):
            raise ToolError("Nothing was made: nobody said what should come out.")
        access = enter(ctx)
        with said():
            prompt = await access.queue.submit(
                text,
                prompt_type=chosen.data.kind,
                workflow=workflow,
                parameters=parameters,
                count=count,
                metadata={"mcp": dict(access.owner)} if access.owner else None,
            )
            # First of all, so that a client which gives up knows what to look for.
            await ctx.report_progress(0, 1, f"Prompt {prompt.id} is queued.")
            return of_prompt(await _followed(ctx, access, prompt, wait_seconds))


def _install_looks(server: MCPServer[Any], enter: Enter) -> None:
    @server.tool(annotations=LOOKS, structured_output=False)
    async def look(ctx: Context[Any, Any], prompt_id: PromptId, wait_seconds: Seconds = 0) -> CallToolResult:
        """How a prompt stands and what it has made: facts, the text, a link for each file."""
        access = enter(ctx)
        with said():
            return of_prompt(await _followed(ctx, access, await access.queue.prompt(prompt_id), wait_seconds))

    @server.tool(annotations=LOOKS, structured_output=False)
    async def view(
        ctx: Context[Any, Any],
        prompt_id: PromptId,
        number: Annotated[int, Field(ge=1, description="which of its files")] = 1,
        full: Annotated[bool, Field(description="the file itself in place of a small preview")] = False,
    ) -> CallToolResult:
        """See a picture, hear a sound or read a text that a prompt has made."""
        access = enter(ctx)
        with said():
            prompt = await access.queue.prompt(prompt_id)
            if number > len(prompt.artifacts):
                raise ToolError(f"Prompt {prompt_id} is {prompt.status} and has made {len(prompt.artifacts)} file(s).")
            artifact = prompt.artifacts[number - 1]
            # A model pays for each byte that it looks at: a preview shows enough.
            small = artifact.preview_url if artifact.artifact_type in ("image", "video") and not full else None
            answer = await access.queue.fetch(small or f"/api/artifacts/{artifact.id}")
            return of_file(answer, f"artifact-{artifact.id}", ARTIFACT.format(artifact_id=artifact.id))


def _install_lists(server: MCPServer[Any], enter: Enter) -> None:
    @server.tool(annotations=LOOKS)
    async def search(
        ctx: Context[Any, Any],
        words: Annotated[str, Field(min_length=1, max_length=1000, description="words that must all occur")],
        limit: Annotated[int, Field(ge=1, le=50)] = 20,
        cursor: str | None = None,
    ) -> SearchFacts:
        """Find writings and prompts by their words: the best writings first, then prompts, the newest first."""
        with said():
            found = await enter(ctx).queue.search(words, limit=limit, cursor=cursor)
        items = [
            HitFacts(
                type=each.type,
                id=each.id,
                title=each.title,
                status=each.status,
                uri=WRITING.format(writing_id=each.id) if each.type == "writing" else None,
            )
            for each in found.items
        ]
        return SearchFacts(items=items, next_cursor=found.next_cursor)

    @server.tool(annotations=LOOKS)
    async def list_prompts(
        ctx: Context[Any, Any],
        status: Annotated[
            str | None, Field(description="comma list: pending, processing, completed, failed, cancelled")
        ] = None,
        kind: Kind | None = None,
        limit: Annotated[int, Field(ge=1, le=50)] = 10,
        cursor: str | None = None,
    ) -> PromptListFacts:
        """Prompts, the newest first."""
        with said():
            page = await enter(ctx).queue.prompts(status=status, prompt_type=kind, limit=limit, cursor=cursor)
        return PromptListFacts(items=[facts_of(each) for each in page.items], next_cursor=page.next_cursor)

    @server.tool(annotations=LOOKS)
    async def list_workflows(ctx: Context[Any, Any], kind: Kind | None = None) -> WorkflowListFacts:
        """What prompts can be made with, and the parameters that each takes."""
        with said():
            found = await enter(ctx).queue.workflows()
        return WorkflowListFacts(
            items=[
                WorkflowFacts(
                    name=each.name,
                    kind=each.kind,
                    title=each.title,
                    description=each.description,
                    default=each.default,
                    parameters={field.name: field.type for field in each.form},
                )
                for each in found
                if kind in (None, each.kind)
            ]
        )


def _install_cancel(server: MCPServer[Any], enter: Enter) -> None:
    @server.tool(annotations=STOPS, structured_output=False)
    async def cancel(ctx: Context[Any, Any], prompt_id: PromptId) -> CallToolResult:
        """Cancel a waiting prompt at once, or ask a running one to stop."""
        with said():
            found = await enter(ctx).queue.cancel(prompt_id)
        result = of_prompt(found)
        # A cancelled prompt is an error of whoever made it, and what was wanted here.
        return result.model_copy(update={"is_error": False})


async def _kind_of(access: QueueAccess, workflow: str) -> str:
    with said():
        found = {each.name: each.kind for each in await access.queue.workflows()}
    if workflow not in found:
        raise ToolError(f"There is no workflow {workflow!r}; there are: {', '.join(sorted(found))}.")
    return found[workflow]


async def _followed(ctx: Context[Any, Any], access: QueueAccess, prompt: RemotePrompt, seconds: float) -> RemotePrompt:
    """The prompt at its end, or as it is when the time is over; the client is told how far it is."""

    async def tell(found: RemotePrompt) -> None:
        share = found.progress
        part = share.value / share.max if share is not None and share.max > 0 else 0.0
        stage = share.stage if share is not None and share.stage else found.status
        await ctx.report_progress(min(1.0, part), 1, f"Prompt {found.id}: {stage}")

    # Who knows tasks asks again by itself.
    if prompt.is_finished or seconds <= 0 or knows_tasks(ctx.request_context):
        return prompt
    return await access.queue.follow(prompt.id, seconds, tell)


@contextmanager
def said() -> Iterator[None]:
    """Errors of ours are answers of the tool, in their own words."""
    try:
        yield
    except MusingsError as error:
        raise ToolError(error.explained) from error
