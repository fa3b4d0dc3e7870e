"""Jobs that a prompt which has ended may still have on servers: to be taken away there when those answer.

Each is noted in ``queue_state`` as ``left:PROMPT.ATTEMPT`` with the whereabouts of the jobs, in the transaction that
ends the prompt, so that neither the worker's death nor a server's absence lets one be forgotten.
"""

from sqlalchemy import Connection, select

from musings.store.queue import changes
from musings.store.tables import queue_state

LEFT = "left:"
SERVER_JOB = "comfy|"


def note(connection: Connection, prompt_id: int, attempt: int, external_id: str | None, *, moved: bool = False) -> None:
    """Write down that an ended prompt may have jobs outside. ``moved``: only where some were left on another server."""
    # A process on this host ends with its attempt; only a server keeps a job by itself.
    if external_id is None or not external_id.startswith(SERVER_JOB):
        return
    # More than two bars: the whereabouts name jobs on several servers.
    if not moved or external_id.count("|") > 2:
        changes.put(connection, f"{LEFT}{prompt_id}.{attempt}", external_id)


def noted(connection: Connection) -> dict[str, str]:
    """The whereabouts of every such job, by the name to forget it by."""
    left = select(queue_state.c.name, queue_state.c.value).where(queue_state.c.name.startswith(LEFT))
    found = connection.execute(left.order_by(queue_state.c.name))
    return {row.name.removeprefix(LEFT): row.value or "" for row in found}


def forget(connection: Connection, name: str) -> None:
    """It is not there any more."""
    changes.put(connection, f"{LEFT}{name}", None)
