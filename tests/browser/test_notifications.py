"""Notifications of the browser: asked for by a click alone, told by a push service, and ended."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import running, window
from tests.browser.desk import Desk
from tests.musings.webhooks.browser import PretendBrowser
from tests.musings.webhooks.push_service import PushService
from tests.waiting import until

pytestmark = pytest.mark.browser

# Chromium without a window has no push service to subscribe at: this stands for what such a service answers.
SUBSCRIBED = """(given) => {
  const found = { toJSON: () => given, unsubscribe: async () => { window.unsubscribed = true; return true; } };
  PushManager.prototype.subscribe = async (options) => { window.wanted = options; window.found = found; return found; };
  PushManager.prototype.getSubscription = async () => window.found ?? null;
}"""

SHOWN = """navigator.serviceWorker.ready.then((found) => found.getNotifications())
  .then((all) => all.map((each) => [each.title, each.body, each.data]))"""


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    with PushService() as made:
        yield made


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("telling"), {"webhooks": {"allowed_hosts": ["127.0.0.1"]}}) as url:
        yield url


@pytest.fixture
def desk(chromium: Browser, telling: str) -> Iterator[Desk]:
    yield from window(chromium, telling, viewport={"width": 1280, "height": 900}, permissions=["notifications"])


def test_a_browser_asks_is_told_and_asks_no_more(desk: Desk, service: PushService) -> None:
    browser, page = PretendBrowser(), desk.page
    given = json.dumps(browser.subscription(service.url))
    page.add_init_script(f"({SUBSCRIBED})({given})")
    desk.open("/connect")
    section = page.get_by_role("region", name="Notifications")
    section.get_by_role("button", name="Tell this browser").click()
    expect(section.get_by_role("button", name="Send a test")).to_be_visible()
    assert page.evaluate("window.wanted.userVisibleOnly")
    assert page.evaluate("navigator.serviceWorker.ready.then((found) => found.active.scriptURL)").endswith("/sw.js")
    assert faults(page) == []

    section.get_by_role("button", name="Send a test").click()
    until(lambda: bool(service.received))
    assert json.loads(browser.read(service.received[0][1]))["title"] == "Musings reaches you here"

    # Another visit says again that this browser is there, by itself.
    page.reload()
    expect(section.get_by_role("button", name="Tell it no more")).to_be_visible()
    section.get_by_role("button", name="Tell it no more").click()
    expect(section.get_by_role("button", name="Tell this browser")).to_be_visible()
    assert page.evaluate("localStorage.getItem('push')") is None


def test_an_end_while_the_visit_is_still_told_of_is_an_end(desk: Desk, service: PushService) -> None:
    browser, page = PretendBrowser(), desk.page
    page.add_init_script(f"({SUBSCRIBED})({json.dumps(browser.subscription(service.url))})")
    desk.open("/connect")
    section = page.get_by_role("region", name="Notifications")
    section.get_by_role("button", name="Tell this browser").click()
    expect(section.get_by_role("button", name="Tell it no more")).to_be_visible()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/push/subscriptions", hold)
    page.reload()
    until(lambda: page.evaluate("1") == 1 and bool(held))
    section.get_by_role("button", name="Tell it no more").click()
    until(lambda: page.evaluate("localStorage.getItem('push')") is None)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        held[0].continue_()
    expect(section.get_by_role("button", name="Tell this browser")).to_be_visible()
    page.evaluate("fetch('/healthz').then(() => 1)")  # by then whatever follows that answer has been asked
    assert len([each for each in desk.requests if each.startswith("DELETE")]) == 1


def test_a_message_is_shown_and_leads_to_its_prompt(desk: Desk) -> None:
    """Given to the service worker as a push service gives it, by the tools of the browser."""
    page = desk.page
    desk.open("/connect")
    page.evaluate("navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then(() => 1)")
    tools = page.context.new_cdp_session(page)
    seen: list[str] = []
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda told: seen.extend(registrations(told)))
    tools.send("ServiceWorker.enable")
    until(lambda: page.evaluate("1") == 1 and bool(seen))
    said = {"title": "Your picture is done", "body": "a fox", "tag": "prompt-12", "url": "/prompts/12"}
    message = {"origin": desk.url, "registrationId": seen[0], "data": json.dumps(said)}
    tools.send("ServiceWorker.deliverPushMessage", message)
    until(lambda: page.evaluate(SHOWN) == [["Your picture is done", "a fox", "/prompts/12"]])


def registrations(told: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["registrationId"] for each in told["registrations"] if not each.get("isDeleted")]


def test_without_a_push_service_it_says_so(desk: Desk) -> None:
    desk.page.add_init_script("PushManager.prototype.subscribe = () => Promise.reject(new Error('no service'))")
    desk.open("/connect")
    section = desk.page.get_by_role("region", name="Notifications")
    section.get_by_role("button", name="Tell this browser").click()
    expect(section.get_by_role("alert")).to_contain_text("push service of this browser cannot be reached")


def test_a_page_without_https_says_what_is_missing(desk: Desk) -> None:
    desk.page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    desk.open("/connect")
    section = desk.page.get_by_role("region", name="Notifications")
    expect(section.get_by_role("note")).to_contain_text("HTTPS")
    expect(section.get_by_role("button")).to_have_count(0)
