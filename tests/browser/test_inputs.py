"""A picture of ours as the input of a workflow."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import faults
from tests.browser.desk import Desk
from tests.musings.makers.comfyui.graphs import node

pytestmark = pytest.mark.browser

COPY = {
    "1": node("LoadImage", "Load Image", image="example.png"),
    "2": node("SaveImage", "Save Image", images=["1", 0], filename_prefix="copy"),
}


@pytest.fixture
def copier(desk: Desk) -> Iterator[Desk]:
    """A desk with a workflow that copies a picture."""
    body = {"name": "copier", "workflow": COPY}
    headers = {"Origin": desk.url}
    assert desk.page.request.post(f"{desk.url}/api/workflows", data=body, headers=headers).status == 201
    yield desk
    assert desk.page.request.delete(f"{desk.url}/api/workflows/copier", headers=headers).ok


def test_a_picture_of_ours_goes_into_a_workflow(copier: Desk) -> None:
    desk = copier
    desk.open()
    desk.made("Picture", "a heron to copy")
    desk.page.get_by_label("Workflow").select_option(label="Copier")
    choose = desk.page.get_by_role("button", name="Choose a picture for")
    choose.press("Enter")
    desk.page.get_by_role("button", name="Use “a heron to copy”").press("Enter")
    expect(choose).to_be_focused()
    expect(desk.page.get_by_role("form")).to_contain_text("a heron to copy")
    assert faults(desk.page) == []
    desk.prompt.fill("its copy")
    with desk.page.expect_request(lambda request: request.method == "POST") as sent:
        desk.send()
    body = json.loads(sent.value.post_data or "")
    [value] = body["parameters"].values()
    assert re.fullmatch(r"artifact:\d+", value)
    expect(desk.row("Lately", "its copy")).to_be_visible()
    desk.look_at("its copy")
    expect(desk.dialog).to_contain_text("256 × 192 px")
