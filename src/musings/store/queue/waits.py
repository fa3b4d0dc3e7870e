"""Waits that became longer because the clock was set back.

When a prompt may be tried again stands in its row as a time of the clock, because it outlives the process. A clock that
was set back by a day would make a wait of a minute one of a day. A worker that sees it happen moves the times with it
(:func:`move`); one that begins finds it by what the rows themselves tell (:func:`mend`).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, func, select, update

from musings.models import PromptStatus
from musings.store import times
from musings.store.queue import due
from musings.store.tables import attempts, prompts
from musings.store.visibility import IS_LIVE

LONGEST = timedelta(hours=1)
"""Nothing is put off for longer, whatever a server asks for."""
SPARE = timedelta(seconds=2)


def move(connection: Connection, seconds: float) -> int:
    """The clock was set back by so many seconds just now: what was put off is due as much earlier. How many were."""
    now, back = times.now(), timedelta(seconds=seconds)
    return _set(connection, now, ((row.id, row.next_attempt_at - back) for row in _put_off(connection, now)))


def are_too_long(connection: Connection) -> bool:
    """Whether :func:`mend` would find anything: a read, so that the usual start writes nothing."""
    return next(_mended(connection, times.now()), None) is not None


def mend(connection: Connection) -> int:
    """Give every prompt the wait that it was given when it was put off; how many had a longer one.

    It was put off when its last attempt ended: where that lies in the future, the clock was set back by as much at
    least. Where that attempt is forgotten, a wait beyond ``LONGEST`` tells it, and is over.
    """
    now = times.now()
    return _set(connection, now, _mended(connection, now))


def _mended(connection: Connection, now: datetime) -> Iterator[tuple[int, datetime]]:
    for row in _put_off(connection, now):
        ended: datetime | None = row.ended
        if ended is not None and ended > now + SPARE:
            yield row.id, row.next_attempt_at - (ended - now)
        elif row.next_attempt_at > now + LONGEST + SPARE:
            yield row.id, now


def _put_off(connection: Connection, now: datetime) -> list[Row[tuple[int, datetime, datetime | None]]]:
    """What waits for another try. A prompt that was never tried waits for what somebody else wrote: it is left."""
    ended = select(func.max(attempts.c.finished_at)).where(attempts.c.prompt_id == prompts.c.id).scalar_subquery()
    found = select(prompts.c.id, prompts.c.next_attempt_at, ended.label("ended")).where(
        prompts.c.status == PromptStatus.PENDING,
        IS_LIVE,
        prompts.c.attempt > 0,
        prompts.c.next_attempt_at > now,
    )
    return list(connection.execute(found))


def _set(connection: Connection, now: datetime, those: Iterator[tuple[int, datetime]]) -> int:
    found = list(those)
    for prompt_id, at in found:
        connection.execute(update(prompts).where(prompts.c.id == prompt_id).values(next_attempt_at=at))
        # Moved with it, so that it is moved once.
        of_the_future = (attempts.c.prompt_id == prompt_id, attempts.c.finished_at > now)
        connection.execute(update(attempts).where(*of_the_future).values(finished_at=now))
    due.enqueue(connection, [prompt_id for prompt_id, _ in found])
    return len(found)
