"""Which workflow makes what is asked: said in the form, changed with one click, marked when it cannot run."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from fake_comfyui.server import FakeComfy
from musings.models import Kind
from tests.browser.accessibility import faults
from tests.browser.conftest import Studio, running, window
from tests.browser.desk import Desk
from tests.browser.workflow_cards import card
from tests.musings.makers.comfyui.graphs import film, node, painting

pytestmark = pytest.mark.browser

SKETCHED = "by the built-in sketch engine."
SCALER = {
    "1": node("LoadImage", "Load Image", image="example.png"),
    "2": node("SaveImage", "Save Image", images=["1", 0], filename_prefix="copy"),
}


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio with a painter, a scaler, a film maker; the song script that the configuration names is away."""
    folder = tmp_path_factory.mktemp("gallery")
    (folder / "media").mkdir()
    for name, graph in (("fox_painter", painting()), ("scaler", SCALER), ("film_maker", film())):
        (folder / "media" / f"{name}.json").write_text(json.dumps(graph))
    with FakeComfy() as comfy:
        media = {"comfyui": {"hosts": [comfy.url]}, "scripts": {"music": "media/song.py"}}
        settings = {"media": media, "processing": {"max_pending": 2, "backoff_seconds": 0.1}}
        with running(folder, settings) as url:
            yield Studio(url, folder, comfy.url)


@pytest.fixture
def visitor(chromium: Browser, gallery: Studio) -> Iterator[Desk]:
    yield from window(chromium, gallery.url, viewport={"width": 1280, "height": 900})


@pytest.fixture
def paused(visitor: Desk) -> Iterator[Desk]:
    """A queue that starts nothing; it is emptied and goes on afterwards."""
    ours = {"Origin": visitor.url}
    assert visitor.page.request.post(f"{visitor.url}/api/queue/pause", headers=ours).ok
    visitor.open()
    yield visitor
    waiting = visitor.page.request.get(f"{visitor.url}/api/prompts?status=pending").json()["items"]
    for each in waiting:
        assert visitor.page.request.post(f"{visitor.url}/api/prompts/{each['id']}/cancel", headers=ours).ok
    assert visitor.page.request.post(f"{visitor.url}/api/queue/resume", headers=ours).ok


def form(desk: Desk) -> Locator:
    return desk.page.get_by_role("form")


def workflow(desk: Desk) -> Locator:
    return desk.page.get_by_role("combobox", name="Workflow")


def test_the_first_workflow_that_can_run_paints_and_the_form_says_so(visitor: Desk) -> None:
    visitor.open()
    visitor.choose("Picture")
    expect(form(visitor)).to_contain_text("Painted by Fox painter.")
    expect(workflow(visitor).locator("option:checked")).to_have_text("Fox painter (default)")
    visitor.choose("Voice")
    expect(form(visitor)).to_contain_text(f"Spoken {SKETCHED} A workflow of ComfyUI makes real recordings.")
    form(visitor).get_by_role("link", name="Bring one in").click()
    badges = visitor.page.get_by_text("default", exact=True)
    expect(badges).to_have_count(len(Kind))
    expect(card(visitor, "Fox painter")).to_contain_text("default")
    expect(card(visitor, "Sketch: image").get_by_text("default", exact=True)).to_have_count(0)


def test_one_click_changes_the_default(visitor: Desk) -> None:
    visitor.open("/workflows")
    for title, by in (("Sketch: image", SKETCHED), ("Fox painter", "by Fox painter.")):
        visitor.page.get_by_role("link", name="Workflows", exact=True).click()
        card(visitor, title).get_by_role("button", name="Make default").click()
        expect(card(visitor, title).get_by_text("default", exact=True)).to_be_visible()
        expect(card(visitor, title).get_by_role("heading")).to_be_focused()
        assert faults(visitor.page) == []
        visitor.page.get_by_role("link", name="Studio").click()
        visitor.choose("Picture")
        expect(form(visitor)).to_contain_text(f"Painted {by}")
    visitor.prompt.fill("a fox by default")
    with visitor.page.expect_response("**/api/prompts") as answered:
        visitor.send()
    assert (answered.value.request.post_data_json or {})["workflow"] is None
    expect(visitor.row("Lately", "a fox by default")).to_be_visible()
    visitor.look_at("a fox by default")
    expect(visitor.dialog.get_by_role("row", name="Workflow")).to_contain_text("fox_painter")


def test_another_window_follows_the_default(visitor: Desk) -> None:
    visitor.open()
    visitor.choose("Picture")
    expect(form(visitor)).to_contain_text("Painted by Fox painter.")
    for name, by in (("sketch-image", SKETCHED), ("fox_painter", "by Fox painter.")):
        put = visitor.page.request.put(f"{visitor.url}/api/workflows/{name}/default", headers={"Origin": visitor.url})
        assert put.ok
        visitor.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(form(visitor)).to_contain_text(f"Painted {by}")


def test_what_the_configuration_fixes_is_told(visitor: Desk) -> None:
    visitor.expected = "409"
    visitor.open()
    visitor.choose("Music")
    expect(workflow(visitor).locator("option:checked")).to_have_text("song (default, cannot run now)")
    expect(form(visitor)).to_contain_text("It cannot run now. media.scripts.music names")
    assert faults(visitor.page) == []
    visitor.page.get_by_role("link", name="Workflows", exact=True).click()
    expect(card(visitor, "song")).to_contain_text("It cannot run now. media.scripts.music names")
    sketch = card(visitor, "Sketch: music")
    sketch.get_by_role("button", name="Make default").click()
    expect(sketch.get_by_role("alert")).to_contain_text("The configuration names song for music prompts")
    assert faults(visitor.page) == []


def test_with_the_poets_chosen_no_sketch_is_claimed(visitor: Desk) -> None:
    visitor.open()
    expect(form(visitor)).to_contain_text(f"Written {SKETCHED}")
    poets = workflow(visitor).locator("option", has_text="The poets")
    workflow(visitor).select_option(str(poets.get_attribute("value")))
    expect(form(visitor)).to_contain_text("Written by the poets.")
    expect(form(visitor)).not_to_contain_text("sketch engine.")


def test_a_workflow_without_words_needs_none(visitor: Desk) -> None:
    visitor.open()
    visitor.choose("Picture")
    workflow(visitor).select_option(label="Scaler")
    expect(form(visitor)).to_contain_text("This workflow uses no words. What you write here only names it.")
    assert faults(visitor.page) == []
    with visitor.page.expect_response("**/api/prompts") as answered:
        visitor.send()
    assert answered.value.status == 201
    assert answered.value.json()["prompt_text"] == "Scaler"
    row = visitor.page.get_by_role("link", name="Scaler").first
    row.click()
    expect(visitor.dialog).to_contain_text("takes no words, so these are not used")


def test_a_waiting_prompt_tells_of_a_newer_workflow(paused: Desk, gallery: Studio) -> None:
    paused.choose("Picture")
    paused.prompt.fill("a fox of before")
    paused.send()
    expect(paused.row("Next", "a fox of before")).to_be_visible()
    path = gallery.folder / "media" / "fox_painter.json"
    path.write_text(json.dumps(painting(steps=4)))
    paused.page.get_by_role("button", name="Refresh the queue").click()
    row = paused.row("Next", "a fox of before")
    expect(row).to_contain_text("There is a newer version of its workflow. It runs with the one it was submitted with.")
    row.get_by_role("button", name="Cancel").click()
    paused.row("Lately", "a fox of before").get_by_role("link", name="a fox of before").click()
    expect(paused.dialog).to_contain_text("A retry runs with the one it was submitted with.")
    assert faults(paused.page) == []
    with paused.page.expect_request(re.compile(r"/retry\?latest=true$")):
        paused.dialog.get_by_role("button", name="Retry with the newer version").click()
    expect(paused.dialog).to_contain_text("Waiting.")
    expect(paused.dialog).not_to_contain_text("newer version")


def test_a_full_queue_keeps_the_draft(paused: Desk) -> None:
    paused.expected = "503"
    for words in ("one", "two"):
        paused.ask("Text", words)
    paused.prompt.fill("one too many")
    paused.send()
    expect(form(paused).get_by_role("alert")).to_contain_text("2 prompts wait already")
    expect(paused.prompt).to_have_value("one too many")
    paused.row("Next", "one").get_by_role("button", name="Cancel").click()
    expect(paused.row("Lately", "one")).to_be_visible()
    paused.send()
    expect(paused.row("Next", "one too many")).to_be_visible()


def test_a_film_plays_and_hangs_in_the_gallery(visitor: Desk) -> None:
    visitor.open()
    visitor.choose("Film")
    workflow(visitor).select_option(label="Film maker")
    visitor.prompt.fill("a red film")
    visitor.send()
    row = visitor.row("Lately", "a red film")
    expect(row.locator("img")).to_be_visible()
    row.get_by_role("link", name="a red film").click()
    shown = visitor.dialog.locator("video")
    expect(shown).to_have_attribute("poster", re.compile("."))
    shown.evaluate("film => new Promise((done, failed) => { film.onended = done; film.onerror = failed; film.play() })")
    assert faults(visitor.page) == []
    visitor.open("/gallery")
    visitor.page.get_by_role("button", name="Films").click()
    tile = visitor.page.get_by_role("list", name="Results").locator("video")
    expect(tile).to_have_attribute("poster", re.compile("."))
    assert faults(visitor.page) == []
