"""The duties of webhooks, and a thread that does them beside the API."""

from contextlib import AbstractContextManager

from musings.config.settings import Settings
from musings.housekeeping.duties import Duty, doing
from musings.sqlite.location import webhook_key_of
from musings.store.database import Database
from musings.webhooks.delivery import Post
from musings.webhooks.signatures import VARIABLE, WebhookKey

LOOK_SECONDS = 1.0
"""A look is one statement that finds nothing by an index."""
HOUR = 3600.0


def key_of(settings: Settings, database: Database) -> WebhookKey:
    """The key of this installation; its file stands beside the database and is made when it is first needed."""
    return WebhookKey(webhook_key_of(database), settings.secrets.get(VARIABLE))


def post_of(settings: Settings, database: Database) -> Post:
    """What delivers the messages of a database."""
    return Post(settings, database, key_of(settings, database))


def duties(posting: Post, look_seconds: float = LOOK_SECONDS) -> list[Duty]:
    """What whoever runs does for webhooks: none where they are switched off."""
    if not posting.settings.webhooks.enabled:
        return []
    return [
        Duty("webhooks were told", look_seconds, posting.deliver, at_end=True),
        Duty("the log of webhooks was trimmed", HOUR, posting.forget_old),
    ]


def delivering(posting: Post, look_seconds: float = LOOK_SECONDS) -> AbstractContextManager[None]:
    """Deliver on a thread of its own, for as long as the block lasts."""
    return doing(posting.database, duties(posting, look_seconds), "webhooks", look_seconds)
