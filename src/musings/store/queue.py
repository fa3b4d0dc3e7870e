"""The runner's side of the ``prompts`` table: the table is the queue (DESIGN D1, D2).

Claim and finish are single compare-and-swap statements. ``attempt`` is the fencing token: whoever finishes must still
hold the attempt that it claimed, in the same transaction as the artifacts; otherwise its result is dropped.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Select, and_, case, delete, func, insert, or_, select, text, update

from musings.models import (
    KIND_OF_TYPE,
    TYPES_OF_KIND,
    ArtifactStatus,
    JsonObject,
    Kind,
    NewArtifact,
    Prompt,
    PromptStatus,
    Writing,
)
from musings.store import artifacts as artifact_rows
from musings.store import rows, times, writings
from musings.store.database import Database
from musings.store.prompts import IS_LIVE
from musings.store.tables import attempts, prompts, queue_state

LOG_EXCERPT_CHARACTERS = 16_000
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
TEXT_TYPES = TYPES_OF_KIND[Kind.TEXT]
UNKNOWN_TYPE = f"Unknown prompt type. Known types: {', '.join(KIND_OF_TYPE)}."
EMPTY_TEXT = "The prompt text is empty. Write what should be made."

# To the letter the condition of the partial index musings_prompts_outside, or SQLite would not use it.
OUTSIDE = text(
    "prompts.max_attempts IS NULL AND prompts.deleted_at IS NULL"
    " AND (prompts.status IS NULL OR prompts.status IN ('pending', 'unprocessed', 'queued'))"
)


class AttemptStatus(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"
    RELEASED = "released"


@dataclass(frozen=True)
class Orphan:
    """An attempt whose runner died, as recovery found it."""

    prompt_id: int
    attempt: int
    directory: str | None
    external_id: str | None


def admit(database: Database, default_attempts: int) -> int:
    """Take in rows that other programs inserted; returns how many were changed.

    A foreign word for waiting becomes ``pending``; an unknown type or an empty text fails with a message, never
    silently; a missing priority becomes 5.
    """
    unknown = and_(prompts.c.prompt_type.is_not(None), prompts.c.prompt_type.not_in(tuple(KIND_OF_TYPE)))
    empty = func.trim(prompts.c.prompt_text, " \t\r\n") == ""
    with database.read() as connection:
        if connection.execute(select(prompts.c.id).where(OUTSIDE).limit(1)).first() is None:
            return 0
    with database.write() as connection:
        refused = _refuse(connection, and_(OUTSIDE, unknown), UNKNOWN_TYPE)
        refused += _refuse(connection, and_(OUTSIDE, empty), EMPTY_TEXT)
        taken = connection.execute(
            update(prompts)
            .where(OUTSIDE)
            .values(
                status=PromptStatus.PENDING,
                priority=func.coalesce(prompts.c.priority, 5),
                prompt_type=func.coalesce(prompts.c.prompt_type, "text"),
                max_attempts=default_attempts,
                artifact_status=case(
                    (func.coalesce(prompts.c.prompt_type, "text").in_(TEXT_TYPES), None),
                    else_=ArtifactStatus.PENDING,
                ),
            )
        )
        return refused + taken.rowcount


def claim(database: Database, kinds: Collection[Kind]) -> Prompt | None:
    """Take the next due prompt of these kinds: one statement, so no two runners get the same one."""
    now = times.now()
    is_next = _next_in_line(kinds, now).scalar_subquery()
    with database.write() as connection:
        row = connection.execute(
            update(prompts)
            .where(prompts.c.id == is_next, prompts.c.status == PromptStatus.PENDING)
            .values(
                status=PromptStatus.PROCESSING,
                attempt=prompts.c.attempt + 1,
                processed_at=func.coalesce(prompts.c.processed_at, now),
                next_attempt_at=None,
                progress=None,
                artifact_status=case((prompts.c.prompt_type.in_(TEXT_TYPES), None), else_=ArtifactStatus.PROCESSING),
            )
            .returning(prompts)
        ).first()
        if row is None:
            return None
        connection.execute(
            insert(attempts).values(
                prompt_id=row.id,
                attempt=row.attempt,
                status=AttemptStatus.RUNNING,
                started_at=now,
                external_id=row.external_id,
            )
        )
        return rows.prompt(row)


def anything_due(database: Database, kinds: Collection[Kind]) -> bool:
    """Whether ``claim`` would find something now: a read, so that an idle runner writes nothing."""
    with database.read() as connection:
        return connection.execute(_next_in_line(kinds, times.now())).first() is not None


def next_due(database: Database, kinds: Collection[Kind]) -> datetime | None:
    """When the earliest waiting prompt of these kinds may start: in the past when one is due, None without any."""
    types = [name for kind in kinds for name in TYPES_OF_KIND[kind]]
    when = func.coalesce(prompts.c.next_attempt_at, LONG_AGO)
    with database.read() as connection:
        found: datetime | None = connection.execute(
            select(func.min(when)).where(
                prompts.c.status == PromptStatus.PENDING, IS_LIVE, prompts.c.prompt_type.in_(types)
            )
        ).scalar_one()
    return found


def started_outside(database: Database, prompt_id: int, attempt: int, external_id: str) -> bool:
    """Write down what runs outside for this attempt, before it runs (DESIGN D5). False when the fence fell."""
    with database.write() as connection:
        mine = connection.execute(update(prompts).where(_is_mine(prompt_id, attempt)).values(external_id=external_id))
        connection.execute(update(attempts).where(_is_attempt(prompt_id, attempt)).values(external_id=external_id))
        return mine.rowcount == 1


def describe_attempt(
    database: Database, prompt_id: int, attempt: int, *, backend: str | None, parameters: JsonObject
) -> None:
    """Record what an attempt runs on and with which values, as soon as both are known."""
    with database.write() as connection:
        values = {"backend": backend, "parameters": rows.dump(dict(parameters))}
        connection.execute(update(attempts).where(_is_attempt(prompt_id, attempt)).values(values))


def announce_directory(database: Database, prompt_id: int, attempt: int, directory: str) -> None:
    """Write down where an attempt's files are about to go, so that recovery finds them without their rows."""
    with database.write() as connection:
        connection.execute(update(attempts).where(_is_attempt(prompt_id, attempt)).values(directory=directory))


def report_progress(database: Database, prompt_id: int, attempt: int, progress: JsonObject) -> None:
    with database.write() as connection:
        connection.execute(
            update(prompts).where(_is_mine(prompt_id, attempt)).values(progress=rows.dump(dict(progress)))
        )


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
        if not _hold(connection, prompt):
            ended = select(attempts.c.status).where(_is_attempt(prompt.id, prompt.attempt))
            return connection.execute(ended).scalar() == AttemptStatus.COMPLETED
        writing_id = writings.insert_writing(connection, writing) if writing else prompt.output_reference
        artifact_rows.insert_artifacts(connection, prompt.id, artifacts)
        media = prompt.kind is not Kind.TEXT
        connection.execute(
            update(prompts)
            .where(prompts.c.id == prompt.id)
            .values(
                status=PromptStatus.COMPLETED,
                artifact_status=ArtifactStatus.READY if media else None,
                artifact_metadata=rows.dump({**artifact_rows.summary(artifacts), **(more or {})}),
                completed_at=times.now(),
                processing_duration=round(seconds, 3),
                output_reference=writing_id,
                error_message=None,
                cancel_requested=False,
                progress=None,
                external_id=None,
            )
        )
        _close(connection, prompt, AttemptStatus.COMPLETED, log)
        return True


def put_back(
    database: Database, prompt: Prompt, *, at: datetime, error: str, error_class: str, log: str, counted: bool = True
) -> bool:
    """A passing fault: the prompt waits until ``at``. ``counted`` says whether this attempt counts against the cap."""
    with database.write() as connection:
        if not _hold(connection, prompt):
            return False
        uncounted = {} if counted else {"uncounted_attempts": prompts.c.uncounted_attempts + 1}
        _wait(connection, prompt, next_attempt_at=at, error_message=error, **uncounted)
        if counted:
            _close(connection, prompt, AttemptStatus.FAILED, log, error, error_class)
        else:  # it only waited: a night without a server must not leave a hundred attempts to look at
            connection.execute(delete(attempts).where(_is_attempt(prompt.id, prompt.attempt)))
        return True


def release(database: Database, prompt: Prompt, log: str) -> bool:
    """The worker stops: the prompt goes back to the queue and this attempt does not count."""
    with database.write() as connection:
        if not _hold(connection, prompt):
            return False
        _wait(connection, prompt, uncounted_attempts=prompts.c.uncounted_attempts + 1)
        _close(connection, prompt, AttemptStatus.RELEASED, log)
        return True


def fail(database: Database, prompt: Prompt, *, error: str, error_class: str, seconds: float, log: str) -> bool:
    """No further attempt would help: the prompt has failed, with words for its owner."""
    return _end_without_result(database, prompt, PromptStatus.FAILED, error, error_class, seconds, log)


def cancelled(database: Database, prompt: Prompt, seconds: float, log: str) -> bool:
    """What was asked to stop has stopped."""
    message = "Cancelled while it was running."
    return _end_without_result(database, prompt, PromptStatus.CANCELLED, message, "Cancelled", seconds, log)


def cancel_requests(database: Database, prompt_ids: Collection[int]) -> dict[int, int]:
    """Of these running prompts: those to stop, with the attempt that the row is at now."""
    with database.read() as connection:
        found = connection.execute(
            select(prompts.c.id, prompts.c.attempt).where(
                prompts.c.id.in_(prompt_ids),
                or_(
                    prompts.c.cancel_requested == True,  # noqa: E712 (SQL)
                    prompts.c.status != PromptStatus.PROCESSING,
                    prompts.c.deleted_at.is_not(None),
                ),
            )
        ).all()
    return {row.id: row.attempt for row in found}


def orphans(database: Database) -> list[Orphan]:
    """Attempts that a dead runner left: call it only while holding the runner's lock."""
    with database.read() as connection:
        found = connection.execute(
            select(attempts.c.prompt_id, attempts.c.attempt, attempts.c.directory, attempts.c.external_id).where(
                attempts.c.status == AttemptStatus.RUNNING
            )
        ).all()
    return [Orphan(*row) for row in found]


def recover(database: Database, default_attempts: int) -> int:
    """Put every ``processing`` prompt back, or fail it when its attempts are used up; returns how many there were.

    Call it only while holding the runner's lock: then nobody else can be working on them.
    """
    said = "The worker stopped in the middle of this attempt."
    stuck = prompts.c.status == PromptStatus.PROCESSING
    used_up = prompts.c.attempt - prompts.c.uncounted_attempts >= func.coalesce(
        prompts.c.max_attempts, default_attempts
    )
    is_text = func.coalesce(prompts.c.prompt_type, "text").in_(TEXT_TYPES)
    with database.write() as connection:
        connection.execute(
            update(attempts)
            .where(attempts.c.status == AttemptStatus.RUNNING)
            .values(status=AttemptStatus.LOST, finished_at=times.now(), error=said, error_class="Lost")
        )
        ended = update(prompts).values(completed_at=times.now(), progress=None, external_id=None)
        stopped = connection.execute(
            ended.where(stuck, prompts.c.cancel_requested == True).values(  # noqa: E712 (SQL)
                status=PromptStatus.CANCELLED,
                error_message="Cancelled while it was running.",
                artifact_status=case((is_text, None), else_=ArtifactStatus.ERROR),
            )
        ).rowcount
        failed = connection.execute(
            ended.where(stuck, used_up).values(
                status=PromptStatus.FAILED,
                error_message=func.printf(
                    "The worker stopped in the middle of every one of %d attempts, so this prompt may be what stops it."
                    " Look at the log, then retry or change it.",
                    prompts.c.attempt - prompts.c.uncounted_attempts,
                ),
                artifact_status=case((is_text, None), else_=ArtifactStatus.ERROR),
            )
        ).rowcount
        again = connection.execute(
            update(prompts)
            .where(stuck)
            .values(
                status=PromptStatus.PENDING,
                next_attempt_at=None,
                progress=None,
                artifact_status=case((is_text, None), else_=ArtifactStatus.PENDING),
            )
        ).rowcount
    return stopped + failed + again


def is_paused(database: Database) -> bool:
    with database.read() as connection:
        value = connection.execute(select(queue_state.c.value).where(queue_state.c.name == "paused")).scalar()
    return value == "1"


def set_paused(database: Database, paused: bool) -> None:
    with database.write() as connection:
        connection.execute(queue_state.delete().where(queue_state.c.name == "paused"))
        connection.execute(insert(queue_state).values(name="paused", value="1" if paused else "0"))


def _next_in_line(kinds: Collection[Kind], now: datetime) -> Select[tuple[int]]:
    types = [name for kind in kinds for name in TYPES_OF_KIND[kind]]
    return (
        select(prompts.c.id)
        .where(
            prompts.c.status == PromptStatus.PENDING,
            IS_LIVE,
            prompts.c.prompt_type.in_(types),
            or_(prompts.c.next_attempt_at.is_(None), prompts.c.next_attempt_at <= now),
        )
        .order_by(prompts.c.priority, prompts.c.id)
        .limit(1)
    )


def _is_mine(prompt_id: int, attempt: int) -> ColumnElement[bool]:
    return and_(prompts.c.id == prompt_id, prompts.c.attempt == attempt, prompts.c.status == PromptStatus.PROCESSING)


def _is_attempt(prompt_id: int, attempt: int) -> ColumnElement[bool]:
    return and_(attempts.c.prompt_id == prompt_id, attempts.c.attempt == attempt)


def _hold(connection: Connection, prompt: Prompt) -> bool:
    """The fence: whether the row is still at our attempt. The write transaction keeps it so."""
    return connection.execute(select(prompts.c.id).where(_is_mine(prompt.id, prompt.attempt))).first() is not None


def _wait(connection: Connection, prompt: Prompt, **values: object) -> None:
    media = prompt.kind is not Kind.TEXT
    connection.execute(
        update(prompts)
        .where(prompts.c.id == prompt.id)
        .values(
            status=PromptStatus.PENDING,
            progress=None,
            artifact_status=ArtifactStatus.PENDING if media else None,
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
        if not _hold(connection, prompt):
            return False
        connection.execute(
            update(prompts)
            .where(prompts.c.id == prompt.id)
            .values(
                status=status,
                artifact_status=None if prompt.kind is Kind.TEXT else ArtifactStatus.ERROR,
                completed_at=times.now(),
                processing_duration=round(seconds, 3),
                error_message=error,
                cancel_requested=False,
                progress=None,
                external_id=None,
            )
        )
        ended = AttemptStatus.CANCELLED if status is PromptStatus.CANCELLED else AttemptStatus.FAILED
        _close(connection, prompt, ended, log, error, error_class)
        return True


def _refuse(connection: Connection, which: ColumnElement[bool], message: str) -> int:
    return connection.execute(
        update(prompts)
        .where(which)
        .values(
            status=PromptStatus.FAILED,
            error_message=message,
            completed_at=times.now(),
            artifact_status=case((prompts.c.prompt_type.in_(TEXT_TYPES), None), else_=ArtifactStatus.ERROR),
        )
    ).rowcount


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
        .where(_is_attempt(prompt.id, prompt.attempt))
        .values(
            status=status,
            finished_at=times.now(),
            error=error,
            error_class=error_class,
            log_excerpt=excerpt(log),
        )
    )


def excerpt(log: str) -> str:
    """The part of a log that the row keeps: its beginning and, more of it, its end."""
    if len(log) <= LOG_EXCERPT_CHARACTERS:
        return log
    head, tail = LOG_EXCERPT_CHARACTERS // 4, LOG_EXCERPT_CHARACTERS * 3 // 4
    return f"{log[:head]}\n… {len(log) - head - tail} characters left out …\n{log[-tail:]}"
