"""A recipe run again: the new prompt opens, says whether the result is the same, and leads back."""

import json
import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.accessibility import faults
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


def test_a_picture_is_reproduced_byte_for_byte(desk: Desk) -> None:
    desk.open()
    desk.made("Picture", "a heron twice")
    desk.look_at("a heron twice")
    original = re.sub(r".*/", "", desk.page.url)
    desk.dialog.get_by_role("button", name="Reproduce").click()
    expect(desk.dialog).to_contain_text("The same, byte for byte.")
    assert not desk.page.url.endswith(f"/{original}")
    assert faults(desk.page) == []
    desk.dialog.get_by_role("link", name=f"See No. {original}").click()
    expect(desk.dialog).to_contain_text(f"No. {original}")
    expect(desk.dialog.get_by_role("button", name="Reproduce")).to_be_visible()
    assert desk.page.url.endswith(f"/{original}")


def test_another_result_is_called_another(desk: Desk) -> None:
    """The sketch engine never differs, so the answer of a model that does is put in its place."""
    desk.open()
    desk.made("Picture", "a heron that changes")
    desk.look_at("a heron that changes")
    number = int(re.sub(r".*/", "", desk.page.url))

    def another(route: Route) -> None:
        """Lists too: whichever answer comes last, the page shows this one."""
        answer = route.fetch()
        body = answer.json()
        for prompt in body.get("items", [body]):
            if prompt["id"] == number:
                prompt["reproduces"] = 1
                prompt["artifact_metadata"]["reproduction"] = {
                    "of": 1,
                    "identical": False,
                    "compared": 1,
                    "expected": 1,
                }
        route.fulfill(response=answer, body=json.dumps(body))

    desk.page.route(re.compile(rf"/api/prompts(/{number})?(\?|$)"), another)
    desk.open(f"/prompts/{number}")
    expect(desk.dialog).to_contain_text("Not the same")
    expect(desk.dialog.get_by_role("link", name="See No. 1")).to_be_visible()
    desk.page.unroute_all(behavior="ignoreErrors")


def test_only_what_is_made_can_be_reproduced(desk: Desk) -> None:
    desk.open()
    desk.choose("Voice")
    desk.page.get_by_role("textbox", name="Voice").fill("xx-no-voice")
    desk.ask("Voice", "never said")
    desk.row("Needs you", "never said").get_by_role("link", name="never said").click()
    expect(desk.dialog.get_by_role("button", name="Retry")).to_be_visible()
    expect(desk.dialog.get_by_role("button", name="Reproduce")).to_have_count(0)
