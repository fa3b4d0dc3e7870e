"""Rows as other programs leave them: every page stands, and shows what it can of each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import running, window
from tests.browser.desk import Desk
from tests.odd_rows import SAME, OddRows
from tests.ports import free_port

pytestmark = pytest.mark.browser
ROWS = 30
SEED = 7


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, OddRows]]:
    """A studio that nobody works for, so that the rows stay as they are."""
    folder: Path = tmp_path_factory.mktemp("odd")
    with running(folder, {}, free_port(), verb="serve") as url:
        rows = OddRows(next(folder.rglob("musings.db")), SEED)
        rows.insert(ROWS)
        yield url, rows


@pytest.fixture
def desk(chromium: Browser, odd: tuple[str, OddRows]) -> Iterator[Desk]:
    for opened in window(chromium, odd[0], viewport={"width": 1280, "height": 900}):
        opened.expected = "Failed to load resource"  # files that rows name and nobody made
        yield opened


def answers(desk: Desk, path: str) -> bool:
    """Whether it is not in the trash."""
    return desk.page.request.get(desk.url + path).status == 200


def test_every_list_shows_its_rows(desk: Desk) -> None:
    desk.open("/writings")
    expect(desk.page.get_by_role("list", name="Found").get_by_role("listitem")).not_to_have_count(0)
    desk.page.get_by_role("searchbox").fill(SAME)
    expect(desk.page.get_by_role("list", name="Found").locator("mark").first).to_be_visible()
    desk.open("/gallery")
    expect(desk.page.locator("main li")).not_to_have_count(0)
    desk.open("/trash")
    expect(desk.page.locator("main li")).not_to_have_count(0)
    desk.open("/workflows")
    expect(desk.page.get_by_role("heading", name="Who runs them")).to_be_visible()
    desk.open("/")
    expect(desk.prompt).to_be_editable()
    expect(desk.page.locator("main li")).not_to_have_count(0)


def test_every_prompt_opens(desk: Desk, odd: tuple[str, OddRows]) -> None:
    kept = [each for each in odd[1].prompts if answers(desk, f"/api/prompts/{each}")]
    assert len(kept) > ROWS / 2
    for prompt in kept:
        desk.open(f"/prompts/{prompt}")
        expect(desk.dialog.get_by_role("heading", name="Recipe", exact=True)).to_be_visible()


def test_every_writing_opens(desk: Desk, odd: tuple[str, OddRows]) -> None:
    kept = [each for each in odd[1].writings if answers(desk, f"/api/writings/{each}")]
    assert len(kept) > ROWS / 2
    for writing in kept:
        desk.open(f"/writings/{writing}")
        expect(desk.page.get_by_role("article").get_by_role("heading", level=1)).to_be_attached()
