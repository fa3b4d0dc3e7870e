"""How it stands with the broker, in words, from another process than the one that speaks to it."""

from musings.config.settings import Settings
from musings.mqtt.bridge import LOCK
from musings.sqlite.location import where
from musings.store.database import Database
from musings.store.housekeeping import mqtt as stored

NOBODY = "nobody speaks to the broker: start `musings up` or `musings serve`"


def in_words(settings: Settings, database: Database) -> str | None:
    """None where no broker is set up."""
    if settings.mqtt.host is None:
        return None
    if not where(settings.database).host_lock(LOCK).is_held():
        return NOBODY
    known = database.reading(stored.find)
    if known is None or known.broker != settings.mqtt.address:
        return f"connecting to the broker at {settings.mqtt.address}"
    since = f"{known.since:%Y-%m-%d %H:%M} UTC"
    if known.trouble is None:
        return f"connected to the broker at {known.broker} since {since}"
    return f"no connection to the broker at {known.broker} since {since}: {known.trouble}"
