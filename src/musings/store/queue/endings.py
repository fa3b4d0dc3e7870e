"""How an attempt ends: with what it made, put back, released, failed or cancelled.

Each is one transaction behind the fence: whoever ends an attempt must still hold it, in the same transaction as the
artifacts; otherwise the result is dropped.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, delete, select, update

from musings.models import ArtifactStatus, JsonObject, Kind, NewArtifact, Prompt, PromptStatus, Writing
from musings.store import rows, times
from musings.store.database import Database
from musings.store.gallery import artifacts as artifact_rows
from musings.store.queue import leftovers
from musings.store.queue.fence import hold, is_attempt
from musings.store.queue.states import AttemptStatus
from musings.store.tables import attempts, prompts
from musings.store.writings import writings

LOG_EXCERPT_CHARACTERS = 16_000
CANCELLED_RUNNING = "Cancelled while it was running."


def complete(
    database: Database,
    prompt: Prompt,
    *,
    artifacts: Sequence[NewArtifact],
    writing: Writing | None,
    seconds: float,
    log: str,
    more: JsonObject | None = None,
) -> bool:
    """Finish a prompt with what it made, all in one transaction. False when the fence fell: the result is not ours.

    ``more`` goes into ``artifact_metadata``. Safe to call again after an error: what took place is not done twice,
    and is told as True.
    """
    with database.write() as connection:
        held = hold(connection, prompt)
        if held is None:
            ended = select(attempts.c.status).where(is_attempt(prompt.id, prompt.attempt))
            return connection.execute(ended).scalar() == AttemptStatus.COMPLETED
        written = {"output_reference": writings.insert_writing(connection, writing)} if writing else {}
        ended_row = {
            "completed_at": times.now(),
            "processing_duration": round(seconds, 3),
            "cancel_requested": False,
            "progress": None,
            "external_id": None,
            **written,
        }
        leftovers.note(connection, prompt.id, prompt.attempt, held.external_id, moved=True)
        artifact_rows.record_prompt_artifacts(connection, prompt.id, artifacts, more=more, also=ended_row)
        _close(connection, prompt, AttemptStatus.COMPLETED, log)
        return True


def put_back(
    database: Database,
    prompt: Prompt,
    *,
    at: datetime,
    error: str,
    error_class: str,
    seconds: float,
    log: str,
    counted: bool = True,
    waits_for: str | None = None,
    keep: bool = False,
) -> bool:
    """A passing fault: the prompt waits until ``at``. Who asked it to stop gets their wish.

    ``counted`` says whether this attempt counts against the cap; one that does not is forgotten, unless it is to be
    kept or has left files. ``waits_for`` is what has to come, as ``Unavailable`` names it.
    """
    with database.write() as connection:
        held = hold(connection, prompt)
        if held is None:
            return False
        if held.cancel_requested:
            _end(connection, prompt, held, PromptStatus.CANCELLED, CANCELLED_RUNNING, "Cancelled", seconds, log)
            return True
        _wait(
            connection,
            prompt,
            next_attempt_at=at,
            error_message=error,
            uncounted_attempts=prompts.c.uncounted_attempts + (0 if counted else 1),
            waits=0 if counted else prompts.c.waits + 1,
            waits_for=waits_for,
        )
        _close(connection, prompt, AttemptStatus.FAILED, log, error, error_class)
        if (
            not counted and not keep
        ):  # it only waited: a night without a server must not leave a hundred attempts to look at
            placed_nothing = attempts.c.directory.is_(None)
            connection.execute(delete(attempts).where(is_attempt(prompt.id, prompt.attempt), placed_nothing))
        return True


def release(database: Database, prompt: Prompt, seconds: float, log: str) -> bool:
    """The worker stops: the prompt goes back to the queue and this attempt does not count."""
    with database.write() as connection:
        held = hold(connection, prompt)
        if held is None:
            return False
        if held.cancel_requested:
            _end(connection, prompt, held, PromptStatus.CANCELLED, CANCELLED_RUNNING, "Cancelled", seconds, log)
            return True
        _wait(connection, prompt, error_message=None, uncounted_attempts=prompts.c.uncounted_attempts + 1)
        _close(connection, prompt, AttemptStatus.RELEASED, log)
        return True


def fail(database: Database, prompt: Prompt, *, error: str, error_class: str, seconds: float, log: str) -> bool:
    """No further attempt would help: the prompt has failed, with words for its owner."""
    return _end_without_result(database, prompt, PromptStatus.FAILED, error, error_class, seconds, log)


def cancelled(database: Database, prompt: Prompt, seconds: float, log: str) -> bool:
    """What was asked to stop has stopped."""
    return _end_without_result(database, prompt, PromptStatus.CANCELLED, CANCELLED_RUNNING, "Cancelled", seconds, log)


def excerpt(log: str) -> str:
    """The part of a log that the row keeps: its beginning and, more of it, its end."""
    if len(log) <= LOG_EXCERPT_CHARACTERS:
        return log
    head, tail = LOG_EXCERPT_CHARACTERS // 4, LOG_EXCERPT_CHARACTERS * 3 // 4
    return f"{log[:head]}\n… {len(log) - head - tail} characters left out …\n{log[-tail:]}"


def _wait(connection: Connection, prompt: Prompt, **values: object) -> None:
    connection.execute(
        update(prompts)
        .where(prompts.c.id == prompt.id)
        .values(
            status=PromptStatus.PENDING,
            progress=None,
            worker_step=None,
            death_step=None,
            worker_deaths=0,  # the worker lived to say how it ended
            artifact_status=None if prompt.kind is Kind.TEXT else ArtifactStatus.PENDING,
            **values,
        )
    )


def _end_without_result(
    database: Database,
    prompt: Prompt,
    status: PromptStatus,
    error: str,
    error_class: str,
    seconds: float,
    log: str,
) -> bool:
    with database.write() as connection:
        held = hold(connection, prompt)
        if held is None:
            return False
        _end(connection, prompt, held, status, error, error_class, seconds, log)
        return True


def _end(
    connection: Connection,
    prompt: Prompt,
    held: Row[int, bool, str | None],
    status: PromptStatus,
    error: str,
    error_class: str,
    seconds: float,
    log: str,
) -> None:
    connection.execute(
        update(prompts)
        .where(prompts.c.id == prompt.id)
        .values(
            status=status,
            artifact_status=None if prompt.kind is Kind.TEXT else ArtifactStatus.ERROR,
            completed_at=times.now(),
            processing_duration=round(seconds, 3),
            error_message=rows.storable(error),
            cancel_requested=False,
            progress=None,
            external_id=None,
        )
    )
    leftovers.note(connection, prompt.id, prompt.attempt, held.external_id)
    ended = AttemptStatus.CANCELLED if status is PromptStatus.CANCELLED else AttemptStatus.FAILED
    _close(connection, prompt, ended, log, error, error_class)


def _close(
    connection: Connection,
    prompt: Prompt,
    status: AttemptStatus,
    log: str,
    error: str | None = None,
    error_class: str | None = None,
) -> None:
    connection.execute(
        update(attempts)
        .where(is_attempt(prompt.id, prompt.attempt))
        .values(
            status=status,
            finished_at=times.now(),
            error=None if error is None else rows.storable(error),
            error_class=error_class,
            log_excerpt=rows.storable(excerpt(log)),
        )
    )
