"""Many tabs of one browser: one event stream for all, and no tab that misses anything when its holder goes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from musings.sqlite.database import open_database
from musings.store.access import owner
from tests.browser.conftest import PATIENCE_MILLISECONDS, Studio, running
from tests.browser.desk import Desk
from tests.musings.api.entering import PASSWORD, PASSWORD_HASH

pytestmark = pytest.mark.browser

SLEEP = 15_000  # milliseconds
EVENTS = re.compile(r"/api/events(\?|$)")
WITHOUT_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })"
"""As it is on a plain address of the home network, where browsers hide Web Locks."""


@dataclass
class Tabs:
    """One browser with many windows on the studio; ``streams`` are the event streams that were asked for, by tab."""

    context: BrowserContext
    url: str
    name: str
    open: list[Desk] = field(default_factory=list)
    streams: list[tuple[Page, str]] = field(default_factory=list)

    def add(self) -> Desk:
        tab = Desk(self.context.new_page(), self.url)
        tab.page.on("pageerror", lambda error: tab.troubles.append(str(error)))
        tab.page.on("request", self._note)
        tab.open()
        self.open.append(tab)
        return tab

    def _note(self, request: Request) -> None:
        if EVENTS.search(request.url):
            self.streams.append((request.frame.page, request.url))

    @property
    def leader(self) -> Desk:
        return next(tab for tab in self.open if tab.page is self.streams[-1][0])

    def close(self, tab: Desk) -> None:
        self.open.remove(tab)
        tab.page.close()

    def submit(self, words: str) -> None:
        """By another program."""
        answer = httpx.post(f"{self.url}/api/prompts", json={"prompt_text": f"{words}, {self.name}"})
        assert answer.status_code == 201

    def all_show(self, words: str) -> None:
        for tab in self.open:
            expect(tab.row("Lately", f"{words}, {self.name}")).to_be_visible()


@pytest.fixture(params=["locks", "no locks"])
def tabs(request: pytest.FixtureRequest, chromium: Browser, studio: Studio) -> Iterator[Tabs]:
    context = chromium.new_context(reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    if request.param == "no locks":
        context.add_init_script(WITHOUT_LOCKS)
    found = Tabs(context, studio.url, request.param)
    yield found
    context.close()
    assert [tab.troubles for tab in found.open if tab.troubles] == []


def test_nine_tabs_share_one_stream_and_see_the_same(tabs: Tabs) -> None:
    for _ in range(9):
        tab = tabs.add()
        expect(tab.page.get_by_role("button", name="Pause the queue")).to_have_attribute("aria-busy", "false")
    tabs.open[4].ask("Text", f"for all to see, {tabs.name}")
    tabs.all_show("for all to see")
    assert len(tabs.streams) == 1
    assert tabs.leader is tabs.open[0]


def test_when_the_leader_closes_nothing_is_missed(tabs: Tabs) -> None:
    for _ in range(3):
        tab = tabs.add()
        expect(tab.page.get_by_role("button", name="Pause the queue")).to_have_attribute("aria-busy", "false")
    tabs.submit("before the change")
    tabs.all_show("before the change")
    lists: list[str] = []
    for tab in tabs.open:
        tab.page.on("request", lambda request: lists.append(request.url) if "/api/prompts" in request.url else None)

    def late(route: Route) -> None:
        """What is submitted between the end of one stream and the beginning of the next reaches nobody at first."""
        if "while nobody heard" not in done:
            done.append("while nobody heard")
            tabs.submit("while nobody heard")
        route.continue_()

    done: list[str] = []
    tabs.context.route(EVENTS, late)
    tabs.close(tabs.leader)
    tabs.all_show("while nobody heard")
    tabs.submit("after the change")
    tabs.all_show("after the change")
    assert [re.search(r"last_event_id=\d+", url) is not None for _, url in tabs.streams[1:]] == [True]
    assert lists == []  # it came by the stream, not by reading everything anew


def test_a_leader_that_sleeps_is_relieved(tabs: Tabs) -> None:
    """As on a phone, which puts to sleep what is not looked at; here a page that runs nothing for a while."""
    for _ in range(2):
        tab = tabs.add()
        expect(tab.page.get_by_role("button", name="Pause the queue")).to_have_attribute("aria-busy", "false")
    sleeper, awake = tabs.open
    assert tabs.leader is sleeper
    with awake.page.expect_request(EVENTS):
        sleeper.page.evaluate(f"setTimeout(() => {{ const end = Date.now() + {SLEEP}; while (Date.now() < end); }})")
        tabs.submit("while it slept")
        expect(awake.row("Lately", f"while it slept, {tabs.name}")).to_be_visible()
    assert tabs.leader is awake
    tabs.submit("when it woke")
    tabs.all_show("when it woke")
    tabs.all_show("while it slept")


def test_a_login_and_a_logout_are_those_of_every_tab(chromium: Browser, tmp_path: Path) -> None:
    settings = {"security": {"require_auth": True}}
    with running(tmp_path, settings) as url:
        opened = open_database(tmp_path / "musings.db")
        opened.writing(owner.set_password, PASSWORD_HASH)
        opened.close()
        context = chromium.new_context(reduced_motion="reduce")
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        first, second = context.new_page(), context.new_page()
        for page in (first, second):
            page.goto(url)
            expect(page.get_by_label("Password")).to_be_visible()
        first.get_by_label("Password").fill(PASSWORD)
        first.get_by_role("button", name="Log in").click()
        for page in (first, second):
            expect(page.get_by_role("button", name="Pause the queue")).to_have_attribute("aria-busy", "false")
        Desk(second, url).ask("Text", "by the other tab")
        expect(Desk(first, url).row("Lately", "by the other tab")).to_be_visible()
        second.get_by_role("button", name="Log out").click()
        for page in (second, first):
            expect(page.get_by_label("Password")).to_be_visible()
            expect(page.get_by_text("by the other tab")).to_have_count(0)
        context.close()
