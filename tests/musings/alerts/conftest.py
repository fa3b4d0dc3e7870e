"""A webhook, and a house that tells it what is wrong."""

from collections.abc import Iterator

import pytest

from musings.config.settings import Settings
from tests.conftest import MakeSettings
from tests.musings.alerts.webhook import Webhook


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook() as made:
        yield made


@pytest.fixture
def settings(make_settings: MakeSettings, webhook: Webhook) -> Settings:
    return make_settings(
        alerts={"urls": [webhook.url]},
        processing={"backoff_seconds": 0.01, "shutdown_seconds": 0.2, "max_attempts": 1},
    )
