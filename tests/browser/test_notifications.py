"""Notifications of the browser: asked for by a click alone, told by a push service, and ended."""

import json
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

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


# A browser brings a window to the front, opens one and waits for the work of an event after a real tap alone: these
# three stand for that. What is chosen, said and turned is real.
TAPPED = """async ({ tag }) => {
  const calls = [];
  WindowClient.prototype.focus = async function () { calls.push(['focus']); return this; };
  self.clients.openWindow = async (url) => { calls.push(['open', new URL(url).pathname]); return null; };
  const [notification] = await self.registration.getNotifications({ tag });
  const event = new NotificationEvent('notificationclick', { notification });
  let done = null;
  Object.defineProperty(event, 'waitUntil', { value: (given) => { done = given; } });
  self.dispatchEvent(event);
  await done;
  return { calls, left: (await self.registration.getNotifications({ tag })).length };
}"""


def submitted(desk: Desk, words: str) -> int:
    answer = httpx.post(f"{desk.url}/api/prompts", json={"prompt_text": words, "prompt_type": "text"})
    return int(answer.json()["id"])


def tapped(page: Page, number: int, url: str) -> list[list[str]]:
    """What the service worker does at a tap on a notification that is shown; none is left."""
    page.evaluate("navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then(() => 1)")
    tag = f"prompt-{number}"
    show = (
        "([tag, url]) => navigator.serviceWorker.ready.then((one) => one.showNotification('Done', { tag, data: url }))"
    )
    page.evaluate(show, [tag, url])
    [worker] = page.context.service_workers
    found = worker.evaluate(TAPPED, {"tag": tag})
    assert found["left"] == 0
    calls: list[list[str]] = found["calls"]
    return calls


def test_a_tap_turns_the_open_page_to_the_prompt_and_loads_nothing_anew(desk: Desk) -> None:
    number = submitted(desk, "a fox in the snow")
    desk.open("/gallery")
    desk.page.evaluate("window.isStillHere = true")
    assert tapped(desk.page, number, f"/prompts/{number}") == [["focus"]]
    expect(desk.dialog).to_contain_text("a fox in the snow")
    # What plays plays on: it is the same document.
    assert desk.page.evaluate("window.isStillHere")
    desk.page.go_back()
    expect(desk.dialog).to_have_count(0)
    assert desk.page.url == desk.url + "/gallery"


def test_a_tap_finds_the_page_beside_a_window_with_a_file(desk: Desk) -> None:
    number = submitted(desk, "a fox in the rain")
    desk.open("/")
    other = desk.page.context.new_page()
    other.goto(desk.url + "/icon-512.png")
    other.bring_to_front()
    assert tapped(desk.page, number, f"/prompts/{number}") == [["focus"]]
    expect(desk.dialog).to_contain_text("a fox in the rain")
    assert other.url == desk.url + "/icon-512.png"


def test_a_tap_without_a_page_opens_one(desk: Desk) -> None:
    desk.open("/")
    desk.page.evaluate(
        "navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then(() => 1)"
    )
    desk.page.goto(desk.url + "/icon-512.png")
    assert tapped(desk.page, 12, "/prompts/12?x=1") == [["open", "/prompts/12"]]


@pytest.mark.parametrize("url", ["https://elsewhere.example/prompts/12", "//elsewhere.example/"])
def test_a_tap_leads_nowhere_else(desk: Desk, url: str) -> None:
    desk.open("/")
    assert tapped(desk.page, 13, url) == []
    assert desk.page.url == desk.url + "/"


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
