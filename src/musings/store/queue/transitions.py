"""The runner's side of the ``prompts`` table: the table is the queue (DESIGN D1, D2).

Claim and finish are single compare-and-swap statements. ``attempt`` is the fencing token: whoever finishes must still
hold the attempt that it claimed, in the same transaction as the artifacts; otherwise its result is dropped.
Rows of other programs come in by ``admission``; what a dead runner left is picked up by ``recovery``.
"""

import functools
import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

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
from musings.store import rows, times
from musings.store.database import Database
from musings.store.gallery import artifacts as artifact_rows
from musings.store.gallery.prompts import IS_LIVE
from musings.store.queue import leftovers
from musings.store.queue.accounts import Step
from musings.store.tables import attempts, prompts, queue_state
from musings.store.writings import writings

LOG_EXCERPT_CHARACTERS = 16_000
_NOW = bindparam("now", type_=times.UtcTime)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
TEXT_TYPES = TYPES_OF_KIND[Kind.TEXT]
CANCELLED_RUNNING = "Cancelled while it was running."


class AttemptStatus(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"
    RELEASED = "released"


Recipe = tuple[Kind, str | None]
"""A kind with the workflow that a prompt of it names; None for those that name none."""


def claim(
    database: Database,
    kinds: Collection[Kind],
    *,
    without: Collection[Recipe] = (),
    only: int | None = None,
    maker_of: Callable[[Prompt], str | None] = lambda _prompt: None,
) -> Prompt | None:
    """Take the next due prompt of these kinds: one statement, so no two runners get the same one.

    Prompts for a recipe of ``without`` are passed over; ``only`` names the single prompt that may be taken.
    ``maker_of`` says what will make it, which is written down as the attempt's backend until it is known better.
    Relaxed: whatever the attempt leaves outside is written down on the disk before, and this with it.
    """
    now = times.now()
    with database.write(relaxed=True) as connection:
        row = connection.execute(_claim_of(tuple(kinds), _sorted(without), only), {"now": now}).first()
        if row is None:
            return None
        prompt = rows.prompt(row)
        connection.execute(
            insert(attempts)
            .prefix_with("OR REPLACE")  # of a prompt that was deleted by another program, and whose id came back
            .values(
                prompt_id=row.id,
                attempt=row.attempt,
                status=AttemptStatus.RUNNING,
                backend=maker_of(prompt),
                started_at=now,
                external_id=row.external_id,
            )
        )
        return prompt


def anything_due(
    database: Database, kinds: Collection[Kind], *, without: Collection[Recipe] = (), only: int | None = None
) -> bool:
    """Whether ``claim`` would find something now: a read, so that an idle runner writes nothing."""
    next_one = _next_in_line(tuple(kinds), _sorted(without), only)
    with database.read() as connection:
        return connection.execute(next_one, {"now": times.now()}).first() is not None


def kind_due(
    database: Database, kinds: Collection[Kind], *, without: Collection[Recipe] = (), only: int | None = None
) -> Kind | None:
    """The kind of what ``claim`` would find now; None when it would find nothing."""
    next_one = _next_in_line(tuple(kinds), _sorted(without), only).scalar_subquery()
    with database.read() as connection:
        found = connection.execute(
            select(prompts.c.prompt_type).where(prompts.c.id == next_one), {"now": times.now()}
        ).first()
    return None if found is None else KIND_OF_TYPE.get(found.prompt_type)


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
    begun = {"external_id": external_id, "worker_step": Step.OUTSIDE, "waits": 0, "waits_for": None}
    waited = and_(_is_mine(prompt_id, attempt), prompts.c.error_message.is_not(None))
    with database.write() as connection:
        mine = connection.execute(update(prompts).where(_is_mine(prompt_id, attempt)).values(begun))
        # Why it waited is over. A statement of its own: naming the column tells every page of a change.
        connection.execute(update(prompts).where(waited).values(error_message=None))
        connection.execute(update(attempts).where(_is_attempt(prompt_id, attempt)).values(external_id=external_id))
        return mine.rowcount == 1


def describe_attempt(
    database: Database, prompt_id: int, attempt: int, *, backend: str | None, parameters: JsonObject
) -> None:
    """Record what an attempt runs on and with which values, as soon as both are known."""
    with database.write(relaxed=True) as connection:
        values = {"backend": backend, "parameters": rows.dump(dict(parameters))}
        connection.execute(update(attempts).where(_is_attempt(prompt_id, attempt)).values(values))


def record_parameters(database: Database, prompt_id: int, attempt: int, parameters: JsonObject) -> None:
    """Record the values that a stage of the attempt has arrived at, in the place of those it began with."""
    with database.write() as connection:
        values = {"parameters": rows.dump(dict(parameters))}
        connection.execute(update(attempts).where(_is_attempt(prompt_id, attempt)).values(values))


def keep_writing(database: Database, prompt: Prompt, writing: Writing) -> int | None:
    """Store what a stage wrote and link it to the prompt, in one transaction; None when the fence fell.

    The prompt runs on. The next attempt finds the writing by ``output_reference`` and does not write it again.
    """
    with database.write() as connection:
        if _hold(connection, prompt) is None:
            return None
        writing_id = writings.insert_writing(connection, writing)
        connection.execute(update(prompts).where(prompts.c.id == prompt.id).values(output_reference=writing_id))
        return writing_id


def announce_directory(database: Database, prompt_id: int, attempt: int, directory: str) -> bool:
    """Write down where an attempt's files are about to go, so that recovery finds them without their rows.

    False when the fence fell: then they must not go there.
    """
    mine = select(prompts.c.id).where(_is_mine(prompt_id, attempt)).exists()
    with database.write() as connection:
        told = connection.execute(
            update(attempts).where(_is_attempt(prompt_id, attempt), mine).values(directory=directory)
        )
        return told.rowcount == 1


def report_progress(database: Database, prompt_id: int, attempt: int, progress: JsonObject) -> None:
    with database.write(relaxed=True) as connection:
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
        held = _hold(connection, prompt)
        if held is None:
            ended = select(attempts.c.status).where(_is_attempt(prompt.id, prompt.attempt))
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
        held = _hold(connection, prompt)
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
            connection.execute(delete(attempts).where(_is_attempt(prompt.id, prompt.attempt), placed_nothing))
        return True


def release(database: Database, prompt: Prompt, seconds: float, log: str) -> bool:
    """The worker stops: the prompt goes back to the queue and this attempt does not count."""
    with database.write() as connection:
        held = _hold(connection, prompt)
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


def to_stop(database: Database, running: Mapping[int, int]) -> set[int]:
    """Of these prompts with their running attempts: those to stop, cancelled, deleted or taken over meanwhile."""
    with database.read() as connection:
        found = connection.execute(
            select(prompts.c.id, prompts.c.attempt).where(
                prompts.c.id.in_(running),
                prompts.c.cancel_requested == False,  # noqa: E712 (SQL)
                prompts.c.status == PromptStatus.PROCESSING,
                IS_LIVE,
            )
        ).all()
    return set(running) - {row.id for row in found if row.attempt == running[row.id]}


def is_paused(database: Database) -> bool:
    with database.read() as connection:
        return connection.execute(_PAUSED).scalar() == "1"


def set_paused(database: Database, paused: bool) -> None:
    with database.write() as connection:
        connection.execute(queue_state.delete().where(queue_state.c.name == "paused"))
        connection.execute(insert(queue_state).values(name="paused", value="1" if paused else "0"))


_PAUSED = select(queue_state.c.value).where(queue_state.c.name == "paused")


# The runner's loop asks these all the time; building them costs more than running them.
@functools.lru_cache(maxsize=64)
def _claim_of(
    kinds: tuple[Kind, ...], without: tuple[Recipe, ...] = (), only: int | None = None
) -> ReturningUpdate[Any]:
    is_next = _next_in_line(kinds, without, only).scalar_subquery()
    return (
        update(prompts)
        .where(prompts.c.id == is_next, prompts.c.status == PromptStatus.PENDING)
        .values(
            status=PromptStatus.PROCESSING,
            attempt=prompts.c.attempt + 1,
            processed_at=func.coalesce(prompts.c.processed_at, _NOW),
            next_attempt_at=None,
            progress=None,
            worker_step=Step.WORKING,
            artifact_status=case((prompts.c.prompt_type.in_(TEXT_TYPES), None), else_=ArtifactStatus.PROCESSING),
        )
        .returning(prompts)
    )


@functools.lru_cache(maxsize=64)
def _next_in_line(kinds: tuple[Kind, ...], without: tuple[Recipe, ...] = (), only: int | None = None) -> Select[int]:
    types = [name for kind in kinds for name in TYPES_OF_KIND[kind]]
    return (
        select(prompts.c.id)
        .where(
            prompts.c.status == PromptStatus.PENDING,
            IS_LIVE,
            literal_column("+prompts.prompt_type").in_(types),  # "+": in the order of the queue's index, not by type
            or_(prompts.c.next_attempt_at.is_(None), prompts.c.next_attempt_at <= _NOW),
            *([] if only is None else [prompts.c.id == only]),
            *(_is_no_recipe(kind, list(group)) for kind, group in itertools.groupby(without, key=lambda each: each[0])),
        )
        .order_by(prompts.c.priority, prompts.c.id)
        .limit(1)
    )


def _sorted(recipes: Collection[Recipe]) -> tuple[Recipe, ...]:
    return tuple(sorted(recipes, key=lambda each: (each[0], each[1] or "")))


def _is_no_recipe(kind: Kind, recipes: Sequence[Recipe]) -> ColumnElement[bool]:
    """Of another kind, or with another workflow than these."""
    names = [name for _, name in recipes if name is not None]
    named = prompts.c.workflow.is_not(None) if (kind, None) in recipes else true()
    others = or_(prompts.c.workflow.is_(None), prompts.c.workflow.not_in(names)) if names else true()
    return or_(prompts.c.prompt_type.not_in(TYPES_OF_KIND[kind]), and_(named, others))


def _is_mine(prompt_id: int, attempt: int) -> ColumnElement[bool]:
    return and_(prompts.c.id == prompt_id, prompts.c.attempt == attempt, prompts.c.status == PromptStatus.PROCESSING)


def _is_attempt(prompt_id: int, attempt: int) -> ColumnElement[bool]:
    return and_(attempts.c.prompt_id == prompt_id, attempts.c.attempt == attempt)


def _hold(connection: Connection, prompt: Prompt) -> Row[int, bool, str | None] | None:
    """The fence: the row, if it is still at our attempt. The write transaction keeps it so."""
    held = select(prompts.c.id, prompts.c.cancel_requested, prompts.c.external_id).where(
        _is_mine(prompt.id, prompt.attempt)
    )
    return connection.execute(held).first()


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
        held = _hold(connection, prompt)
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
        .where(_is_attempt(prompt.id, prompt.attempt))
        .values(
            status=status,
            finished_at=times.now(),
            error=None if error is None else rows.storable(error),
            error_class=error_class,
            log_excerpt=rows.storable(excerpt(log)),
        )
    )


def excerpt(log: str) -> str:
    """The part of a log that the row keeps: its beginning and, more of it, its end."""
    if len(log) <= LOG_EXCERPT_CHARACTERS:
        return log
    head, tail = LOG_EXCERPT_CHARACTERS // 4, LOG_EXCERPT_CHARACTERS * 3 // 4
    return f"{log[:head]}\n… {len(log) - head - tail} characters left out …\n{log[-tail:]}"
