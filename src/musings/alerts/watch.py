"""The API's part: only another process can notice that the worker is dead."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from musings.alerts import book, conditions, post
from musings.alerts.channels import send
from musings.alerts.duty import delivery
from musings.config.settings import Settings
from musings.housekeeping.duties import Duty, doing
from musings.store.database import Database
from musings.store.queue.workers import WorkerRow, foremost

SILENT_SECONDS = 60.0
LOOK_SECONDS = 5.0

IsAlive = Callable[[WorkerRow], bool]


def watching(
    settings: Settings,
    database: Database,
    is_alive: IsAlive,
    *,
    post_with: post.Send = send,
    look_seconds: float = LOOK_SECONDS,
) -> AbstractContextManager[None]:
    """Look after the worker on a thread of its own, for as long as the block lasts. Without a channel: nothing."""
    look = _look(settings, database, is_alive, look_seconds)
    due = [look, delivery(settings, database, post_with, look_seconds)] if settings.alerts.urls else []
    return doing(database, due, "alerts", look_seconds)


def _look(settings: Settings, database: Database, is_alive: IsAlive, seconds: float) -> Duty:
    channels = post.channels_of(settings.alerts.urls)

    def look() -> None:
        row = database.reading(foremost, is_alive)
        alive = row is not None and is_alive(row)
        found = conditions.worker(database, settings, lambda: crashed(row), alive)
        book.enter(database, found, channels)

    return Duty("the worker was looked for", seconds, look)


def crashed(row: WorkerRow | None) -> str | None:
    """Words for a worker that ended without signing out, once it has been silent long enough to be started again."""
    if row is None or 0 <= row.silent_seconds < SILENT_SECONDS:
        return None
    when = f"{row.heartbeat_at:%Y-%m-%d %H:%M} UTC"
    return f"The worker (process {row.pid}) ended without a word at {when}. Its log may know."
