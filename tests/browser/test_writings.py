"""The shelf: find a writing by its words, read it, keep it, hear it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import faults
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


def test_a_writing_is_found_read_and_kept(desk: Desk) -> None:
    desk.open()
    desk.page.get_by_text("Poem", exact=True).click()
    desk.made("Text", "a cormorant on a post")
    desk.page.get_by_role("link", name="Writings").click()
    found = desk.page.get_by_role("list", name="Found").get_by_role("listitem")
    expect(found.first).to_contain_text("writing")
    desk.page.get_by_role("searchbox").fill("cormorant")
    prompt = found.filter(has=desk.page.locator("a[href^='/prompts/']"))
    expect(prompt).to_have_count(1)
    expect(prompt.locator("mark")).to_have_text("cormorant")
    assert faults(desk.page) == []
    desk.page.get_by_role("searchbox").fill("")
    writing = found.filter(has=desk.page.locator("a[href^='/writings/']")).first
    title = writing.get_by_role("link").inner_text()
    writing.get_by_role("link").click()
    article = desk.page.get_by_role("article")
    expect(article.get_by_role("heading", level=1)).to_have_text(title)
    expect(article).to_contain_text(re.compile(r"\d+ words"))
    assert faults(desk.page) == []
    with desk.page.expect_download() as kept:
        article.get_by_role("link", name="Download text").click()
    assert kept.value.suggested_filename.endswith(".md")
    assert kept.value.path().read_text().startswith(f"# {title}\n")
    article.get_by_role("link", name=re.compile(r"Prompt No\. \d+")).click()
    expect(desk.dialog.get_by_role("button", name="Read this aloud")).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(article.get_by_role("heading", level=1)).to_have_text(title)
    desk.page.reload()
    expect(article.get_by_role("heading", level=1)).to_have_text(title)


def test_a_writing_is_read_aloud(desk: Desk) -> None:
    desk.open()
    desk.made("Text", "words for the ear")
    desk.look_at("words for the ear")
    desk.dialog.get_by_role("button", name="Read this aloud").click()
    expect(desk.dialog).to_contain_text("Made in")
    expect(desk.dialog.get_by_text("voice", exact=True).first).to_be_visible()
    expect(desk.dialog.get_by_role("button", name=re.compile("^Play"))).to_be_visible()


def test_the_shelf_is_filtered(desk: Desk) -> None:
    desk.open()
    desk.page.get_by_text("Dialogue", exact=True).click()
    desk.made("Text", "two gulls quarrel")
    desk.open("/writings")
    found = desk.page.get_by_role("list", name="Found").get_by_role("listitem")
    expect(found.first).to_be_visible()
    desk.page.get_by_label("Type").select_option("dialogue")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("dialogue")
    desk.page.get_by_label("Explicit writings").select_option("Only explicit ones")
    expect(desk.page.get_by_text("Nothing here answers to that.")).to_be_visible()
    desk.page.get_by_role("button", name="Show everything").click()
    expect(found.first).to_be_visible()


def test_a_writing_that_is_gone_says_so(desk: Desk) -> None:
    desk.expected = "404"
    desk.open("/writings/999999")
    expect(desk.page.get_by_role("alert")).to_contain_text("999999")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_shelf_fits_a_phone_and_axe_finds_nothing(phone: Desk, scheme: str) -> None:
    phone.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    phone.open()
    phone.made("Text", f"a {scheme} shelf")
    phone.page.get_by_role("link", name="Writings").tap()
    first = phone.page.get_by_role("list", name="Found").get_by_role("link").first
    expect(first).to_be_visible()
    assert not phone.is_wider_than_its_window()
    assert faults(phone.page) == []
    first.tap()
    expect(phone.page.get_by_role("button", name="Read this aloud")).to_be_visible()
    assert not phone.is_wider_than_its_window()
    assert faults(phone.page) == []
