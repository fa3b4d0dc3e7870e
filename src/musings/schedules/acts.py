"""What people do to schedules: everything is checked before anything is stored."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from musings.errors import Fault, InvalidInputError
from musings.hours import zone_of
from musings.requests.intake import check_words
from musings.schedules import headlines, making, recurrence
from musings.schedules.headlines import HeadlineSource
from musings.schedules.making import Wanted, Workroom
from musings.schedules.recurrence import Recurrence
from musings.store import times
from musings.store.schedules import schedules
from musings.store.schedules.schedules import Firing, NewSchedule, ScheduleRow

NAME_CHARACTERS = 100
LOCALTIME = "/etc/localtime"


@dataclass(frozen=True)
class ScheduleRequest:
    """As it came. ``time_zone`` None is that of the configuration, else of this machine; ``starts_at`` None is the
    beginning of today there.
    """

    name: str
    rule: str
    wanted: Wanted
    time_zone: str | None = None
    starts_at: datetime | None = None
    enabled: bool = True
    idempotency_key: str | None = None
    headlines: HeadlineSource | None = None


def zone_here(configured: str | None, environment: Mapping[str, str] = os.environ, clock: str = LOCALTIME) -> str:
    """The name of the time zone that counts where none is named: of the configuration, of this machine, else UTC."""
    linked = str(Path(clock).resolve()).rpartition("zoneinfo/")[2]
    for name in (configured, environment.get("TZ", "").removeprefix(":"), linked):
        try:
            if name and not name.startswith("/"):
                return zone_of(name).key
        except ValueError:
            continue
    return "UTC"


def recurrence_of(row: ScheduleRow) -> Recurrence:
    """The rule of a row. Raises ``InvalidInputError``, such as for a zone that this machine does not know."""
    return _recurrence(row.rule, row.time_zone, row.starts_at)


def add(room: Workroom, request: ScheduleRequest, zone: str) -> tuple[ScheduleRow, bool]:
    """Keep one; returns it and whether it is new. ``zone`` counts where the request names none.

    Raises ``InvalidInputError`` with what is wrong, also for a key of another request, ``NotFoundError`` for a chain
    that is not there, and ``ConflictError`` for a name that is taken.
    """
    check_name(request.name)
    now = times.now()
    found = _recurrence(request.rule, request.time_zone or zone, request.starts_at, now)
    next_at = _next(found, now)
    headlines.checked(request.headlines, making.words_of(request.wanted), room.allowed_hosts)
    stored = headlines.as_json(request.wanted, request.headlines)
    # As it will be read when it fires, its label included, so that what is refused then is refused now.
    room.ready(making.wanted_of(stored, request.name))
    # Of what was asked for: the zone of this machine may be another one when it is asked again.
    asked = [request.name, request.rule, request.time_zone, str(request.starts_at), request.enabled, stored]
    new = NewSchedule(
        name=request.name,
        rule=found.text,
        time_zone=found.zone.key,
        starts_at=found.start,
        request=stored,
        enabled=request.enabled,
        next_at=next_at if request.enabled else None,
        request_hash=hashlib.sha256(json.dumps(asked, sort_keys=True).encode("utf-8", "replace")).hexdigest(),
        idempotency_key=request.idempotency_key,
    )
    return room.database.writing(schedules.add, new)


def change(room: Workroom, schedule_id: int, given: Mapping[str, Any]) -> ScheduleRow:
    """Change what is given: ``name``, ``rule``, ``time_zone``, ``starts_at``, ``enabled``, and
    ``wanted`` with its ``headlines``.

    What was missed while it was paused is not made up for. Raises as :func:`add`.
    """
    row = room.database.reading(schedules.get, schedule_id)
    values: dict[str, Any] = {key: given[key] for key in ("name", "enabled") if key in given}
    if "name" in given:
        check_name(given["name"])
    if "wanted" in given:
        headlines.checked(given.get("headlines"), making.words_of(given["wanted"]), room.allowed_hosts)
        values["request"] = headlines.as_json(given["wanted"], given.get("headlines"))
        # What was wrong with the request that it had is over.
        values["last_error"] = None
        room.ready(making.wanted_of(values["request"], given.get("name", row.name)))
    enabled = given.get("enabled", row.enabled)
    now = times.now()
    if given.keys() & {"rule", "time_zone", "starts_at"} or (enabled and not row.enabled):
        found = _recurrence(
            given.get("rule", row.rule),
            given.get("time_zone", row.time_zone),
            given.get("starts_at", row.starts_at),
        )
        next_at = _next(found, now)
        values |= {"rule": found.text, "time_zone": found.zone.key, "starts_at": found.start}
        values["next_at"] = next_at if enabled else None
    elif not enabled:
        # Forgotten and not kept: what it will have missed by the end of the pause is not made up for.
        values["next_at"] = None
    return room.database.writing(schedules.change, row.id, **values)


def run_now(room: Workroom, schedule_id: int, key: str | None = None) -> tuple[ScheduleRow, Firing, bool]:
    """Make what it makes once more, now; its next time stays. The last of what is returned says whether it is
    new: with the same ``key`` it can be asked again.

    Raises ``InvalidInputError`` and ``NotFoundError`` for what cannot be made any more, ``QueueFullError``, and
    ``UnreachableError`` for a feed that does not answer.
    """
    row = room.database.reading(schedules.get, schedule_id)
    own = None if key is None else f"schedule:{row.id}:{key}"
    ready = room.ready(headlines.filled(making.wanted_of(row.request, row.name, own), row.request, room.allowed_hosts))
    with room.database.write() as connection:
        schedules.get(connection, row.id)  # it may have been removed meanwhile
        made, is_new = ready.store(connection)
        if is_new:
            schedules.note(connection, row.id, made)
        return schedules.get(connection, row.id), made, is_new


def check_name(name: str) -> None:
    """Raise ``InvalidInputError`` for a name that a list could not show."""
    if not name.strip() or name != name.strip() or len(name) > NAME_CHARACTERS or not name.isprintable():
        raise InvalidInputError([Fault("name", f"must be 1 to {NAME_CHARACTERS} printable characters")])
    check_words("name", name)


def following(row: ScheduleRow, number: int) -> list[datetime]:
    """Its next times, in UTC; none of one that is paused or has ended."""
    if row.next_at is None or not row.enabled:
        return []
    try:
        return [row.next_at, *recurrence_of(row).following(row.next_at, number - 1)]
    except InvalidInputError:
        return [row.next_at]


def _recurrence(rule: str, zone: str, start: datetime | None, now: datetime | None = None) -> Recurrence:
    try:
        place = zone_of(zone)
    except ValueError as error:
        raise InvalidInputError([Fault("time_zone", str(error))]) from error
    if start is not None and start.tzinfo is not None:
        raise InvalidInputError(
            [Fault("starts_at", "is a time on the wall of its time zone: write it without an offset")]
        )
    begins = start or datetime.combine((now or datetime.now(UTC)).astimezone(place).date(), time())
    try:
        return recurrence.read(rule, place, begins.replace(microsecond=0))
    except ValueError as error:
        raise InvalidInputError([Fault("rule", str(error))]) from error


def _next(found: Recurrence, now: datetime) -> datetime:
    """The next time of a rule that somebody has just written: one that has none is a mistake."""
    at = found.after(now)
    if at is None:
        words = f"has no time that is still to come within {recurrence.YEARS} years: it would never fire"
        raise InvalidInputError([Fault("rule", words)])
    return at
