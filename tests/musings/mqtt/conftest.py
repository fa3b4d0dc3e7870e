"""A broker, a home that listens, and a bridge between it and a database."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from musings.config.settings import Settings
from musings.mqtt.bridge import Bridge
from musings.store.database import Database
from tests.conftest import MakeSettings
from tests.fakes.broker import Broker, Home, broker_in, home_of

BASE = "musings/musings"


@pytest.fixture
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with broker_in(tmp_path_factory.mktemp("broker")) as made:
        yield made


@pytest.fixture
def home(broker: Broker) -> Iterator[Home]:
    with home_of(broker) as made:
        yield made


@pytest.fixture
def settings(make_settings: MakeSettings, tmp_path: Path) -> Settings:
    """Without a broker; ``with_broker`` adds one."""
    return make_settings(processing={"backoff_seconds": 0.01, "shutdown_seconds": 0.2})


def with_broker(settings: Settings, broker: Broker, **more: object) -> Settings:
    mqtt = settings.mqtt.model_copy(update={"host": "127.0.0.1", "port": broker.port, **more})
    return settings.model_copy(update={"mqtt": mqtt})


@contextmanager
def bridge_of(settings: Settings, database: Database) -> Iterator[Bridge]:
    """A bridge as the API has it, with a lock that is looked at more often."""
    bridge = Bridge(settings, database, lock_seconds=0.1)
    thread = threading.Thread(target=bridge.run, name="bridge under test")
    thread.start()
    try:
        yield bridge
    finally:
        bridge.stop()
        thread.join(30)
        assert not thread.is_alive(), "the bridge did not end"
