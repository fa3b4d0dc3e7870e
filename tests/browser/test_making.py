"""From words to a result, with nothing but the page."""

import json
import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("kind", "words", "badge"),
    [
        ("Text", "the last tram home", "text"),
        ("Picture", "a heron at dawn", "image"),
        ("Music", "bells over water", "music"),
        ("Voice", "Mind the step.", "voice"),
        ("Film", "a paper boat in the rain", "video"),
    ],
)
def test_each_kind_is_made_without_a_reload(desk: Desk, kind: str, words: str, badge: str) -> None:
    desk.open()
    desk.page.evaluate("window.neverReloaded = true")
    desk.made(kind, words)
    expect(desk.row("Lately", words)).to_contain_text(badge)
    desk.look_at(words)
    expect(desk.dialog).to_contain_text("Made in")
    expect(desk.dialog).to_contain_text("the built-in sketch engine")
    assert desk.page.evaluate("window.neverReloaded")


def test_a_film_plays_in_its_prompt_and_hangs_among_the_films(desk: Desk) -> None:
    words = "a kite over the pier"
    desk.open()
    desk.choose("Film")
    desk.page.get_by_label("Length").fill("1")
    desk.made("Film", words)
    expect(desk.row("Lately", words).get_by_role("img").or_(desk.row("Lately", words).locator("img"))).to_be_visible()
    desk.look_at(words)
    film = desk.dialog.locator("video")
    expect(film).to_have_attribute("poster", re.compile("/api/media/video/|/media/video/"))
    film.evaluate("film => new Promise((done, failed) => { film.onended = done; film.onerror = failed; film.play() })")
    desk.open("/gallery")
    desk.page.get_by_text("Films", exact=True).click()
    hung = desk.page.get_by_role("list", name="Results").get_by_role("listitem").filter(has_text=words)
    expect(hung.locator("video")).to_be_visible()


def test_progress_is_shown_while_it_runs(desk: Desk) -> None:
    desk.open()
    desk.ask("Picture", "a very large meadow", size=(2048, 2048))
    row = desk.row("Now", "a very large meadow")
    expect(row.get_by_role("progressbar")).to_be_visible()
    expect(row).to_contain_text(re.compile(r"\d+ %"))
    row.get_by_role("button", name="Cancel").click()
    expect(desk.row("Lately", "a very large meadow")).to_contain_text("cancelled")


def test_several_pictures_of_one_prompt_are_counted(desk: Desk) -> None:
    desk.open()
    desk.choose("Picture")
    desk.page.get_by_role("button", name="More", exact=True).click()
    desk.made("Picture", "two cups")
    expect(desk.row("Lately", "two cups")).to_contain_text("image (2)")
    desk.look_at("two cups")
    expect(desk.dialog.get_by_role("list", name="All 2 pictures").get_by_role("button")).to_have_count(2)


def test_a_poem_is_a_poem(desk: Desk) -> None:
    desk.open()
    desk.page.get_by_text("Poem", exact=True).click()
    desk.made("Text", "for the night ferry")
    expect(desk.row("Lately", "for the night ferry")).to_contain_text("poem")
    desk.look_at("for the night ferry")
    expect(desk.dialog.get_by_role("article")).to_contain_text(re.compile(r"\d+ words"))


def test_nothing_is_sent_without_words(desk: Desk) -> None:
    desk.open()
    desk.send()
    expect(desk.page.get_by_text("Write a few words first.")).to_be_visible()
    expect(desk.prompt).to_be_focused()
    assert not [request for request in desk.requests if request.startswith("POST")]


def test_a_refusal_stands_beside_its_field(desk: Desk) -> None:
    desk.expected = "422"
    desk.open()
    desk.choose("Picture")
    desk.size(99_999, 192)
    desk.prompt.fill("too wide a heron")
    desk.send()
    width = desk.page.get_by_label("Width")
    expect(width).to_have_attribute("aria-invalid", "true")
    expect(width).to_be_focused()
    expect(desk.prompt).to_have_value("too wide a heron")


def test_a_lost_answer_does_not_make_it_twice(desk: Desk) -> None:
    desk.expected = "ERR_CONNECTION_RESET"
    keys = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        route.fetch()
        route.abort("connectionreset")

    desk.open()
    desk.choose("Text")
    desk.prompt.fill("a letter that got lost")
    with desk.page.expect_request_finished(lambda request: request.method == "POST") as again:
        desk.page.route("**/api/prompts", lose, times=1)
        desk.send()
        expect(desk.page.get_by_text("Musings does not answer")).to_be_visible()
        desk.page.reload()
        expect(desk.prompt).to_have_value("a letter that got lost")
        desk.send()
    answer = again.value.response()
    assert answer is not None
    assert answer.status == 200
    assert [again.value.headers["idempotency-key"]] == keys
    expect(desk.row("Lately", "a letter that got lost")).to_have_count(1)


def test_a_double_click_sends_once(desk: Desk) -> None:
    desk.open()
    desk.choose("Text")
    desk.prompt.fill("once only")
    desk.page.locator("form button.loud").dblclick()
    expect(desk.row("Lately", "once only")).to_have_count(1)
    sent = [request for request in desk.requests if request == f"POST {desk.url}/api/prompts"]
    assert len(sent) == 1


def test_use_again_fills_the_form(desk: Desk) -> None:
    desk.open()
    desk.made("Picture", "the same heron")
    desk.choose("Voice")
    desk.look_at("the same heron")
    desk.dialog.get_by_role("button", name="Use again").click()
    expect(desk.prompt).to_have_value("the same heron")
    expect(desk.prompt).to_be_focused()
    expect(desk.page.get_by_role("radio", name="Picture")).to_be_checked()
    expect(desk.page.get_by_role("button", name="256 × 192")).to_be_visible()


def test_the_draft_survives_a_reload(desk: Desk) -> None:
    desk.open()
    desk.choose("Music")
    desk.prompt.fill("slow piano")
    desk.page.reload()
    expect(desk.prompt).to_have_value("slow piano")
    expect(desk.page.get_by_role("radio", name="Music")).to_be_checked()


def test_the_prompt_is_sent_with_its_parameters(desk: Desk) -> None:
    desk.open()
    desk.choose("Picture")
    desk.page.get_by_text("Portrait", exact=True).click()
    desk.size(128, 160)
    desk.prompt.fill("a small portrait")
    with desk.page.expect_request(lambda request: request.method == "POST") as sent:
        desk.send()
    body = json.loads(sent.value.post_data or "")
    assert body["prompt_type"] == "image"
    assert body["parameters"] == {"width": 128, "height": 160}
    expect(desk.row("Lately", "a small portrait")).to_be_visible()


def test_a_count_stays_with_its_form(desk: Desk) -> None:
    """Four pictures, then a song: one song, not four."""
    desk.open()
    desk.choose("Picture")
    count = desk.page.locator("#count")
    for _ in range(3):
        desk.page.get_by_role("button", name="More", exact=True).click()
    expect(count).to_have_value("4")
    desk.choose("Music")
    expect(count).to_have_count(0)
    desk.prompt.fill("one song, not four")
    with desk.page.expect_request("**/api/prompts") as sent:
        desk.send()
    assert (sent.value.post_data_json or {})["count"] is None
    desk.choose("Picture")
    expect(count).to_have_value("4")


def test_a_wrong_address_leads_home(desk: Desk) -> None:
    desk.expected = "404"
    answer = desk.page.goto(f"{desk.url}/nowhere")
    assert answer is not None
    assert answer.status == 404
    expect(desk.page.get_by_role("heading", name="There is nothing here.")).to_be_visible()
    desk.page.get_by_role("link", name="To the studio").click()
    expect(desk.prompt).to_be_visible()
