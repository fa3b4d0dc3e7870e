"""Chains, from the page: an idea becomes a poem, changed at its gate, a picture, a song and a voice, on one page."""

import io
import os
import re
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import running, window
from tests.browser.desk import Desk
from tests.waiting import until

pytestmark = pytest.mark.browser
OWN = "Fog in a jar,\nlabelled by hand."
THREE = """
name = "three"
title = "Three pictures"
[parameters.style]
title = "How they look"
default = "ink"
choices = ["ink", "oil"]
[[steps]]
name = "picture"
title = "Picture"
kind = "image"
prompt = "{{idea}}, {{parameters.style}}"
times = 3
parameters = { width = 64, height = 64 }
gate = { ask = "choose", question = "Which one?" }
[[steps]]
name = "words"
title = "Words"
kind = "text"
prompt = "{{idea}}: {{picture.count}}"
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("chains"), {}) as url:
        yield url


@pytest.fixture
def desk(chromium: Browser, house: str) -> Iterator[Desk]:
    yield from window(chromium, house, viewport={"width": 1440, "height": 900})


@pytest.fixture
def phone(chromium: Browser, house: str) -> Iterator[Desk]:
    viewport = {"width": 390, "height": 844}
    yield from window(chromium, house, viewport=viewport, is_mobile=True, has_touch=True)


def looked_at(page: Page, name: str) -> None:
    """A picture of the page in both colours, where one wants to look (``MUSINGS_TEST_SCREENSHOTS`` is a folder)."""
    folder = os.environ.get("MUSINGS_TEST_SCREENSHOTS")
    for scheme in ("light", "dark") if folder else ():
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=Path(folder or "") / f"{name}-{scheme}.png", full_page=True)
    if folder:
        page.emulate_media(color_scheme=None)


def musing_of(desk: Desk) -> dict[str, Any]:
    """The musing whose page is open, as the server knows it."""
    number = re.fullmatch(rf"{re.escape(desk.url)}/musings/(\d+)", desk.page.url)
    assert number is not None, desk.page.url
    found: dict[str, Any] = httpx.get(f"{desk.url}/api/musings/{number[1]}").json()
    return found


def begin(desk: Desk, idea: str) -> None:
    desk.page.get_by_label("Your idea", exact=True).fill(idea)
    desk.page.get_by_role("button", name="Begin").click()
    expect(desk.page).to_have_url(re.compile(r"/musings/\d+$"))


def has_heard(page: Page, download: str | None) -> bool:
    """Whether the page plays the sound that can be kept at this address, and knows how long it is."""
    found: str | None = page.evaluate(
        "(() => { const it = document.querySelector('audio');"
        " return it?.duration > 0 ? new URL(it.src).pathname + '?download=1' : null; })()"
    )
    return found == download


def plays(page: Page) -> bool:
    """Whether every player of a page knows how long its sound is, which it has read from the file."""
    found: bool = page.evaluate("[...document.querySelectorAll('audio')].every((each) => each.duration > 0)")
    return found


def test_an_idea_becomes_all_of_it_with_a_word_at_the_gate(desk: Desk, chromium: Browser) -> None:
    desk.open()
    desk.page.get_by_role("link", name="Chains", exact=True).click()
    expect(desk.page).to_have_title("Chains · Musings")
    expect(desk.page.get_by_text("No idea has gone through a chain yet.")).to_be_visible()
    expect(desk.page.get_by_label("What becomes of it")).to_have_value("musing")
    desk.page.get_by_label("Show me the poem before the rest is made of it").check()
    looked_at(desk.page, "list-1440")
    begin(desk, "a lighthouse keeper who collects fog")

    poem = desk.page.get_by_role("region", name="Poem", exact=True)
    expect(poem).to_contain_text("Is this the poem? You may change it.")
    expect(desk.page.get_by_text("It waits for you.")).to_be_visible()
    expect(desk.page.get_by_role("region", name="Song", exact=True)).to_contain_text("waits for what comes before it")
    looked_at(desk.page, "gate-1440")
    assert faults(desk.page) == []
    poem.get_by_role("textbox").fill(OWN)
    poem.get_by_role("button", name="Go on with this").click()

    expect(desk.page.get_by_text("Done.", exact=True)).to_be_visible()
    expect(poem).to_contain_text("labelled by hand.")
    picture = desk.page.get_by_role("region", name="Picture", exact=True).get_by_role("img", name="Picture")
    expect(picture).to_be_visible()
    assert picture.evaluate("(each) => each.naturalWidth") > 0
    for name in ("Song", "Reading"):
        section = desk.page.get_by_role("region", name=name, exact=True)
        section.get_by_role("button", name=f"Play: {name}").click()
        source = section.get_by_role("link", name=f"Download {name}").get_attribute("href")
        until(partial(has_heard, desk.page, source), 30)
    found = musing_of(desk)
    assert found["steps"][0]["edits"] == {"1": OWN}
    assert OWN in found["steps"][3]["prompts"][0]["prompt_text"]
    assert faults(desk.page) == []
    looked_at(desk.page, "done-1440")

    with desk.page.expect_download() as told:
        desk.page.get_by_role("link", name="Web page").click()
    page = zipfile.ZipFile(io.BytesIO(Path(told.value.path()).read_bytes()))
    assert "labelled by hand." in page.read("index.html").decode()
    hrefs = [each.get_attribute("href") for each in desk.page.get_by_role("link", name=re.compile("EPUB|M4B")).all()]
    assert [httpx.get(f"{desk.url}{each}", timeout=120).status_code for each in hrefs] == [200, 200]

    shared = httpx.post(f"{desk.url}/api/musings/{found['id']}/share", json={}).json()["url"]
    stranger = chromium.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    try:
        visit = stranger.new_page()
        visit.goto(shared)
        expect(visit.get_by_text("labelled by hand.")).to_be_visible()
        expect(visit.get_by_role("img")).to_be_visible()
        expect(visit.locator("audio")).to_have_count(2)
        looked_at(visit, "shared-1440")
        visit.set_viewport_size({"width": 390, "height": 844})
        looked_at(visit, "shared-390")
    finally:
        stranger.close()
    with_script = chromium.new_context(bypass_csp=True)  # axe and the question below are scripts of ours
    try:
        visit = with_script.new_page()
        visit.goto(shared)
        until(lambda: plays(visit), 30)
        assert faults(visit) == []
    finally:
        with_script.close()

    desk.page.get_by_role("link", name="No. ").first.click()
    desk.dialog.get_by_role("link", name=re.compile("A step of")).click()
    expect(poem).to_be_visible()
    desk.page.get_by_role("link", name="← Chains").click()
    row = desk.page.get_by_role("list", name="What was begun").get_by_role("listitem").first
    expect(row).to_contain_text("4 of 4 steps")


def test_one_of_several_is_chosen(desk: Desk) -> None:
    assert httpx.post(f"{desk.url}/api/chains", json={"toml": THREE}).status_code in (200, 201)
    desk.open("/musings")
    desk.page.get_by_label("What becomes of it").select_option("three")
    desk.page.get_by_label("How they look").select_option("oil")
    begin(desk, "a heron at dawn")
    picture = desk.page.get_by_role("region", name="Picture", exact=True)
    expect(picture).to_contain_text("Which one?")
    expect(picture.get_by_role("button", name="Go on with these")).to_be_disabled()
    picture.get_by_label("Keep Picture 2").check()
    picture.get_by_role("button", name="Go on with these").click()
    expect(desk.page.get_by_role("region", name="Words", exact=True)).to_contain_text("done")
    expect(picture.get_by_role("img")).to_have_count(1)
    found = musing_of(desk)
    assert found["steps"][0]["chosen"] == [2]
    assert found["steps"][0]["prompts"][0]["prompt_text"] == "a heron at dawn, oil"


def test_what_is_declined_is_made_anew_and_the_whole_is_stopped_and_goes_on(desk: Desk) -> None:
    desk.open("/musings")
    desk.page.get_by_label("Show me the poem before the rest is made of it").check()
    begin(desk, "a well in a yard")
    poem = desk.page.get_by_role("region", name="Poem", exact=True)
    poem.get_by_role("button", name="Decline it").click()
    expect(poem).to_contain_text("It was declined at its gate.")
    expect(poem).not_to_contain_text("musings musing retry")
    expect(desk.page.get_by_text("It cannot go on by itself.")).to_be_visible()
    poem.get_by_role("button", name="Try again: Poem").click()
    expect(poem.get_by_role("textbox")).to_be_visible()
    desk.page.get_by_role("button", name="Pause").click()
    expect(desk.page.get_by_role("button", name="Go on", exact=True)).to_be_visible()
    desk.page.get_by_role("button", name="Go on", exact=True).click()
    expect(desk.page.get_by_role("button", name="Pause")).to_be_visible()
    desk.page.get_by_role("button", name="Cancel").click()
    expect(desk.page.get_by_text("Cancelled.", exact=True).first).to_be_visible()
    desk.page.get_by_role("button", name="Try again", exact=True).click()
    expect(poem.get_by_role("button", name="Go on with this")).to_be_visible()


def test_what_is_refused_is_said_and_nothing_is_lost(desk: Desk) -> None:
    desk.open("/musings")
    desk.expected = "422"
    desk.page.get_by_label("What becomes of it").select_option("album")
    desk.page.get_by_label("How many songs").fill("99")
    desk.page.evaluate("document.querySelector('form').noValidate = true")
    desk.page.get_by_label("Your idea", exact=True).fill("a drop")
    desk.page.get_by_role("button", name="Begin").click()
    expect(desk.page.get_by_role("alert")).to_contain_text("songs")
    expect(desk.page.get_by_label("Your idea", exact=True)).to_have_value("a drop")


def test_it_fits_a_phone(phone: Desk) -> None:
    phone.open("/musings")
    phone.page.get_by_label("Show me the poem before the rest is made of it").check()
    looked_at(phone.page, "list-390")
    assert faults(phone.page) == []
    begin(phone, "words_without_an_end_" * 20)
    poem = phone.page.get_by_role("region", name="Poem", exact=True)
    expect(poem.get_by_role("textbox")).to_be_visible()
    assert not phone.is_wider_than_its_window()
    looked_at(phone.page, "gate-390")
    poem.get_by_role("button", name="Go on with this").tap()
    expect(phone.page.get_by_text("Done.", exact=True)).to_be_visible()
    assert not phone.is_wider_than_its_window()
    assert faults(phone.page) == []
    looked_at(phone.page, "done-390")
