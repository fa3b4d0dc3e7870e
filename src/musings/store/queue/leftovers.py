"""Jobs that a prompt which has ended may still have on servers: to be taken away there when those answer.

They are noted for each attempt with their whereabouts, in the transaction that ends the prompt, so that neither the
worker's death nor a server's absence lets one be forgotten.
"""

from sqlalchemy import Connection, delete, select

from musings.store.dialect import dialect_of
from musings.store.tables import leftover_jobs

SERVER_JOB = "comfy|"
PROCESS = "process:"


def note(connection: Connection, prompt_id: int, attempt: int, external_id: str | None, *, moved: bool = False) -> None:
    """Write down that an ended prompt may have jobs outside. ``moved``: only where some were left on another server."""
    # A process on this host ends with its attempt; only a server keeps a job by itself.
    if external_id is None or not external_id.startswith(SERVER_JOB):
        return
    # More than two bars: the whereabouts name jobs on several servers.
    if not moved or external_id.count("|") > 2:
        job = {"prompt_id": prompt_id, "attempt": attempt, "whereabouts": external_id}
        connection.execute(dialect_of(connection).insert_or_replace(leftover_jobs, job, key=("prompt_id", "attempt")))


def noted(connection: Connection) -> dict[str, str]:
    """The whereabouts of every such job, by the name to forget it by: ``PROMPT.ATTEMPT``."""
    found = connection.execute(select(leftover_jobs).order_by(leftover_jobs.c.prompt_id, leftover_jobs.c.attempt))
    return {f"{row.prompt_id}.{row.attempt}": str(row.whereabouts) for row in found}


def forget(connection: Connection, name: str) -> None:
    """It is not there any more."""
    prompt_id, _, attempt = name.partition(".")
    this = (leftover_jobs.c.prompt_id == int(prompt_id)) & (leftover_jobs.c.attempt == int(attempt))
    connection.execute(delete(leftover_jobs).where(this))
