"""The workflows: what there is, bring one in, check it, take it away; and who runs them."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import faults
from tests.browser.conftest import NOBODY, Studio
from tests.browser.desk import Desk
from tests.browser.workflow_cards import card
from tests.musings.makers.comfyui.graphs import painting

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
