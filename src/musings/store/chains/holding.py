"""The prompts of a run as one: held back while it is paused, moved in the queue with it."""

from sqlalchemy import ColumnElement, Connection, select, update

from musings.models import PromptStatus
from musings.store.queue import due
from musings.store.tables import prompts, run_steps


def hold(connection: Connection, run_id: int) -> None:
    """None of its prompts is started; one that runs, and is put back, waits then as well."""
    # The running ones too: without it, one that is put back would start again in spite of the pause.
    connection.execute(update(prompts).where(_of(run_id), _IS_OPEN).values(held=True))


def release(connection: Connection, run_id: int) -> None:
    """Let its prompts have their turn again."""
    freed = update(prompts).where(_of(run_id), prompts.c.held).values(held=False)
    found = connection.execute(freed.returning(prompts.c.id, prompts.c.status)).all()
    due.enqueue(connection, [row.id for row in found if row.status == PromptStatus.PENDING])


def set_priority(connection: Connection, run_id: int, priority: int) -> None:
    """Of its prompts that have not ended."""
    connection.execute(update(prompts).where(_of(run_id), _IS_OPEN).values(priority=priority))


_IS_OPEN = prompts.c.status.in_((PromptStatus.PENDING, PromptStatus.PROCESSING))


def _of(run_id: int) -> ColumnElement[bool]:
    mine = select(run_steps.c.prompt_id).where(
        run_steps.c.run_id == run_id, run_steps.c.replaced_at.is_(None), run_steps.c.prompt_id.is_not(None)
    )
    return prompts.c.id.in_(mine)
