"""The journal of changes that the event stream replays. Triggers write most of it (see the migrations)."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from musings.store import times
from musings.store.tables import prompt_events

# A page that was away for hours catches up; one that was away longer reads everything anew.
KEPT = 20_000


@dataclass(frozen=True)
class Event:
    """``event`` is prompt, progress, preview or queue; ``data`` is JSON text or None."""

    id: int
    prompt_id: int | None
    event: str
    data: str | None


def last_id(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(prompt_events.c.id), 0))).scalar_one())


def first_id(connection: Connection) -> int:
    """The oldest event that can still be replayed; 0 when there is none."""
    # Not NULL: a stream that compares numbers needs one.
    return int(connection.execute(select(func.coalesce(func.min(prompt_events.c.id), 0))).scalar_one())


def after(connection: Connection, last: int, limit: int = 1000) -> list[Event]:
    """The events that came after one, oldest first."""
    query = (
        select(prompt_events.c.id, prompt_events.c.prompt_id, prompt_events.c.event, prompt_events.c.data)
        .where(prompt_events.c.id > last)
        .order_by(prompt_events.c.id)
        .limit(limit)
    )
    return [Event(*row) for row in connection.execute(query)]


def tell(connection: Connection, event: str, prompt_id: int | None = None, data: str | None = None) -> None:
    """Add an event that no table shows, such as a preview."""
    connection.execute(
        insert(prompt_events).values(prompt_id=prompt_id, event=event, data=data, created_at=times.now())
    )


def forget_old(connection: Connection) -> int:
    """Keep the newest events only, and no preview but the newest few; returns how many went."""
    newest = connection.execute(select(func.coalesce(func.max(prompt_events.c.id), 0))).scalar_one()
    gone = connection.execute(delete(prompt_events).where(prompt_events.c.id <= newest - KEPT)).rowcount
    # A gap in the numbers does no harm: readers ask for what came after the last one they saw.
    previews = prompt_events.c.event == "preview"
    # A preview may be 200 kB of a picture that nobody will look at again.
    gone += connection.execute(delete(prompt_events).where(previews, prompt_events.c.id <= newest - 200)).rowcount
    return gone
