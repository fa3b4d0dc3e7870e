"""For everybody: axe, a keyboard, a phone, light and dark."""

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import faults
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(desk: Desk, scheme: str) -> None:
    desk.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    desk.open()
    desk.made("Picture", f"a {scheme} heron")
    for kind in ("Text", "Music", "Voice", "Picture"):
        desk.choose(kind)
        assert faults(desk.page) == [], kind
    desk.look_at(f"a {scheme} heron")
    desk.dialog.get_by_role("button", name="Read the log").click()
    expect(desk.dialog.get_by_role("region", name="Log of attempt 1")).to_be_visible()
    assert faults(desk.page) == [], "a prompt"
    desk.dialog.get_by_role("button", name="Open in full").click()
    expect(desk.page.locator(".pswp__img").first).to_be_visible()
    assert faults(desk.page) == [], "the lightbox"
    desk.open("/gallery")
    expect(desk.page.get_by_role("button", name="Open in full").first).to_be_visible()
    assert faults(desk.page) == [], "the gallery"


def test_axe_finds_nothing_on_a_phone(phone: Desk) -> None:
    phone.open()
    assert faults(phone.page) == []
    phone.open("/gallery")
    expect(phone.page.get_by_role("searchbox")).to_be_visible()
    assert faults(phone.page) == []


def test_the_keyboard_alone_makes_and_opens_a_thing(desk: Desk) -> None:
    desk.open()
    keys = desk.page.keyboard
    desk.page.get_by_role("radio", name="Text", exact=True).focus()
    for _ in range(3):
        keys.press("ArrowRight")
    expect(desk.page.get_by_role("radio", name="Voice", exact=True)).to_be_checked()
    keys.press("Tab")
    expect(desk.prompt).to_be_focused()
    keys.type("Only by keys.")
    keys.press("Control+Enter")
    link = desk.row("Lately", "Only by keys.").get_by_role("link", name="Only by keys.")
    expect(link).to_be_visible()
    link.focus()
    keys.press("Enter")
    expect(desk.dialog).to_contain_text("Made in")
    assert desk.page.evaluate("document.querySelector('dialog[open]').contains(document.activeElement)")
    keys.press("Escape")
    expect(desk.dialog).to_be_hidden()
    expect(link).to_be_focused()


def test_a_phone_does_everything_without_scrolling_sideways(phone: Desk) -> None:
    phone.open()
    long = "a_word_without_an_end_" * 12
    phone.made("Picture", long)
    assert not phone.is_wider_than_its_window()
    phone.row("Lately", long).get_by_role("link").tap()
    expect(phone.dialog).to_contain_text("Recipe")
    assert not phone.is_wider_than_its_window()
    box = phone.dialog.bounding_box()
    assert box is not None
    assert (round(box["x"]), round(box["width"])) == (0, 390)
    phone.dialog.get_by_role("button", name="Close").tap()
    phone.page.get_by_role("link", name="Gallery").tap()
    expect(phone.page.get_by_role("button", name="Open in full").first).to_be_visible()
    assert not phone.is_wider_than_its_window()
    places = phone.page.get_by_role("navigation", name="Places").bounding_box()
    assert places is not None
    assert round(places["y"] + places["height"]) == 844


def test_the_colours_can_be_chosen_and_are_remembered(desk: Desk) -> None:
    desk.page.emulate_media(color_scheme="light")
    desk.open()
    paper = "getComputedStyle(document.body).backgroundColor"
    light = desk.page.evaluate(paper)
    desk.page.get_by_role("button", name="Colours: auto").click()
    expect(desk.page.get_by_role("button", name="Colours: dark")).to_be_visible()
    dark = desk.page.evaluate(paper)
    assert dark != light
    desk.page.reload()
    expect(desk.page.get_by_role("button", name="Colours: dark")).to_be_visible()
    assert desk.page.evaluate(paper) == dark
