"""What every test stands on: a folder of its own, no home, no settings from outside."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from musings.config.settings import Settings, load
from musings.files.media_root import MediaRoot
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store.database import Database

# A busy machine is no fault of what is tested: Hypothesis would fail on its own slowness.
hypothesis.settings.register_profile("house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("house")


def pytest_configure() -> None:
    """A shell's background job ignores Ctrl-C and so do its children; programs under test must not inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright keeps an event loop running in its thread until the session ends."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whoever forgets to isolate writes into a home that cannot be written, and fails."""
    home = tmp_path_factory.mktemp("home") / "unusable"
    home.write_text("not a folder")
    for name in list(os.environ):
        if name.startswith("MUSINGS_") and not name.startswith(("MUSINGS_TEST_", "MUSINGS_CHROMIUM")):
            monkeypatch.delenv(name)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(home))


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


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """A real SQLite file with its tables."""
    opened = open_database(settings.database.path)
    schema.ensure(opened)
    yield opened
    opened.close()


@pytest.fixture
def media_root(settings: Settings) -> MediaRoot:
    root = MediaRoot(settings.media_root)
    root.prepare()
    return root
