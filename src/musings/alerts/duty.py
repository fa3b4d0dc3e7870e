"""The duties of alerts: to look, and to deliver. Without a channel there are none."""

from collections.abc import Callable, Sequence

from musings.alerts import book, conditions, post
from musings.alerts.channels import send
from musings.config.settings import Settings
from musings.housekeeping.duties import Duty
from musings.makers.base import BackendState
from musings.store.alerts import notices
from musings.store.database import Database

LOOK_SECONDS = 15.0
PROBE_SECONDS = 65.0
POST_SECONDS = 5.0


def duties(
    settings: Settings, database: Database, probe: Callable[[], Sequence[BackendState]], post_with: post.Send = send
) -> list[Duty]:
    """What the worker does for alerts. ``probe`` asks the places that prompts need, and may take seconds."""
    urls, channels = settings.alerts.urls, post.channels_of(settings.alerts.urls)
    if not urls:
        return []

    def look() -> None:
        opened = database.reading(notices.open_alerts)
        found = [
            *conditions.failures(database, settings.alerts.repeated_failures),
            *conditions.long_running(database, settings.alerts.long_running_minutes, opened),
            *conditions.low_disk(database),
            *conditions.webhooks(database, opened),
            *conditions.schedules(database, opened),
        ]
        book.enter(database, found, channels)

    def ask() -> None:
        found = conditions.backends(database, probe(), database.reading(notices.open_alerts))
        book.enter(database, found, channels)

    return [
        Duty("alerts were looked for", LOOK_SECONDS, look, at_end=True),
        Duty("backends were asked", PROBE_SECONDS, ask, at_end=True),
        delivery(settings, database, post_with),
    ]


def delivery(
    settings: Settings, database: Database, post_with: post.Send = send, seconds: float = POST_SECONDS
) -> Duty:
    """Deliver what waits."""

    def deliver() -> None:
        post.deliver(database, settings.alerts.urls, post_with)

    return Duty("notices were delivered", seconds, deliver, at_end=True)
