"""Thrown away, taken back at once, or found again in the trash."""

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import faults
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


def test_what_was_deleted_comes_back_by_undo(desk: Desk) -> None:
    desk.open()
    desk.made("Picture", "a heron let go")
    desk.look_at("a heron let go")
    desk.dialog.get_by_role("button", name="Delete").click()
    expect(desk.row("Lately", "a heron let go")).to_have_count(0)
    desk.page.get_by_role("button", name="Undo").click()
    expect(desk.row("Lately", "a heron let go")).to_be_visible()


def test_what_was_deleted_is_restored_from_the_trash(desk: Desk) -> None:
    desk.open()
    desk.made("Picture", "a heron thrown away")
    desk.look_at("a heron thrown away")
    desk.dialog.get_by_role("button", name="Delete").click()
    expect(desk.row("Lately", "a heron thrown away")).to_have_count(0)
    desk.page.get_by_role("link", name="Gallery").click()
    desk.page.get_by_role("link", name="Trash").click()
    lost = desk.page.get_by_role("list", name="In the trash").get_by_role("listitem").filter(has_text="thrown away")
    expect(lost).to_contain_text("deleted just now")
    assert faults(desk.page) == []
    lost.get_by_role("button", name="Restore").press("Enter")
    expect(lost).to_have_count(0)
    expect(desk.page.get_by_role("heading", name="Trash")).to_be_focused()
    desk.page.get_by_role("link", name="Gallery").click()
    expect(desk.page.get_by_role("button", name="a heron thrown away")).to_be_visible()


def test_the_trash_fits_a_phone(phone: Desk) -> None:
    phone.open()
    phone.made("Text", "a_word_too_long_to_keep_" * 8)
    phone.row("Lately", "a_word_too_long").get_by_role("link").tap()
    phone.dialog.get_by_role("button", name="Delete").tap()
    expect(phone.row("Lately", "a_word_too_long")).to_have_count(0)
    phone.page.get_by_role("link", name="Gallery").tap()
    phone.page.get_by_role("link", name="Trash").tap()
    expect(phone.page.get_by_role("button", name="Restore “a_word_too_long")).to_be_visible()
    assert not phone.is_wider_than_its_window()
    assert faults(phone.page) == []
