"""What somebody is writing: kept for each tab, put back when it was overwritten, sent by one key from any field."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Studio, window
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


def test_what_use_again_has_overwritten_can_be_had_back(desk: Desk) -> None:
    desk.open()
    desk.made("Text", "an older thought")
    desk.choose("Picture")
    desk.prompt.fill("half of a new thought")
    desk.look_at("an older thought")
    desk.dialog.get_by_role("button", name="Use again").click()
    expect(desk.prompt).to_have_value("an older thought")
    desk.page.get_by_role("button", name="Undo").click()
    expect(desk.prompt).to_have_value("half of a new thought")
    expect(desk.page.get_by_role("radio", name="Picture", exact=True)).to_be_checked()


def test_an_empty_form_is_filled_without_a_word(desk: Desk) -> None:
    desk.open()
    desk.made("Text", "nothing in its way")
    desk.look_at("nothing in its way")
    desk.dialog.get_by_role("button", name="Use again").click()
    expect(desk.prompt).to_have_value("nothing in its way")
    expect(desk.page.get_by_role("button", name="Undo")).to_have_count(0)


def test_each_tab_has_its_own_draft(desk: Desk) -> None:
    desk.open()
    desk.prompt.fill("in the first tab")
    other = desk.page.context.new_page()
    other.goto(desk.url)
    other.get_by_label("Your prompt").fill("in the second tab")
    desk.page.reload()
    expect(desk.prompt).to_have_value("in the first tab")
    other.reload()
    expect(other.get_by_label("Your prompt")).to_have_value("in the second tab")


def test_one_key_sends_from_any_field(desk: Desk) -> None:
    desk.open()
    desk.choose("Picture")
    desk.size(64, 64)
    desk.prompt.fill("sent from another field")
    desk.page.get_by_label("Height").press("Control+Enter")
    expect(desk.row("Lately", "sent from another field")).to_be_visible()
    expect(desk.row("Lately", "sent from another field")).to_have_count(1)


def test_words_are_written_in_their_own_direction(chromium: Browser, studio: Studio) -> None:
    """Fault 14 of a review: Arabic on a phone lost its beginning."""
    arabic = "منارة في عاصفة، تُرى من البحر، والموج يعلو فوق الصخور عند المساء"
    with contextmanager(window)(
        chromium, studio.url, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True
    ) as phone:
        phone.open()
        phone.prompt.fill(arabic)
        expect(phone.prompt).to_have_css("direction", "rtl")
        phone.made("Text", arabic)
        expect(phone.row("Lately", arabic).get_by_role("link", name=arabic)).to_have_css("direction", "rtl")
        phone.look_at(arabic)
        expect(phone.dialog.get_by_role("heading", name=arabic, exact=True)).to_have_css("direction", "rtl")


def test_a_long_prompt_leaves_what_one_can_do_in_sight(desk: Desk) -> None:
    words = "\n".join(f"line {number} of very many, each of them worth to be read" for number in range(60))
    desk.open()
    desk.choose("Text")
    desk.prompt.fill(words)
    desk.send()
    desk.row("Lately", "line 0 of very many").get_by_role("link").first.click()
    expect(desk.dialog.get_by_role("button", name="Use again")).to_be_in_viewport()
    more = desk.dialog.get_by_role("button", name="Show all of it")
    more.click()
    expect(desk.dialog.get_by_role("button", name="Show less of it")).to_have_attribute("aria-expanded", "true")
    expect(desk.dialog.get_by_text("line 59 of very many")).to_be_attached()
