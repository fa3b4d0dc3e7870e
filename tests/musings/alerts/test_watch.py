"""The API's part: a worker that ended without a word, and a thread that ends with its block."""

import threading
from datetime import timedelta

import pytest

from musings.alerts import watch
from musings.config.settings import Settings
from musings.store import times
from musings.store.database import Database
from musings.store.queue.workers import WorkerRow
from tests.conftest import MakeSettings
from tests.waiting import until


def row(seconds: float) -> WorkerRow:
    heard = times.now() - timedelta(seconds=seconds)
    return WorkerRow("w", "here", "12:345", heard, heard, "text")


@pytest.mark.parametrize(("seconds", "is_crash"), [(0, False), (30, False), (90, True), (3 * 86400, True)])
def test_a_worker_is_given_a_minute(seconds: float, is_crash: bool) -> None:
    said = watch.crashed(row(seconds))
    assert (said is not None) is is_crash
    assert said is None or "process 12" in said


def test_a_clock_set_back_is_a_crash_and_nobody_is_none() -> None:
    assert watch.crashed(row(-3600)) is not None
    assert watch.crashed(None) is None


def alerting() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "alerts"]


def test_the_thread_ends_with_its_block(settings: Settings, database: Database) -> None:
    asked: list[str] = []
    database_row = row(0)

    def is_alive(found: WorkerRow) -> bool:
        asked.append(found.id)
        return True

    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO workers (id, host, process, started_at, heartbeat_at, kinds)"
            " VALUES ('w', 'here', '1:1', ?, ?, 'text')",
            (str(database_row.started_at)[:26], str(database_row.heartbeat_at)[:26]),
        )
    with watch.watching(settings, database, is_alive, post_with=lambda url, notice: True, look_seconds=0.02):
        until(lambda: asked)
        assert alerting() == ["alerts"]
    assert alerting() == []


def test_without_a_channel_there_is_no_thread(make_settings: MakeSettings, database: Database) -> None:
    with watch.watching(make_settings(), database, lambda _: True):
        assert alerting() == []
