"""The gallery, the lightbox, the players."""

import re
import shutil
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import Studio
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser

TIME = "document.querySelector('audio').currentTime"


def until_time(page: Page, condition: str) -> None:
    """Wait until the player reports a time ``over`` or ``under`` some seconds."""
    page.evaluate(
        """([side, seconds]) => new Promise(resolve => {
            const audio = document.querySelector('audio')
            const look = () => (side === 'over') === (audio.currentTime > Number(seconds)) && resolve()
            audio.addEventListener('timeupdate', look)
            look()
        })""",
        condition.split(),
    )


def test_a_picture_opens_in_full_and_closes_with_escape(desk: Desk) -> None:
    desk.open()
    desk.made("Picture", "a heron to look at")
    desk.page.get_by_role("link", name="Gallery").click()
    tile = desk.page.get_by_role("button", name=re.compile("a heron to look at"))
    tile.click()
    shown = desk.page.locator(".pswp__img").first
    expect(shown).to_be_visible()
    expect(desk.page.locator("dialog[open] .pswp__caption")).to_have_text("a heron to look at")
    whole = desk.page.locator(".pswp__img:not(.pswp__img--placeholder)").first
    expect(whole).to_have_js_property("naturalWidth", 256)
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator("dialog[open]")).to_have_count(0)
    expect(tile).to_be_focused()


def test_the_lightbox_stands_above_an_open_prompt(desk: Desk) -> None:
    desk.open()
    desk.made("Picture", "a heron in a dialog")
    desk.look_at("a heron in a dialog")
    desk.dialog.get_by_role("button", name="Open in full").click()
    expect(desk.page.locator("dialog[open] .pswp")).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator(".pswp")).to_have_count(0)
    expect(desk.dialog.get_by_role("heading", name="a heron in a dialog")).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(desk.dialog).to_be_hidden()
    expect(desk.row("Lately", "a heron in a dialog").get_by_role("link")).to_be_focused()


def test_a_sound_plays_seeks_and_goes_on_while_the_page_changes(desk: Desk) -> None:
    desk.open()
    desk.made("Music", "a tune for walking")
    desk.look_at("a tune for walking")
    desk.dialog.get_by_role("button", name="Play").click()
    until_time(desk.page, "over 0.3")
    expect(desk.dialog.get_by_role("button", name="Pause")).to_be_visible()
    slider = desk.dialog.get_by_role("slider")
    slider.focus()
    desk.page.keyboard.press("ArrowRight")
    until_time(desk.page, "over 5")
    desk.page.keyboard.press("Home")
    until_time(desk.page, "under 3")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"0:0\d of 0:\d\d"))
    desk.dialog.get_by_role("button", name="Close").click()
    desk.page.get_by_role("link", name="Gallery").click()
    now_playing = desk.page.get_by_role("region", name="Now playing")
    expect(now_playing).to_contain_text("a tune for walking")
    at = desk.page.evaluate(TIME)
    until_time(desk.page, f"over {at}")
    now_playing.get_by_role("button", name="Pause").click()
    assert desk.page.evaluate("document.querySelector('audio').paused")


def test_one_sound_plays_at_a_time(desk: Desk) -> None:
    desk.open()
    for words in ("the first voice", "the second voice"):
        desk.made("Voice", f"This is {words}, and it speaks for quite a while so that it can be stopped.")
    desk.open("/gallery")
    players = desk.page.get_by_role("group", name=re.compile("This is the"))
    expect(players).to_have_count(2)
    players.nth(0).get_by_role("button", name="Play").click()
    expect(players.nth(0).get_by_role("button", name="Pause")).to_be_visible()
    players.nth(1).get_by_role("button", name="Play").click()
    expect(players.nth(1).get_by_role("button", name="Pause")).to_be_visible()
    expect(players.nth(0).get_by_role("button", name="Play")).to_be_visible()
    assert desk.page.locator("audio").count() == 1


def test_a_new_result_hangs_itself_in_the_gallery(desk: Desk) -> None:
    desk.open("/gallery")
    desk.page.get_by_role("button", name="Pictures").click()
    body = {"prompt_text": "hung by itself", "prompt_type": "image", "parameters": {"width": 64, "height": 64}}
    assert desk.page.request.post(f"{desk.url}/api/prompts", data=body).status == 201
    expect(desk.page.get_by_role("list", name="Results").get_by_role("listitem").first).to_contain_text(
        "hung by itself"
    )


def test_filters_search_and_stars(desk: Desk) -> None:
    desk.open()
    desk.made("Picture", "an osprey over the lake")
    desk.made("Text", "osprey weather")
    desk.look_at("osprey weather")
    desk.dialog.get_by_role("button", name="Star").click()
    expect(desk.dialog.get_by_role("button", name="Starred")).to_have_attribute("aria-pressed", "true")
    desk.dialog.get_by_role("button", name="Close").click()
    desk.page.get_by_role("link", name="Gallery").click()
    results = desk.page.get_by_role("list", name="Results").get_by_role("listitem")
    desk.page.get_by_role("searchbox").fill("osprey")
    expect(results).to_have_count(2)
    desk.page.get_by_role("button", name="Pictures").click()
    expect(results).to_have_count(1)
    expect(results).to_contain_text("an osprey over the lake")
    desk.page.get_by_role("button", name="Everything").click()
    desk.page.get_by_role("button", name="Starred").click()
    expect(results).to_have_count(1)
    expect(results.get_by_role("link")).to_have_attribute("href", re.compile(r"^/prompts/\d+$"))
    desk.page.get_by_role("searchbox").fill("nothingofthesort")
    expect(desk.page.get_by_text("Nothing here answers to that.")).to_be_visible()
    desk.page.get_by_role("button", name="Show everything").click()
    expect(results.first).to_be_visible()


def test_back_closes_a_prompt_and_a_deep_link_opens_it(desk: Desk) -> None:
    desk.open()
    desk.made("Text", "there and back")
    desk.page.get_by_role("link", name="Gallery").click()
    desk.page.get_by_role("list", name="Results").get_by_role("link").first.click()
    expect(desk.dialog).to_be_visible()
    address = desk.page.url
    assert re.fullmatch(rf"{re.escape(desk.url)}/prompts/\d+", address)
    desk.page.go_back()
    expect(desk.dialog).to_be_hidden()
    assert desk.page.url == f"{desk.url}/gallery"
    desk.page.goto(address)
    expect(desk.dialog).to_be_visible()


def test_sounds_of_the_wall_play_one_after_the_other(desk: Desk) -> None:
    """The list is that of the place where one began, and goes on while one is elsewhere."""
    # Long enough that none ends by itself while the test looks.
    one, two, three = (f"{number} for the list. " + "It goes on and on. " * 15 for number in ("One", "Two", "Three"))
    desk.open()
    for words in (one, two, three):
        desk.made("Voice", words.strip())
    desk.open("/gallery?type=audio&q=for+the+list")
    desk.page.get_by_role("group", name=re.compile("^Two")).get_by_role("button", name="Play").click()
    bar = desk.page.get_by_role("region", name="Now playing")
    what = bar.get_by_role("link")
    expect(what).to_contain_text("Two for the list.")
    assert desk.page.evaluate("navigator.mediaSession.metadata.title").startswith("Two for the list.")
    bar.get_by_role("button", name="Words").click()
    expect(bar.get_by_role("region", name="Words")).to_have_text(two.strip())
    desk.page.get_by_role("link", name="Studio").click()
    bar.get_by_role("slider").press("End")
    expect(what).to_contain_text("One for the list.")  # what is older follows by itself
    expect(bar.get_by_role("button", name="Next sound")).to_be_disabled()
    bar.get_by_role("button", name="Repeat: off").click()
    bar.get_by_role("button", name="Next sound").click()
    expect(what).to_contain_text("Three for the list.")
    bar.get_by_role("button", name="Speed: 1 times").click()
    bar.get_by_role("button", name="Previous sound").click()
    expect(what).to_contain_text("One for the list.")
    assert desk.page.evaluate("document.querySelector('audio').playbackRate") == 1.25
    bar.get_by_role("button", name="Stop playing").click()
    expect(bar).to_have_count(0)


def test_two_takes_are_heard_at_the_same_moment(desk: Desk, studio: Studio) -> None:
    desk.open()
    desk.made("Music", "a tune in two takes")
    with closing(sqlite3.connect(studio.folder / "musings.db")) as plain, plain:
        # As a workflow leaves two; the sketch engine makes one.
        columns = "prompt_id, artifact_type, preview_path, metadata, created_at, updated_at"
        [(path,)] = plain.execute(
            "SELECT file_path FROM prompt_artifacts WHERE prompt_id = (SELECT max(id) FROM prompts)"
        ).fetchall()
        shutil.copy(studio.folder / "GeneratedMedia" / path, studio.folder / "GeneratedMedia" / f"{path}.2.flac")
        plain.execute(
            f"INSERT INTO prompt_artifacts (file_path, {columns}) SELECT ?, {columns} FROM prompt_artifacts"
            " WHERE file_path = ?",
            (f"{path}.2.flac", path),
        )
    desk.row("Lately", "a tune in two takes").get_by_role("button", name="Play").click()
    bar = desk.page.get_by_role("region", name="Now playing")
    slider = bar.get_by_role("slider")
    slider.focus()
    for _ in range(2):
        desk.page.keyboard.press("ArrowRight")
    until_time(desk.page, "over 10")
    before = desk.page.evaluate("document.querySelector('audio').src")
    bar.get_by_role("button", name="Take 1 of 2").click()
    expect(bar.get_by_role("button", name="Take 2 of 2")).to_be_visible()
    until_time(desk.page, "over 10")
    assert desk.page.evaluate("document.querySelector('audio').src") != before
    bar.get_by_role("button", name="Pause").click()
    assert faults(desk.page) == []
