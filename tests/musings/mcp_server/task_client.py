"""The client's side of tasks, for which the SDK has the way in and no types: requests, and an extension that polls."""

import asyncio
from collections.abc import Sequence
from typing import Any, Literal

from mcp import Client
from mcp.client.extension import ClaimContext, ClientExtension, ResultClaim
from mcp.client.session import ClientSession
from mcp.types import CallToolResult, Request, RequestParams, Result
from pydantic import ConfigDict

TASKS = "io.modelcontextprotocol/tasks"
ENDED = ("completed", "failed", "cancelled")


class CreatedTask(Result):
    """``CreateTaskResult``. Times are RFC 3339."""

    result_type: Literal["task"]
    task_id: str
    status: str
    created_at: str
    last_updated_at: str
    ttl_ms: int | None
    status_message: str = ""
    poll_interval_ms: int = 0


class AnyResult(Result):
    """As it came, in the names of the wire."""

    model_config = ConfigDict(extra="allow")


class TaskParams(RequestParams):
    task_id: str
    input_responses: dict[str, Any] | None = None


class TaskRequest(Request[TaskParams, str]):
    name_param = "taskId"


class KnowsTasks(ClientExtension):
    """``tasks`` are those that were given; each is asked for until it has ended."""

    identifier = TASKS

    def __init__(self) -> None:
        self.tasks: list[CreatedTask] = []

    def claims(self) -> Sequence[ResultClaim[Any]]:
        return [ResultClaim(result_type="task", model=CreatedTask, resolve=self._resolve)]

    async def _resolve(self, task: CreatedTask, ctx: ClaimContext) -> CallToolResult:
        self.tasks.append(task)
        found = await ended(ctx.session, task.task_id)
        return CallToolResult.model_validate(found["result"])


async def asked(session: ClientSession, method: str, task_id: str, **more: Any) -> dict[str, Any]:
    """What the server answers to ``tasks/get``, ``tasks/update`` or ``tasks/cancel``, as it came."""
    request = TaskRequest(method=method, params=TaskParams(task_id=task_id, **more))
    return (await session.send_request(request, AnyResult)).model_extra or {}


async def begun(client: Client, tool: str, **arguments: Any) -> CreatedTask:
    """The task that a tool gives, not followed."""
    made = await client.session.call_tool(tool, arguments, allow_claimed=True)
    assert isinstance(made, CreatedTask), made
    return made


async def ended(session: ClientSession, task_id: str, *, at: Sequence[str] = ENDED) -> dict[str, Any]:
    """The task in one of these states. How often it is asked for is ours: the server names what suits a person."""
    async with asyncio.timeout(120):
        while (found := await asked(session, "tasks/get", task_id))["status"] not in at:
            await asyncio.sleep(0.05)
    return found
