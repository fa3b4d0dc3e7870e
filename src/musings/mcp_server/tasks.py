"""The extension ``io.modelcontextprotocol/tasks`` (SEP-2663, protocol of 2026-07-28) over prompts and musings.

A client that says it knows tasks is given one by ``make`` and ``make_musing`` as soon as the row is there, and asks by
``tasks/get``, in this connection or another, before this server or the next. The SDK has the way in for extensions
(``mcp.server.extension``) and not this one; its types of tasks are those of 2025-11-25, which have another shape.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Annotated, Any

from mcp import MCPError
from mcp.server.context import CallNext, HandlerResult
from mcp.server.elicitation import render_elicitation_schema
from mcp.server.extension import Extension, MethodBinding
from mcp.server.mcpserver import Context, require_client_extension
from mcp.types import INTERNAL_ERROR, INVALID_PARAMS, CallToolRequestParams, CallToolResult, RequestParams
from pydantic import Field, ValidationError

from musings.errors import ConflictError, InvalidInputError, MusingsError, NotFoundError
from musings.mcp_server.access import TASK_VERSIONS, TASKS, CallContext, Enter, QueueAccess, knows_tasks
from musings.mcp_server.chain_tools import GateChoice, reply_of
from musings.mcp_server.task_states import (
    Found,
    TaskSubject,
    asking,
    created,
    detailed,
    found_by,
    has_ended,
    is_named,
    subject_of,
)
from musings.remote.answers import RemotePrompt
from musings.remote.errors import AccessRefused

TaskId = Annotated[str, Field(max_length=200)]
SUBJECTS = {"make": ("prompt", "prompt_id"), "make_musing": ("musing", "musing_id")}
"""The tools that begin something which goes on by itself: what it is, and where its id stands in their answer."""


class TaskParams(RequestParams):
    task_id: TaskId


class TaskUpdateParams(TaskParams):
    """``input_responses``: answers by the keys of the questions; what nobody asks any more is passed over."""

    input_responses: dict[str, Any]


class Tasks(Extension):
    identifier = TASKS

    def __init__(self, enter: Enter) -> None:
        self._enter = enter

    def methods(self) -> Sequence[MethodBinding]:
        return [
            MethodBinding("tasks/get", TaskParams, self._get, TASK_VERSIONS),
            MethodBinding("tasks/update", TaskUpdateParams, self._update, TASK_VERSIONS),
            MethodBinding("tasks/cancel", TaskParams, self._cancel, TASK_VERSIONS),
        ]

    async def intercept_tool_call(
        self, params: CallToolRequestParams, ctx: CallContext, call_next: CallNext
    ) -> HandlerResult:
        result = await call_next(ctx)
        # Whoever says that it does not wait wants the id and goes on: there is nothing to poll for in its name.
        waits = (params.arguments or {}).get("wait_seconds") != 0
        if params.name not in SUBJECTS or not waits or not knows_tasks(ctx) or not isinstance(result, CallToolResult):
            return result
        kind, name = SUBJECTS[params.name]
        number = (result.structured_content or {}).get(name)
        if result.is_error or not isinstance(number, int):
            return result
        # Read as `tasks/get` will read it. Who may not is answered in the tool's own way, which names the id as well.
        with suppress(MusingsError):
            found = await found_by(self._access(ctx).queue, TaskSubject(kind, number))
            return created(found, _can_ask(ctx))
        return result

    async def _get(self, ctx: CallContext, params: TaskParams) -> HandlerResult:
        _, found = await self._found(ctx, params.task_id)
        return detailed(found, _can_ask(ctx), lambda: render_elicitation_schema(GateChoice))

    async def _update(self, ctx: CallContext, params: TaskUpdateParams) -> HandlerResult:
        access, found = await self._found(ctx, params.task_id)
        for key, step in asking(found).items():
            chosen = _chosen(key, params.input_responses.get(key))
            # A person who says nothing leaves the gate as it is. One that was answered meanwhile asks no more.
            if chosen is not None:
                with _told(), suppress(ConflictError, NotFoundError):
                    await access.queue.answer_gate(found.id, step.name, reply_of(chosen))
        return {}

    async def _cancel(self, ctx: CallContext, params: TaskParams) -> HandlerResult:
        access, found = await self._found(ctx, params.task_id)
        # What has ended stays what it is: its status must not change any more.
        if not has_ended(found):
            cancel = access.queue.cancel if isinstance(found, RemotePrompt) else access.queue.cancel_musing
            with _told(), suppress(ConflictError, NotFoundError):
                await cancel(found.id)
        return {}

    def _access(self, ctx: CallContext) -> QueueAccess:
        return self._enter(Context(request_context=ctx))

    async def _found(self, ctx: CallContext, task_id: str) -> tuple[QueueAccess, Found]:
        """With the rights of whoever asks. Raises ``MCPError`` for what is not there or not for them."""
        require_client_extension(ctx, TASKS)
        access = self._access(ctx)
        subject = subject_of(task_id)
        found = None
        with _told(), suppress(NotFoundError):
            found = await found_by(access.queue, subject) if subject is not None else None
        # One answer for both: what stands behind a number that was guessed is not told.
        if found is None or not is_named(found, task_id):
            words = f"There is no task {task_id[:80]!r}: it was thrown away, or it is none of ours."
            raise MCPError(INVALID_PARAMS, words)
        return access, found


def _can_ask(ctx: CallContext) -> bool:
    able = ctx.session.client_capabilities
    return able is not None and able.elicitation is not None


def _chosen(key: str, given: object) -> GateChoice | None:
    """What a person chose; None where nobody answered. Raises ``MCPError`` for an answer that fits no question."""
    if not isinstance(given, dict) or given.get("action") != "accept":
        return None
    try:
        return GateChoice.model_validate(given.get("content") or {})
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise MCPError(INVALID_PARAMS, f"inputResponses.{key}: {faults}.") from error


@contextmanager
def _told() -> Iterator[None]:
    """Errors of ours as errors of the protocol, in their own words."""
    try:
        yield
    except (AccessRefused, InvalidInputError) as error:
        raise MCPError(INVALID_PARAMS, error.explained) from error
    except MusingsError as error:
        raise MCPError(INTERNAL_ERROR, error.explained) from error
