"""Delete, and the way back."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


def test_a_deleted_prompt_is_gone_and_can_be_taken_back(desk: Desk) -> None:
    desk.open()
    desk.made("Text", "a fox to think over")
    desk.look_at("a fox to think over")
    desk.dialog.get_by_role("button", name="Delete").click()
    expect(desk.page.locator("dialog[open]")).to_have_count(0)
    expect(desk.row("Lately", "a fox to think over")).to_have_count(0)
    desk.page.get_by_role("button", name="Undo").click()
    expect(desk.page.get_by_text("Back again.")).to_be_visible()
    expect(desk.row("Lately", "a fox to think over")).to_be_visible()


def test_what_was_deleted_stays_away(desk: Desk) -> None:
    desk.open()
    desk.made("Picture", "a hare to forget")
    desk.look_at("a hare to forget")
    desk.dialog.get_by_role("button", name="Delete").click()
    expect(desk.row("Lately", "a hare to forget")).to_have_count(0)
    desk.page.reload()
    expect(desk.page.get_by_role("heading", name="In the making")).to_be_visible()
    expect(desk.row("Lately", "a hare to forget")).to_have_count(0)
    desk.open("/gallery")
    expect(desk.page.get_by_text("a hare to forget")).to_have_count(0)
