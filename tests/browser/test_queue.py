"""The queue: pause, cancel, fail, retry, and what a lost connection changes."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Locator, Request, Route, expect

from tests.browser.conftest import Studio
from tests.browser.desk import Desk
from tests.waiting import until

pytestmark = pytest.mark.browser

COUNT_OPENED_STREAMS = """
window.openedStreams = 0
window.EventSource = class extends EventSource {
  constructor(...given) { super(...given); this.addEventListener('open', () => { window.openedStreams += 1 }) }
}
"""
COLLECT_WHAT_IS_TOLD = """() => {
  const said = []
  const place = document.querySelector('div[role=status]')
  new MutationObserver(() => said.push(place.textContent.trim())).observe(place, { childList: true, subtree: true })
  return said
}"""


@pytest.fixture
def paused(desk: Desk) -> Iterator[Desk]:
    """A desk before a queue that starts nothing; it goes on afterwards."""
    desk.open()
    desk.page.get_by_role("button", name="Pause the queue").click()
    expect(desk.page.get_by_text("The queue is paused.", exact=True)).to_be_visible()
    yield desk
    answer = desk.page.request.post(f"{desk.url}/api/queue/resume", headers={"Origin": desk.url})
    assert answer.ok


def test_waiting_prompts_have_a_place_and_go_on(paused: Desk) -> None:
    paused.ask("Text", "first come")
    paused.ask("Text", "second come")
    expect(paused.row("Next", "first come")).to_contain_text("Next")
    expect(paused.row("Next", "second come")).to_contain_text("2nd in line")
    paused.page.reload()
    expect(paused.row("Next", "second come")).to_contain_text("2nd in line")
    paused.page.get_by_role("button", name="Go on with the queue").click()
    expect(paused.row("Lately", "first come")).to_be_visible()
    expect(paused.row("Lately", "second come")).to_be_visible()
    expect(paused.page.get_by_text("The queue is paused.", exact=True)).to_be_hidden()


def test_a_more_urgent_prompt_stands_before_the_others(paused: Desk) -> None:
    paused.ask("Text", "no hurry")
    paused.page.get_by_label("When").select_option("Before the others")
    paused.ask("Text", "in a hurry")
    expect(paused.row("Next", "no hurry")).to_contain_text("2nd in line")
    for words in ("no hurry", "in a hurry"):
        paused.row("Next", words).get_by_role("button", name="Cancel").click()
        expect(paused.row("Lately", words)).to_contain_text("cancelled")


def test_a_cancelled_prompt_can_be_tried_again(paused: Desk) -> None:
    paused.ask("Text", "think twice")
    paused.row("Next", "think twice").get_by_role("button", name="Cancel").click()
    cancelled = paused.row("Lately", "think twice")
    expect(cancelled).to_contain_text("cancelled")
    cancelled.get_by_role("button", name="Retry").click()
    expect(paused.row("Next", "think twice")).to_be_visible()
    paused.page.get_by_role("button", name="Go on with the queue").click()
    expect(paused.row("Lately", "think twice")).not_to_contain_text("cancelled")


def test_a_prompt_that_waits_for_another_try_says_when_and_why(paused: Desk, studio: Studio) -> None:
    paused.ask("Text", "once more")
    with closing(sqlite3.connect(studio.folder / "musings.db")) as database, database:
        database.execute(
            "UPDATE prompts SET next_attempt_at = datetime('now', '+1 hour'), attempt = 17, uncounted_attempts = 15,"
            " error_message = 'The studio server does not answer.' WHERE prompt_text = 'once more'"
        )
    row = paused.row("Next", "once more")
    expect(row).to_contain_text(re.compile(r"Trying again in (1 h|60 min|59 min), at .*\d\d"))
    expect(row).to_contain_text("The studio server does not answer.")
    expect(row).not_to_contain_text("17 of")
    paused.page.get_by_role("button", name="Go on with the queue").click()
    expect(paused.page.get_by_role("button", name="Pause the queue")).to_be_visible()
    expect(paused.page.get_by_text("all done in")).to_have_count(0)
    row.get_by_role("button", name="Cancel").click()
    expect(paused.row("Lately", "once more")).to_contain_text("cancelled")


def failing(desk: Desk, words: str, voice: str) -> Locator:
    """The row of a prompt that has failed for its voice, which nobody has."""
    desk.open()
    desk.choose("Voice")
    desk.page.get_by_role("textbox", name="Voice").fill(voice)
    desk.ask("Voice", words)
    failed = desk.row("Needs you", words)
    expect(failed).to_contain_text(voice)
    return failed


def test_a_failure_is_said_in_words_and_can_be_retried(desk: Desk) -> None:
    failed = failing(desk, "who says this", "xx-nobody")
    said = desk.page.request.get(f"{desk.url}/api/prompts?status=failed&limit=1").json()["items"][0]["error_message"]
    expect(failed.locator(".wrong")).to_have_text(said)
    clipped = "(line) => line.scrollHeight > line.clientHeight + 1 || line.scrollWidth > line.clientWidth + 1"
    assert failed.locator(".wrong").evaluate(clipped) is False
    failed.get_by_role("button", name="Retry").click()
    # The row goes through the queue once more; pressed on its way, it would be gone under the pointer.
    until(lambda: has_failed_twice(desk), seconds=60)
    failed.get_by_role("link", name="who says this").click()
    expect(desk.dialog.get_by_role("heading", name="2 attempts")).to_be_visible()
    expect(desk.dialog).to_contain_text("Failed.")
    desk.dialog.get_by_role("button", name="Read the log").click()
    expect(desk.dialog.get_by_role("region", name="Log of attempt 2")).to_contain_text("xx-nobody")


def test_an_answer_that_is_slower_than_what_came_of_it_changes_nothing(desk: Desk) -> None:
    """The retry has failed again, and the page knows it, when it is told that the prompt waits."""
    failed = failing(desk, "who hears this", "xx-slow")
    told: list[str] = []

    def answer_late(route: Route) -> None:
        answer = route.fetch()
        until(lambda: has_failed_twice(desk), seconds=60)
        expect(failed.get_by_role("button", name="Retry")).to_be_visible()
        told.append(answer.json()["status"])
        route.fulfill(response=answer)

    desk.page.route("**/retry*", answer_late)
    with desk.page.expect_response("**/retry*"):
        failed.get_by_role("button", name="Retry").click()
    assert told == ["pending"]
    expect(failed.get_by_role("button", name="Retry")).to_be_enabled()
    failed.get_by_role("link", name="who hears this").click()
    expect(desk.dialog.get_by_role("heading", name="2 attempts")).to_be_visible()


def has_failed_twice(desk: Desk) -> bool:
    """The newest failure, as the server tells it."""
    newest = desk.page.request.get(f"{desk.url}/api/prompts?status=failed&limit=1").json()["items"]
    return bool(newest) and newest[0]["attempt"] == 2


def test_running_work_can_be_cancelled_from_its_detail(desk: Desk) -> None:
    desk.open()
    desk.ask("Picture", "an endless plain", size=(2048, 2048))
    desk.row("Now", "an endless plain").get_by_role("link", name="an endless plain").click()
    desk.dialog.get_by_role("button", name="Cancel").click()
    expect(desk.dialog).to_contain_text("Cancelled.")
    expect(desk.dialog.get_by_role("button", name="Retry")).to_be_visible()


def test_changes_made_elsewhere_arrive_by_themselves(desk: Desk) -> None:
    desk.open()
    expect(desk.page.get_by_role("button", name="Pause the queue")).to_be_visible()
    body = {"prompt_text": "from a shell", "prompt_type": "text"}
    answer = desk.page.request.post(f"{desk.url}/api/prompts", data=body)
    assert answer.status == 201
    expect(desk.row("Lately", "from a shell")).to_be_visible()
    expect(desk.page.get_by_role("status").filter(has_text="Finished")).to_be_visible()


def test_nothing_is_polled(desk: Desk) -> None:
    desk.page.clock.install()
    desk.page.add_init_script(COUNT_OPENED_STREAMS)
    under_way: set[Request] = set()
    desk.page.on("request", lambda request: under_way.add(request))
    desk.page.on("requestfinished", lambda request: under_way.discard(request))
    desk.page.on("requestfailed", lambda request: under_way.discard(request))
    desk.open()
    desk.made("Text", "quiet hours")
    desk.open("/gallery")
    expect(desk.page.get_by_role("link", name=re.compile("quiet hours", re.I)).first).to_be_visible()
    # A stream that opens makes the page ask for its lists, on a slow machine long after the works are seen.
    until(lambda: desk.page.evaluate("window.openedStreams") == 1, seconds=30)
    until(lambda: all("/api/events" in request.url for request in asked_for(desk, under_way)), seconds=30)
    before = len(desk.requests)
    desk.page.clock.run_for(10 * 60 * 1000)
    desk.page.evaluate("new Promise(requestAnimationFrame)")
    assert [request for request in desk.requests[before:] if "/api/" in request] == []


def asked_for(desk: Desk, under_way: set[Request]) -> set[Request]:
    """What the page waits for, after it had a frame to ask in."""
    desk.page.evaluate("new Promise(requestAnimationFrame)")
    return {request for request in under_way if "/api/" in request.url}


def test_a_queue_that_drains_is_told_in_digests(paused: Desk) -> None:
    """Otherwise a screen reader hears of every prompt, and what can be taken back is out of reach at once."""
    paused.page.clock.install()
    paused.open()
    texts = [f"one of many, {number}" for number in range(6)]
    for text in texts:
        data = {"prompt_text": text, "prompt_type": "text"}
        assert paused.page.request.post(f"{paused.url}/api/prompts", data=data, headers={"Origin": paused.url}).ok
        expect(paused.row("Next", text)).to_be_visible()
    paused.page.clock.run_for(60_000)  # what was told before is long ago
    paused.page.clock.pause_at(paused.page.evaluate("Date.now() + 60_000"))
    told = paused.page.evaluate_handle(COLLECT_WHAT_IS_TOLD)
    paused.page.get_by_role("button", name="Go on with the queue").click()
    for text in texts:
        expect(paused.row("Lately", text)).to_be_visible()
    paused.page.clock.run_for(6_000)
    sentences: list[str] = told.evaluate("said => said.filter(Boolean)")
    assert "The queue goes on." in sentences
    assert re.search(r"Finished: \d writings", " ".join(sentences)), sentences
    assert len(sentences) <= 3, sentences


def test_a_lost_connection_is_said_and_found_again(desk: Desk) -> None:
    desk.expected = "ERR_FAILED|ERR_CONNECTION_REFUSED"
    desk.page.route("**/api/events*", lambda route: route.abort())
    desk.open()
    expect(desk.page.get_by_text("Reconnecting…")).to_be_visible()
    desk.page.unroute("**/api/events*")
    expect(desk.page.get_by_text("Reconnecting…")).to_be_hidden()
    desk.made("Text", "back again")


def test_a_link_to_a_prompt_that_is_gone_says_so(desk: Desk) -> None:
    desk.expected = "404"
    desk.open("/prompts/999999")
    expect(desk.dialog.get_by_role("alert")).to_contain_text("999999")
    desk.dialog.get_by_role("button", name="Close").click()
    expect(desk.dialog).to_be_hidden()
    assert desk.page.url == f"{desk.url}/"


def test_one_look_fetches_what_no_event_has_brought(desk: Desk) -> None:
    desk.open()
    desk.made("Text", "seen twice")
    with desk.page.expect_request("**/api/prompts?order=queue*"), desk.page.expect_request("**/api/queue/stats"):
        desk.page.get_by_role("button", name="Refresh the queue").click()
    desk.look_at("seen twice")
    with desk.page.expect_request(re.compile(r"/api/prompts/\d+$")):
        desk.dialog.get_by_role("button", name="Refresh").click()
    expect(desk.dialog).to_contain_text("Made in")


def test_what_failed_can_be_put_away(desk: Desk) -> None:
    desk.open()
    desk.choose("Voice")
    desk.page.get_by_role("textbox", name="Voice").fill("xx-nobody")
    desk.ask("Voice", "who threw this away")
    failed = desk.row("Needs you", "who threw this away")
    failed.get_by_role("button", name="Delete").click()
    expect(failed).to_have_count(0)
    desk.page.get_by_role("button", name="Undo").click()
    expect(failed).to_be_visible()
