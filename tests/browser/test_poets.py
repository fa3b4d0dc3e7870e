"""Better words first: the poets write a document, and the picture is made from it."""

import json
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import PATIENCE_MILLISECONDS, running, window
from tests.browser.desk import Desk
from tests.fakes.llm import FakeLLM, Reply, system
from tests.fakes.server import Seen
from tests.musings.makers.poets.made_documents import IMAGE

pytestmark = pytest.mark.browser

SWITCH = "Let the poets find better words first"


class Poets(FakeLLM):
    """They write documents, and wait for ``may_write`` before each answer."""

    def __init__(self) -> None:
        self.may_write = threading.Event()
        super().__init__(self.write, models=("muse",))

    def write(self, seen: Seen) -> Reply:
        self.may_write.wait(PATIENCE_MILLISECONDS / 1000)
        approved = "the last word" in system(seen)
        return Reply("APPROVED" if approved else f"```json\n{json.dumps(IMAGE)}\n```")


@pytest.fixture(scope="module")
def poets() -> Iterator[Poets]:
    server = Poets()
    yield server
    server.may_write.set()
    server.close()


@pytest.fixture(scope="module")
def salon(poets: Poets, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a studio with a language model."""
    backend = {"type": "manual", "url": poets.address, "connect_seconds": 0.5}
    with running(tmp_path_factory.mktemp("salon"), {"backend": backend, "models": {"local1": "muse"}}) as url:
        yield url


@pytest.fixture
def with_poets(chromium: Browser, salon: str) -> Iterator[Desk]:
    yield from window(chromium, salon, viewport={"width": 1280, "height": 900})


def test_a_picture_is_made_in_two_stages_that_are_seen(with_poets: Desk, poets: Poets) -> None:
    desk = with_poets
    desk.open()
    desk.choose("Picture")
    desk.page.get_by_role("checkbox", name=SWITCH).check()
    assert faults(desk.page) == []
    desk.ask("Picture", "a fox")
    running_row = desk.row("Now", "a fox")
    expect(running_row).to_contain_text("1 of 2")
    running_row.get_by_role("link", name="a fox").click()
    steps = desk.dialog.get_by_role("list", name="Stages").get_by_role("listitem")
    expect(steps).to_have_text(["1 The words", "2 The picture"])
    expect(steps.first).to_have_attribute("aria-current", "step")
    poets.may_write.set()
    expect(desk.dialog).to_contain_text("Made in")
    document = desk.dialog.get_by_role("region", name="What the poets wrote first")
    expect(document.get_by_role("definition").first).to_have_text(str(IMAGE["prompt"]))
    expect(document).to_contain_text("birches")
    assert faults(desk.page) == []
    desk.dialog.get_by_role("button", name="Use again").click()
    expect(desk.page.get_by_role("checkbox", name=SWITCH)).to_be_checked()


def test_the_poets_are_offered_where_they_can_help(with_poets: Desk) -> None:
    desk = with_poets
    desk.open()
    for kind, offered in (("Picture", 1), ("Voice", 0), ("Music", 1), ("Text", 0)):
        desk.choose(kind)
        expect(desk.page.get_by_role("checkbox", name=SWITCH)).to_have_count(offered)


def test_without_poets_the_own_words_serve_and_it_says_why(desk: Desk) -> None:
    body = {"prompt_text": "a fox alone", "prompt_type": "image", "enhance": True}
    small = {"parameters": {"width": 64, "height": 64}}
    desk.open()
    assert desk.page.request.post(f"{desk.url}/api/prompts", data=body | small).status == 201
    expect(desk.row("Lately", "a fox alone")).to_be_visible()
    desk.look_at("a fox alone")
    expect(desk.dialog).to_contain_text("The poets could not help, so your own words were used: no language model")
