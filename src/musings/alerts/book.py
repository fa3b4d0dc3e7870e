"""From conditions to alerts: each is told once when it begins and once when it is over."""

from collections.abc import Iterable, Sequence

from musings import logs
from musings.alerts.conditions import Condition
from musings.store.alerts import notices
from musings.store.database import Database


def enter(database: Database, conditions: Iterable[Condition], channels: Sequence[str]) -> int:
    """Open the alerts of what is wrong, close those of what is over; returns how many changed."""
    opened = database.reading(notices.open_alerts)
    changed = 0
    for each in conditions:
        if each.wrong and each.key not in opened:
            changed += _begin(database, each, channels)
        elif each.wrong is False and each.key in opened:
            changed += _end(database, each, channels)
    return changed


def _begin(database: Database, condition: Condition, channels: Sequence[str]) -> bool:
    begun = database.writing(notices.begin, condition.key, condition.notice, channels)
    if begun:
        logs.get("alerts").warning(condition.notice.title, said=condition.notice.body)
    return begun


def _end(database: Database, condition: Condition, channels: Sequence[str]) -> bool:
    ended = database.writing(notices.end, condition.key, condition.notice, channels)
    if ended:
        logs.get("alerts").info(condition.notice.title, said=condition.notice.body)
    return ended
