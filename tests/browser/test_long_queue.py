"""More waiting prompts than a page holds: what is next stands first, and the count is the server's."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import running, window
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser

WAITING = 1250


@pytest.fixture
def long(chromium: Browser, tmp_path: Path) -> Iterator[Desk]:
    """A desk before a paused queue in which very many wait, the first of them the oldest."""
    with running(tmp_path, {}) as url:
        assert httpx.post(f"{url}/api/queue/pause").status_code == 200
        with closing(sqlite3.connect(tmp_path / "musings.db")) as database, database:
            database.executemany(
                "INSERT INTO prompts (prompt_text, prompt_type, status, priority, max_attempts, created_at)"
                " VALUES (?, 'text', 'pending', 5, 3, '2026-01-01 00:00:00')",
                [(f"thought {n}",) for n in range(1, WAITING + 1)],
            )
        yield from window(chromium, url, viewport={"width": 1280, "height": 900})


def line(desk: Desk) -> list[str]:
    rows = desk.page.get_by_role("heading", name=re.compile("^Next")).locator("xpath=following-sibling::ol[1]")
    return rows.locator("li a").all_inner_texts()


def counted(desk: Desk) -> int:
    heading = desk.page.get_by_role("heading", name=re.compile("^Next")).inner_text()
    return int(heading.split()[-1])


def test_what_is_next_stands_first_while_the_queue_drains(long: Desk) -> None:
    long.open()
    expect(long.page.get_by_role("heading", name=f"Next {WAITING}")).to_be_visible()
    assert line(long) == [f"thought {n}" for n in range(1, 13)]
    expect(long.row("Next", "thought 12").first).to_contain_text("12th in line")
    expect(long.page).to_have_title(f"({WAITING}) Musings")

    urgent = httpx.post(f"{long.url}/api/prompts", json={"prompt_text": "at once", "priority": 1})
    assert urgent.status_code == 201
    expect(long.row("Next", "at once")).to_contain_text("Next")
    long.ask("Text", "behind them all")
    expect(long.page.get_by_role("status").filter(has_text=f"{WAITING + 2:d}nd in line")).to_be_visible()
    expect(long.page.get_by_role("heading", name=f"Next {WAITING + 2}")).to_be_visible()

    long.page.get_by_role("button", name="Go on with the queue").click()
    # More than was read at first: the page has to read on while the line moves.
    drained = re.compile(r"^Next (11[0-4]\d|10\d\d|\d{1,3})$")
    expect(long.page.get_by_role("heading", name=drained)).to_be_visible()
    long.page.get_by_role("button", name="Pause the queue").click()
    expect(long.page.get_by_text("The queue is paused.", exact=True)).to_be_visible()
    expect(long.page.get_by_role("heading", name="Now", exact=True)).to_have_count(0)

    stats = httpx.get(f"{long.url}/api/queue/stats").json()
    expect(long.page.get_by_role("heading", name=f"Next {stats['pending']}", exact=True)).to_be_visible()
    expect(long.page).to_have_title(f"({stats['pending']}) Musings")
    first = httpx.get(f"{long.url}/api/prompts?order=queue&limit=12").json()["items"]
    assert line(long) == [item["prompt_text"] for item in first]
    expect(long.row("Next", first[11]["prompt_text"]).first).to_contain_text("12th in line")


def test_whoever_scrolls_comes_to_the_end_of_the_line(long: Desk) -> None:
    long.open()
    long.page.get_by_role("button", name=f"Show {WAITING - 12} more").click()
    last = long.row("Next", f"thought {WAITING}")
    more = long.page.get_by_role("button", name=re.compile(r"Show \d+ more"))
    # In one step in the page: the button is drawn anew whenever a part of the line arrives.
    buttons = "[...document.querySelectorAll('button')]"
    scroll = f"() => {buttons}.find((each) => /^Show .* more/.test(each.textContent))?.scrollIntoView()"
    while not last.count():
        before = len(line(long))
        long.page.evaluate(scroll)
        long.page.wait_for_function("(n) => document.querySelectorAll('ol.rows > li').length > n", arg=before)
    expect(last).to_contain_text(f"{WAITING}th in line")
    assert line(long) == [f"thought {n}" for n in range(1, WAITING + 1)]
    expect(more).to_have_count(0)
