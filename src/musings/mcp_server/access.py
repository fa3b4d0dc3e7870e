"""How a tool reaches the queue: the operations of whoever calls it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mcp.server.context import ServerRequestContext

from musings.remote.operations import Operations

TASKS = "io.modelcontextprotocol/tasks"
"""The name of the extension for tasks (SEP-2663)."""
TASK_VERSIONS = frozenset({"2026-07-28"})
"""The versions of the protocol that have it. That of 2025-11-25 had other tasks, which are gone."""

CallContext = ServerRequestContext[Any, Any]
"""What the SDK hands to an extension; a tool finds it in the ``request_context`` of its own."""


@dataclass(frozen=True)
class QueueAccess:
    """``owner`` is kept with what is made, so that people see who asked for it."""

    queue: Operations
    owner: Mapping[str, str] = field(default_factory=dict)


Enter = Callable[[Any], QueueAccess]
"""From the SDK's context of a call."""


def knows_tasks(context: CallContext) -> bool:
    """Whether this request may be answered by a task: it must say so itself, whatever earlier ones said."""
    able = context.session.client_capabilities
    return context.protocol_version in TASK_VERSIONS and able is not None and TASKS in (able.extensions or {})
