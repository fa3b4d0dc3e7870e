"""The workflows: what there is, bring one in, check it, take it away; and who runs them."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import NOBODY, Studio
from tests.browser.desk import Desk
from tests.browser.workflow_cards import card
from tests.comfyui_workflows.carriers import png
from tests.musings.makers.comfyui.graphs import painting
from tests.musings.makers.comfyui.renumbering import renumbered

pytestmark = pytest.mark.browser


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    """A workflow that needs a model which no server has."""
    nodes = painting()
    nodes["4"]["inputs"]["ckpt_name"] = "moonlight_xl.safetensors"
    path = tmp_path / "moonlight.json"
    path.write_text(json.dumps(nodes))
    return path


def bring_in(desk: Desk, path: Path) -> None:
    desk.page.get_by_label("Choose a file").set_input_files(path)


def remove(desk: Desk, title: str) -> None:
    found = card(desk, title)
    found.get_by_role("button", name="Remove").click()
    found.get_by_role("button", name="Yes, remove it").click()
    expect(found).to_have_count(0)


def test_a_workflow_is_brought_in_checked_and_removed(desk: Desk, studio: Studio, graph: Path) -> None:
    desk.open()
    desk.page.get_by_role("link", name="Workflows").click()
    bring_in(desk, graph)
    found = card(desk, "Moonlight")
    expect(found).to_contain_text("a ComfyUI graph")
    found.get_by_text(re.compile(r"\d+ fields in its form")).click()
    expect(found.get_by_role("definition").first).to_be_visible()
    found.get_by_role("button", name="Check").click()
    expect(found).to_contain_text("Nothing here can run it.")
    expect(found.get_by_role("listitem").filter(has_text=studio.comfy)).to_contain_text("moonlight_xl.safetensors")
    expect(found.get_by_role("listitem").filter(has_text=NOBODY)).to_be_visible()
    assert faults(desk.page) == []
    desk.page.get_by_role("link", name="Studio").click()
    desk.choose("Picture")
    expect(desk.page.get_by_role("combobox", name="Workflow").locator("option", has_text="Moonlight")).to_have_count(1)
    desk.page.get_by_role("link", name="Workflows").click()
    remove(desk, "Moonlight")
    expect(desk.page.get_by_role("status").filter(has_text="Its file was moved aside.")).to_be_visible()


def test_a_file_that_is_no_workflow_is_refused_in_words(desk: Desk, tmp_path: Path) -> None:
    desk.expected = "422"
    letter = tmp_path / "letter.json"
    letter.write_text('{"dear": "aunt"}')
    desk.open("/workflows")
    bring_in(desk, letter)
    refusal = desk.page.get_by_role("alert")
    expect(refusal).to_contain_text("letter.json was not taken.")
    expect(refusal).to_contain_text("The file")
    expect(card(desk, "letter")).to_have_count(0)


def test_a_file_can_be_dropped(desk: Desk, graph: Path) -> None:
    desk.open("/workflows")
    desk.page.get_by_text("or drop it here").evaluate(
        """(target, text) => {
            const dataTransfer = new DataTransfer()
            dataTransfer.items.add(new File([text], 'dropped_moon.json', { type: 'application/json' }))
            target.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }))
        }""",
        graph.read_text(),
    )
    expect(card(desk, "Dropped moon")).to_be_visible()
    remove(desk, "Dropped moon")


def test_it_says_who_runs_them(desk: Desk, studio: Studio) -> None:
    desk.open("/workflows")
    backends = desk.page.get_by_role("list", name="Backends").get_by_role("listitem")
    expect(backends.filter(has_text=studio.comfy)).to_contain_text("ready, nothing in its queue")
    expect(backends.filter(has_text=NOBODY)).to_contain_text("does not answer")
    expect(backends.filter(has_text="sketch engine")).to_contain_text("ready")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_gets_there_and_axe_finds_nothing(phone: Desk, scheme: str) -> None:
    phone.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    phone.open()
    phone.page.get_by_role("link", name="Workflows").tap()
    expect(phone.page.get_by_role("listitem", name="Sketch: image")).to_be_visible()
    backends = phone.page.get_by_role("list", name="Backends").get_by_role("listitem")
    expect(backends.filter(has_text=NOBODY)).to_be_visible()
    assert not phone.is_wider_than_its_window()
    assert faults(phone.page) == []


def look_at(desk: Desk, path: Path) -> Locator:
    desk.page.get_by_label("Look at one first").set_input_files(path)
    return desk.page.get_by_role("region", name=f"What is in {path.name}")


def test_a_picture_is_looked_at_tried_and_then_kept(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "lantern (1).png"
    path.write_bytes(png({"prompt": json.dumps(painting(steps=2))}))
    desk.open("/workflows")
    seen = look_at(desk, path)
    expect(seen).to_contain_text("It was found in a picture (PNG).")
    expect(seen).to_contain_text("It can run on")
    expect(seen.get_by_role("definition").first).to_be_visible()
    expect(card(desk, "Lantern (1)")).to_have_count(0)
    seen.get_by_role("button", name="Make one as a test").click()
    expect(seen.get_by_role("status")).to_contain_text("it is made")
    expect(seen.get_by_role("link", name="What the test made")).to_be_visible()
    assert faults(desk.page) == []
    seen.get_by_role("button", name="Keep it").click()
    expect(seen).to_have_count(0)
    expect(card(desk, "Lantern (1)")).to_be_visible()
    remove(desk, "Lantern (1)")


def test_what_a_file_lacks_is_said_before_it_is_kept(desk: Desk, graph: Path) -> None:
    desk.open("/workflows")
    seen = look_at(desk, graph)
    expect(seen).to_contain_text("Nothing here can run it now.")
    expect(seen).to_contain_text("is not installed.")
    expect(seen).to_contain_text("Installed there: 2")
    expect(seen.get_by_role("button", name="Make one as a test")).to_have_count(0)
    seen.get_by_role("button", name="Close").click()
    expect(seen).to_have_count(0)


def test_a_picture_of_another_program_fills_the_form(desk: Desk, tmp_path: Path) -> None:
    desk.expected = "422"
    path = tmp_path / "web_ui.png"
    infotext = "a copper kettle\nNegative prompt: dull\nSteps: 20, Seed: 4711, Size: 640x512"
    path.write_bytes(png({"parameters": infotext}))
    desk.open("/workflows")
    bring_in(desk, path)
    seen = desk.page.get_by_role("region", name="What is in web_ui.png")
    expect(seen).to_contain_text("AUTOMATIC1111")
    seen.get_by_role("button", name="Use it in the studio").click()
    expect(desk.page.get_by_label("Your prompt")).to_have_value("a copper kettle")
    expect(desk.page.get_by_role("button", name="640 × 512")).to_be_visible()
    desk.page.get_by_text("More settings").click()
    expect(desk.page.get_by_label("Seed")).to_have_value("4711")


def test_a_changed_file_says_what_moved_and_presets_go_with_their_fields(desk: Desk, studio: Studio) -> None:
    path = studio.folder / "media" / "heron.json"
    path.write_text(json.dumps(painting()))
    desk.open()
    desk.choose("Picture")
    desk.page.get_by_role("combobox", name="Workflow").select_option("heron")
    desk.page.get_by_text("More settings").click()
    steps = desk.page.get_by_role("spinbutton", name="Steps")
    steps.fill("7")
    desk.page.get_by_text("Presets").click()
    desk.page.get_by_label("A name for these settings").fill("quick")
    desk.page.get_by_role("button", name="Keep", exact=True).click()
    expect(desk.page.get_by_role("button", name="Forget quick")).to_be_visible()
    assert faults(desk.page) == []
    graph = renumbered(painting())
    del graph["13"]["inputs"]["cfg"]
    path.write_text(json.dumps(graph))
    desk.open("/workflows")
    found = card(desk, "Heron")
    found.get_by_text("Its file changed").click()
    expect(found.get_by_role("listitem").filter(has_text="cfg is gone")).to_be_visible()
    desk.open()
    desk.page.get_by_text("More settings").click()
    steps.fill("9")
    desk.page.get_by_text("Presets").click()
    desk.page.get_by_role("button", name="quick", exact=True).click()
    expect(steps).to_have_value("7")
    desk.page.get_by_role("button", name="Forget quick").click()
    expect(desk.page.get_by_role("button", name="quick", exact=True)).to_have_count(0)
    path.unlink()
