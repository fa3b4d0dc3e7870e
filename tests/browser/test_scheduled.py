"""A studio that a schedule works for: no worker lives between its runs, and the page says when the next is due."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from musings.store.queue.noted_runs import SCHEDULE
from tests.browser.accessibility import faults
from tests.browser.conftest import Studio, running, window
from tests.browser.desk import Desk
from tests.ports import free_port

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """The API and its page alone, as with a LaunchAgent that runs `--queue` every ten minutes."""
    folder = tmp_path_factory.mktemp("served")
    with running(folder, {}, free_port(), verb="serve") as url:
        yield Studio(url, folder, "")


@pytest.fixture
def desk_of(chromium: Browser, served: Studio) -> Iterator[Desk]:
    yield from window(chromium, served.url, viewport={"width": 1280, "height": 900})


def note(studio: Studio, *minutes_ago: float) -> None:
    """Runs of a schedule that was installed an hour ago."""
    now = datetime.now(UTC)
    runs = [f"{now - timedelta(minutes=each):%Y-%m-%d %H:%M:%S.%f}" for each in sorted(minutes_ago, reverse=True)]
    installed = f"{now - timedelta(minutes=max(minutes_ago)):%Y-%m-%d %H:%M:%S.%f}"
    noted = {"runs": runs, "ended": runs[-1], "installed": installed, "interval_minutes": 10}
    with closing(sqlite3.connect(studio.folder / "musings.db")) as database, database:
        database.execute(
            "INSERT OR REPLACE INTO queue_state (name, value) VALUES (?, ?)", (SCHEDULE, json.dumps(noted))
        )


def test_the_next_look_is_told_and_nobody_is_missed(desk_of: Desk, served: Studio) -> None:
    note(served, 63, 53, 43, 33, 23, 13, 3)
    desk_of.open()
    notice = desk_of.page.get_by_text("Works by a schedule:")
    expect(notice).to_be_visible()
    said = notice.locator("xpath=..")
    stats = desk_of.page.request.get(f"{desk_of.url}/api/queue/stats").json()
    assert stats["worker"]["mode"] == "scheduled"
    at = "time => new Date(time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })"
    due = desk_of.page.evaluate(at, stats["worker"]["next_run_at"])
    expect(said).to_contain_text(f"{due}.")
    expect(said).to_contain_text("The last was 3 min ago.")
    assert faults(desk_of.page) == []
    desk_of.ask("Text", "until the next look")
    expect(desk_of.row("Next", "until the next look")).to_be_visible()
    expect(desk_of.page.get_by_text("Nobody is working")).to_have_count(0)


def test_a_look_that_is_due_is_called_so(desk_of: Desk, served: Studio) -> None:
    note(served, 71, 61, 51, 41, 31, 21, 11)
    desk_of.open()
    expect(desk_of.page.get_by_text("the next look is due now.")).to_be_visible()
    expect(desk_of.page.get_by_text("Nobody is working")).to_have_count(0)


def test_a_schedule_that_stopped_is_told(desk_of: Desk, served: Studio) -> None:
    note(served, 960, 950, 940, 930, 920)
    desk_of.open()
    notice = desk_of.page.get_by_text("Nobody is working.").locator("xpath=..")
    expect(notice).to_contain_text("Last known: the schedule has not run since")
