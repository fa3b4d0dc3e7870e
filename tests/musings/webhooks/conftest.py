"""A receiver, and what delivers to it."""

from collections.abc import Iterator

import pytest

from musings.config.settings import Settings
from musings.store.database import Database
from musings.store.webhooks import endpoints
from musings.store.webhooks.endpoints import ENDINGS, Webhook
from musings.webhooks.delivery import Post
from musings.webhooks.signatures import WebhookKey
from tests.conftest import MakeSettings
from tests.musings.webhooks.receiver import Receiver

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    return make_settings(
        webhooks={"allowed_hosts": ["127.0.0.1"], "timeout_seconds": 5},
        processing={"backoff_seconds": 0.01, "shutdown_seconds": 0.2, "max_attempts": 1},
    )


@pytest.fixture
def webhook(database: Database, receiver: Receiver) -> Webhook:
    return database.writing(endpoints.add, "n8n", receiver.url, ENDINGS, [])


@pytest.fixture
def key() -> WebhookKey:
    return WebhookKey(None, KEY)


@pytest.fixture
def posting(settings: Settings, database: Database, key: WebhookKey) -> Post:
    return Post(settings, database, key)
