"""Rows of ``musings_schedules``: what is asked for again and again, when it is due next, and what came of it last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, text, update

from musings.errors import ConflictError, Fault, InvalidInputError, NotFoundError
from musings.models import JsonObject
from musings.store import rows, times
from musings.store.tables import schedules

WRONG_CLOCK = timedelta(days=1)
"""What was worked out later than this from now was so while the clock was wrong."""


@dataclass(frozen=True)
class NewSchedule:
    """A schedule that was checked. ``starts_at`` is a time on the wall of ``time_zone``; ``next_at`` None: it waits for
    nothing. ``request`` is ``{"prompt": …}`` or ``{"musing": …}``, as it was asked for.
    """

    name: str
    rule: str
    time_zone: str
    starts_at: datetime
    request: JsonObject
    enabled: bool
    next_at: datetime | None
    request_hash: str
    idempotency_key: str | None = None


@dataclass(frozen=True)
class ScheduleRow:
    """A row. ``revision`` grows with each change of it: who acts on what was read says which was read."""

    id: int
    name: str
    rule: str
    time_zone: str
    starts_at: datetime
    request: JsonObject
    enabled: bool
    created_at: datetime
    planned_at: datetime
    next_at: datetime | None
    last_at: datetime | None
    last_prompt_id: int | None
    last_musing_id: int | None
    last_error: str | None
    revision: int


@dataclass(frozen=True)
class Firing:
    """What came of a time: the prompt or the musing that was made, or words for why there is none."""

    prompt_id: int | None = None
    musing_id: int | None = None
    error: str | None = None


def add(connection: Connection, new: NewSchedule) -> tuple[ScheduleRow, bool]:
    """Keep a schedule; returns it and whether it is new.

    Raises ``ConflictError`` for a name that is taken, and ``InvalidInputError`` for a key of another request.
    """
    if new.idempotency_key is not None:
        of_key = select(schedules).where(schedules.c.idempotency_key == new.idempotency_key)
        earlier = connection.execute(of_key).first()
        if earlier is not None:
            if earlier.request_hash != new.request_hash:
                words = f"The idempotency key was used before, for another request (schedule {earlier.id})."
                raise InvalidInputError([Fault("Idempotency-Key", words)], hint="Use a new key for a new request.")
            return _schedule(earlier), False
    _require_free(connection, new.name)
    now = times.now()
    values = {
        "name": new.name,
        "rule": new.rule,
        "time_zone": new.time_zone,
        "starts_at": new.starts_at.isoformat(),
        "request": rows.dump(dict(new.request)),
        "enabled": new.enabled,
        "created_at": now,
        "planned_at": now,
        "next_at": new.next_at,
        "idempotency_key": new.idempotency_key,
        "request_hash": new.request_hash,
    }
    return _schedule(connection.execute(insert(schedules).values(values).returning(*schedules.c)).one()), True


def listing(connection: Connection) -> list[ScheduleRow]:
    """All, in the order of their names."""
    return [_schedule(row) for row in connection.execute(select(schedules).order_by(schedules.c.name))]


def get(connection: Connection, schedule_id: int) -> ScheduleRow:
    """One. Raises ``NotFoundError``."""
    row = connection.execute(select(schedules).where(schedules.c.id == schedule_id)).first()
    if row is None:
        raise _missing(schedule_id)
    return _schedule(row)


def named(connection: Connection, name: str) -> ScheduleRow:
    """The one of a name. Raises ``NotFoundError``."""
    row = connection.execute(select(schedules).where(schedules.c.name == name)).first()
    if row is None:
        raise _missing(repr(name))
    return _schedule(row)


def due(connection: Connection, now: datetime, limit: int) -> list[ScheduleRow]:
    """Those whose time has come, or was worked out while the clock was wrong; the oldest first."""
    asked = select(schedules).where(
        # To the letter the condition of the partial index, so that the ended ones cost nothing.
        text("enabled AND next_at IS NOT NULL"),
        or_(schedules.c.next_at <= now, schedules.c.planned_at > now + WRONG_CLOCK),
    )
    return [_schedule(row) for row in connection.execute(asked.order_by(schedules.c.next_at).limit(limit))]


def next_moment(connection: Connection) -> datetime | None:
    """When the next one is due; None when none is."""
    asked = select(schedules.c.next_at).where(text("enabled AND next_at IS NOT NULL"))
    found: datetime | None = connection.execute(asked.order_by(schedules.c.next_at).limit(1)).scalar()
    return found


def failing(connection: Connection) -> Sequence[ScheduleRow]:
    """Those whose last time came to nothing, and that go on."""
    asked = select(schedules).where(schedules.c.enabled, schedules.c.last_error.is_not(None))
    return [_schedule(row) for row in connection.execute(asked.order_by(schedules.c.id))]


def move(connection: Connection, seen: ScheduleRow, next_at: datetime | None) -> bool:
    """The time that was read is dealt with, and ``next_at`` is the next; False where somebody was in between."""
    # One statement that looks and changes: between a look and a change somebody else may fire it. The revision stands
    # for all that was read, the time too, which another program may have written in a form of its own.
    changed = update(schedules).where(
        schedules.c.id == seen.id, schedules.c.revision == seen.revision, schedules.c.enabled
    )
    values = {"next_at": next_at, "planned_at": times.now(), "revision": schedules.c.revision + 1}
    return connection.execute(changed.values(values)).rowcount == 1


def note(connection: Connection, schedule_id: int, what: Firing) -> None:
    """What came of a time; who asked for it has looked that the row is there."""
    values: dict[str, Any] = {
        "last_at": times.now(),
        "last_error": None if what.error is None else rows.storable(what.error),
    }
    # What was made last stays to be seen when nothing is made this time.
    if what.error is None:
        values |= {"last_prompt_id": what.prompt_id, "last_musing_id": what.musing_id}
    connection.execute(update(schedules).where(schedules.c.id == schedule_id).values(values))


def change(connection: Connection, /, schedule_id: int, **values: Any) -> ScheduleRow:
    """Change columns of one. Raises ``NotFoundError``, and ``ConflictError`` for a name that is taken."""
    if "name" in values:
        _require_free(connection, values["name"], schedule_id)
    stored = {
        **values,
        **({"request": rows.dump(dict(values["request"]))} if "request" in values else {}),
        **({"starts_at": values["starts_at"].isoformat()} if "starts_at" in values else {}),
        **({"planned_at": times.now()} if "next_at" in values else {}),
        "revision": schedules.c.revision + 1,
    }
    changed = update(schedules).where(schedules.c.id == schedule_id).values(stored).returning(*schedules.c)
    row = connection.execute(changed).first()
    if row is None:
        raise _missing(schedule_id)
    return _schedule(row)


def remove(connection: Connection, schedule_id: int) -> None:
    """Forget it; what it made stays. Raises ``NotFoundError``."""
    if connection.execute(delete(schedules).where(schedules.c.id == schedule_id)).rowcount != 1:
        raise _missing(schedule_id)


def _require_free(connection: Connection, name: str, but: int = 0) -> None:
    # Asked first for the sake of the words: the index would refuse it as well.
    taken = select(schedules.c.id).where(schedules.c.name == name, schedules.c.id != but)
    if connection.execute(taken).first() is not None:
        raise ConflictError(f"There is a schedule {name!r} already.", hint="Remove it, or choose another name.")


def _missing(which: object) -> NotFoundError:
    return NotFoundError(f"There is no schedule {which}.", hint="See `musings schedule list`.")


def _schedule(row: Row[Any]) -> ScheduleRow:
    return ScheduleRow(
        id=row.id,
        name=str(row.name),
        rule=str(row.rule),
        time_zone=str(row.time_zone),
        starts_at=datetime.fromisoformat(row.starts_at),
        request=rows.json_object(row.request),
        enabled=bool(row.enabled),
        created_at=row.created_at,
        planned_at=row.planned_at,
        next_at=row.next_at,
        last_at=row.last_at,
        last_prompt_id=row.last_prompt_id,
        last_musing_id=row.last_musing_id,
        last_error=rows.words(row.last_error),
        revision=row.revision,
    )
