"""What every test stands on: a folder of its own, no home, no settings from outside."""

import asyncio
import gc
import logging
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import hypothesis
import pytest
import structlog
from httpx._config import DEFAULT_TIMEOUT_CONFIG

from musings.config.settings import Settings, load
from musings.files.media_root import MediaRoot
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store.database import Database
from tests.disks import small_disk_at

# A busy machine is no fault of what is tested: Hypothesis would fail on its own slowness.
hypothesis.settings.register_profile("house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("house")

# Nor is it what a test asks about: its own questions over HTTP wait longer than the five seconds of the library.
PATIENCE_SECONDS = 60.0
for _part in ("connect", "read", "write", "pool"):
    setattr(DEFAULT_TIMEOUT_CONFIG, _part, PATIENCE_SECONDS)

CAPTURES = "_pytest.logging"
"""Where the handlers of ``caplog`` come from."""


def pytest_configure() -> None:
    """A shell's background job ignores Ctrl-C and so do its children; programs under test must not inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Fifteen thousand tests live until the end: the collector need not walk over them again and again."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright keeps an event loop running in its thread until the session ends."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def _no_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file where a folder should be; one for all, as ten thousand tests would make ten thousand of them."""
    home = tmp_path_factory.mktemp("home") / "unusable"
    home.write_text("not a folder")
    return home


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch, _no_home: Path) -> None:
    """Whoever forgets to isolate writes into a home that cannot be written, and fails."""
    for name in list(os.environ):
        if name.startswith("MUSINGS_") and not name.startswith(("MUSINGS_TEST_", "MUSINGS_CHROMIUM")):
            monkeypatch.delenv(name)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(_no_home))


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    """A program that was run in this process sent the log somewhere; the next test begins without."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    if structlog.is_configured():
        structlog.reset_defaults()
    for handler in [each for each in root.handlers if each not in handlers and type(each).__module__ != CAPTURES]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


@pytest.fixture(scope="session", autouse=True)
def _servers_end_at_once() -> Iterator[None]:
    """uvicorn looks ten times a second whether it should end, and waits as long again: hundreds of servers end here."""
    import uvicorn.server

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.01))

    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(uvicorn.server, "asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": sleep}))
        yield


MakeSettings = Callable[..., Settings]


@pytest.fixture
def make_settings(tmp_path: Path) -> MakeSettings:
    """Settings from a real file in a folder of the test; keyword arguments are sections."""

    def make(**sections: object) -> Settings:
        import json

        file = tmp_path / "poets_cron_config.json"
        file.write_text(json.dumps(sections))
        return load(file, {}, tmp_path)

    return make


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    return make_settings(processing={"backoff_seconds": 0.01, "shutdown_seconds": 0.2})


@pytest.fixture(scope="session")
def fresh_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database to copy: cheaper than to migrate one for each test."""
    path = tmp_path_factory.mktemp("template") / "musings.db"
    made = open_database(path)
    schema.ensure(made)
    made.close()
    return path


@pytest.fixture
def database(settings: Settings, fresh_database: Path) -> Iterator[Database]:
    """A real SQLite file with its tables."""
    shutil.copy(fresh_database, settings.database.path)
    opened = open_database(settings.database.path)
    yield opened
    opened.close()


@pytest.fixture
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A disk of one megabyte, where one may be mounted."""
    with small_disk_at(tmp_path_factory.mktemp("disk")) as folder:
        yield folder


@pytest.fixture
def media_root(settings: Settings) -> MediaRoot:
    root = MediaRoot(settings.media_root)
    root.prepare()
    return root
