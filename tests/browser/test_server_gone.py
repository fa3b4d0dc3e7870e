"""The server goes and comes back: every place says so, and mends itself; nothing reloads in a loop."""

from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.conftest import running, window
from tests.browser.desk import Desk
from tests.ports import free_port

pytestmark = pytest.mark.browser

NO_ANSWER = "ERR_CONNECTION|ERR_EMPTY|ERR_FAILED|ERR_INCOMPLETE|Failed to fetch"
PLACES = ("Gallery", "Writings", "Workflows")


class Server:
    """A studio that can be stopped and started again at the same address."""

    def __init__(self, folder: Path, settings: dict[str, Any] | None = None) -> None:
        self._port = free_port()
        self._folder = folder
        self._settings = settings or {}
        self._stack = ExitStack()
        self.url = ""

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def start(self) -> None:
        self.url = self._stack.enter_context(running(self._folder, self._settings, self._port))

    def stop(self) -> None:
        self._stack.close()


def test_a_place_opened_meanwhile_says_so_and_mends_itself(chromium: Browser, tmp_path: Path) -> None:
    """Every place in a window of its own, while the server is gone once for all of them."""
    with Server(tmp_path) as server, ExitStack() as windows:
        desks = {place: windows.enter_context(contextmanager(window)(chromium, server.url)) for place in PLACES}
        for number, desk in enumerate(desks.values()):
            desk.expected = NO_ANSWER
            desk.open()
            desk.made("Text", f"kept while nobody was there, {number}")
        server.stop()
        for place, desk in desks.items():
            expect(desk.page.get_by_text("Reconnecting…")).to_be_visible()
            desk.page.get_by_role("link", name=place).click()
            expect(desk.page.get_by_role("alert").filter(has_text="Musings does not answer")).to_be_visible()
            expect(desk.page.get_by_role("status").filter(has_text="Musings does not answer.")).to_be_visible()
        server.start()
        for place, desk in desks.items():
            expect(desk.page.get_by_role("heading", name=place, exact=True)).to_be_attached()
            expect(desk.page.get_by_text("Musings does not answer")).to_have_count(0)
            expect(desk.page.get_by_text("Reconnecting…")).to_have_count(0)
            expect(desk.page.get_by_role("main").get_by_role("listitem").first).to_be_visible()


def test_the_studio_says_so_and_forgets_it_when_it_is_over(chromium: Browser, tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        for desk in window(chromium, server.url):
            desk.expected = NO_ANSWER
            desk.open()
            desk.made("Text", "before the end")
            server.stop()
            desk.prompt.fill("into the silence")
            desk.send()
            expect(desk.page.get_by_role("alert").filter(has_text="Musings does not answer")).to_be_visible()
            expect(desk.page.get_by_role("status").filter(has_text="Musings does not answer.")).to_be_visible()
            server.start()
            expect(desk.page.get_by_text("Musings does not answer")).to_have_count(0)
            expect(desk.prompt).to_have_value("into the silence")
            desk.send()
            expect(desk.row("Lately", "into the silence")).to_be_visible()


def test_a_prompt_opened_meanwhile_appears_when_it_is_back(chromium: Browser, tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        for desk in window(chromium, server.url):
            desk.expected = NO_ANSWER
            desk.open()
            desk.made("Text", "opened too late")
            server.stop()
            expect(desk.page.get_by_text("Reconnecting…")).to_be_visible()
            desk.row("Lately", "opened too late").get_by_role("link").click()
            expect(desk.page.get_by_text("This part of the page could not be loaded.")).to_be_visible()
            server.start()
            expect(desk.dialog.get_by_role("heading", name="opened too late", exact=True)).to_be_visible()


def test_a_part_that_is_not_there_is_said_and_not_asked_for_for_ever(desk: Desk) -> None:
    """The server answers and the stream is alive, but a part of the page does not come."""
    desk.expected = "404|Failed to fetch|ERR_FAILED"
    asked: list[str] = []

    def missing(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=404, body="gone")

    desk.page.route("**/assets/Gallery-*.js", missing)
    desk.open()
    expect(desk.page.get_by_role("button", name="Pause the queue")).to_have_attribute("aria-busy", "false")
    loads: list[str] = []
    desk.page.on("load", lambda page: loads.append(page.url))
    # One look whether a newer page knows the part by another name, then words; the words stay.
    with desk.page.expect_event("load"):
        desk.page.get_by_role("link", name="Gallery").click()
    said = desk.page.get_by_text("This part of the page could not be loaded.")
    expect(said).to_be_visible()
    expect(desk.page.get_by_text("The server answers, but not with this.")).to_be_visible()
    expect(desk.page.get_by_role("button", name="Load the page anew")).to_be_visible()
    desk.page.get_by_role("link", name="Studio").click()
    desk.page.get_by_role("link", name="Gallery").click()
    expect(said).to_be_visible()
    assert len(loads) == 1
    assert len(asked) <= 6
    desk.page.unroute("**/assets/Gallery-*.js")
    desk.page.get_by_role("button", name="Load the page anew").click()
    expect(desk.page.get_by_role("heading", name="Gallery", exact=True)).to_be_attached()


def test_a_part_that_comes_late_comes_with_its_styles(chromium: Browser, tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        for desk in window(chromium, server.url):
            desk.expected = NO_ANSWER
            desk.open()
            expect(desk.page.get_by_role("button", name="Pause the queue")).to_have_attribute("aria-busy", "false")
            server.stop()
            expect(desk.page.get_by_text("Reconnecting…")).to_be_visible()
            desk.page.get_by_role("link", name="Gallery").click()
            expect(desk.page.get_by_text("This part of the page could not be loaded.")).to_be_visible()
            server.start()
            expect(desk.page.get_by_role("search")).to_have_css("display", "flex")
