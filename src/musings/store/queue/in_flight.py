"""What a running attempt writes down before it ends, and what its runner asks about it. All behind the fence."""

from collections.abc import Mapping

from sqlalchemy import Connection, and_, select, update

from musings.models import JsonObject, Prompt, PromptStatus, WorkflowVersion, Writing
from musings.store import rows
from musings.store.gallery import workflows
from musings.store.queue.fence import hold, is_attempt, is_mine
from musings.store.queue.states import Step
from musings.store.tables import attempts, prompts
from musings.store.visibility import IS_LIVE
from musings.store.writings import writings


def begin(
    connection: Connection,
    prompt_id: int,
    attempt: int,
    *,
    backend: str | None,
    parameters: JsonObject,
    version: WorkflowVersion | None = None,
) -> None:
    """Record what an attempt runs on, with which values and which workflow file, as soon as all are known.

    May be relaxed: what the attempt leaves outside or in the media root is written down on the disk before, and this
    with it.
    """
    if version is not None:
        workflows.keep(connection, version)
    values = {
        "backend": backend,
        "parameters": rows.dump(dict(parameters)),
        "workflow_hash": None if version is None else version.hash,
    }
    # Without the fence: it only describes the attempt's own row, which is no one else's.
    connection.execute(update(attempts).where(is_attempt(prompt_id, attempt)).values(values))


def started_outside(connection: Connection, prompt_id: int, attempt: int, external_id: str) -> bool:
    """Write down what runs outside for this attempt, before it runs (invariant 5). False when the prompt is no
    longer this attempt's.
    """
    begun = {"external_id": external_id, "worker_step": Step.OUTSIDE, "waits": 0, "waits_for": None}
    waited = and_(is_mine(prompt_id, attempt), prompts.c.error_message.is_not(None))
    mine = connection.execute(update(prompts).where(is_mine(prompt_id, attempt)).values(begun))
    # Why it waited is over. A statement of its own: naming the column tells every page of a change.
    connection.execute(update(prompts).where(waited).values(error_message=None))
    # On the attempt too: the prompt's column is cleared at its end, the attempt's stays for who looks back.
    connection.execute(update(attempts).where(is_attempt(prompt_id, attempt)).values(external_id=external_id))
    return mine.rowcount == 1


def record_parameters(connection: Connection, prompt_id: int, attempt: int, parameters: JsonObject) -> None:
    """Record the values that a stage of the attempt has arrived at, in the place of those it began with."""
    values = {"parameters": rows.dump(dict(parameters))}
    connection.execute(update(attempts).where(is_attempt(prompt_id, attempt)).values(values))


def keep_writing(connection: Connection, prompt: Prompt, writing: Writing) -> int | None:
    """Store what a stage wrote and link it to the prompt, in one transaction; None when it is not ours any more.

    The prompt runs on. The next attempt finds the writing by ``output_reference`` and does not write it again.
    """
    # Held first: a writing that belongs to nobody would be an orphan in the library.
    if hold(connection, prompt) is None:
        return None
    writing_id = writings.insert_writing(connection, writing)
    connection.execute(update(prompts).where(prompts.c.id == prompt.id).values(output_reference=writing_id))
    return writing_id


def announce(connection: Connection, prompt_id: int, attempt: int, directory: str) -> bool:
    """Write down where an attempt's files are about to go, so that recovery can find them before their rows exist.

    False when the attempt is not ours any more: then they must not go there.
    """
    mine = select(prompts.c.id).where(is_mine(prompt_id, attempt)).exists()
    told = connection.execute(update(attempts).where(is_attempt(prompt_id, attempt), mine).values(directory=directory))
    return told.rowcount == 1


def report_progress(connection: Connection, prompt_id: int, attempt: int, progress: JsonObject) -> None:
    connection.execute(update(prompts).where(is_mine(prompt_id, attempt)).values(progress=rows.dump(dict(progress))))


def to_stop(connection: Connection, running: Mapping[int, int]) -> set[int]:
    """Of these prompts with their running attempts: those to stop, cancelled, deleted or taken over meanwhile."""
    found = connection.execute(
        select(prompts.c.id, prompts.c.attempt).where(
            prompts.c.id.in_(running),
            prompts.c.cancel_requested == False,  # noqa: E712 (SQL)
            prompts.c.status == PromptStatus.PROCESSING,
            IS_LIVE,
        )
    ).all()
    # By difference: a row that is gone altogether has to be stopped as well.
    return set(running) - {row.id for row in found if row.attempt == running[row.id]}
