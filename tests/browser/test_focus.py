"""The focus stays with its row while it moves, and goes to a neighbour when it is gone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


@pytest.fixture
def paused(desk: Desk) -> Iterator[Desk]:
    desk.open()
    desk.page.get_by_role("button", name="Pause the queue").click()
    expect(desk.page.get_by_text("The queue is paused.", exact=True)).to_be_visible()
    yield desk
    answer = desk.page.request.post(f"{desk.url}/api/queue/resume", headers={"Origin": desk.url})
    assert answer.ok


def link(row: Locator) -> Locator:
    return row.get_by_role("link").first


def test_it_goes_with_a_row_from_waiting_to_finished(paused: Desk) -> None:
    paused.ask("Text", "followed to the end")
    link(paused.row("Next", "followed to the end")).focus()
    answer = paused.page.request.post(f"{paused.url}/api/queue/resume", headers={"Origin": paused.url})
    assert answer.ok
    expect(link(paused.row("Lately", "followed to the end"))).to_be_focused()


def test_it_goes_with_a_picture_through_its_making(desk: Desk) -> None:
    desk.open()
    desk.ask("Picture", "painted under watch", size=(1024, 1024))
    anywhere = desk.page.get_by_role("link", name="painted under watch")
    anywhere.focus()
    expect(desk.row("Lately", "painted under watch")).to_be_visible()
    expect(anywhere).to_be_focused()


def test_cancel_leaves_it_on_the_row(paused: Desk) -> None:
    paused.ask("Text", "called off")
    paused.row("Next", "called off").get_by_role("button", name="Cancel").press("Enter")
    cancelled = paused.row("Lately", "called off")
    expect(link(cancelled)).to_be_focused()
    cancelled.get_by_role("button", name="Retry").press("Enter")
    expect(link(paused.row("Next", "called off"))).to_be_focused()
    paused.row("Next", "called off").get_by_role("button", name="Cancel").click()


def test_what_was_deleted_leaves_it_to_a_neighbour_and_undo_brings_it_back(desk: Desk) -> None:
    desk.open()
    for words in ("the older one", "the one between", "the newer one"):
        desk.made("Text", words)
    desk.row("Lately", "the one between").get_by_role("link").press("Enter")
    expect(desk.dialog.get_by_role("heading", name="the one between", exact=True)).to_be_visible()
    desk.dialog.get_by_role("button", name="Delete").press("Enter")
    expect(desk.row("Lately", "the one between")).to_have_count(0)
    expect(link(desk.row("Lately", "the older one"))).to_be_focused()
    desk.page.get_by_role("button", name="Undo").press("Enter")
    expect(link(desk.row("Lately", "the one between"))).to_be_focused()


def test_in_the_gallery_too(desk: Desk) -> None:
    desk.open()
    for words in ("a heron on the left", "a heron on the right"):
        desk.made("Picture", words)
    desk.page.get_by_role("link", name="Gallery").click()
    desk.page.get_by_role("link", name=re.compile("a heron on the right")).press("Enter")
    desk.dialog.get_by_role("button", name="Delete").press("Enter")
    expect(desk.page.get_by_role("link", name=re.compile("a heron on the right"))).to_have_count(0)
    tile = desk.page.get_by_role("listitem").filter(has_text="a heron on the left")
    expect(tile.get_by_role("button")).to_be_focused()


def test_somebody_who_has_gone_elsewhere_is_left_there(paused: Desk) -> None:
    paused.ask("Text", "left alone")
    link(paused.row("Next", "left alone")).focus()
    paused.prompt.click()
    answer = paused.page.request.post(f"{paused.url}/api/queue/resume", headers={"Origin": paused.url})
    assert answer.ok
    expect(paused.row("Lately", "left alone")).to_be_visible()
    expect(paused.prompt).to_be_focused()
