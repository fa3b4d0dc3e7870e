"""Schedules, from the page: made from words or from a prompt, run now, paused, removed and brought back."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import running, window
from tests.browser.desk import Desk
from tests.waiting import until

pytestmark = pytest.mark.browser
ZONE = "Europe/Berlin"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("schedules"), {}) as url:
        yield url


@pytest.fixture
def desk(chromium: Browser, house: str) -> Iterator[Desk]:
    yield from window(chromium, house, viewport={"width": 1440, "height": 900}, timezone_id=ZONE)


@pytest.fixture
def phone(chromium: Browser, house: str) -> Iterator[Desk]:
    viewport = {"width": 390, "height": 844}
    yield from window(chromium, house, viewport=viewport, is_mobile=True, has_touch=True, timezone_id=ZONE)


def add(desk: Desk, name: str, words: str) -> None:
    """All but when, which stays as it is: every day at seven."""
    desk.page.get_by_label("Name", exact=True).fill(name)
    desk.page.get_by_label("Its words", exact=True).fill(words)
    desk.page.get_by_role("button", name="Add the schedule").click()


def listed(desk: Desk, name: str) -> Locator:
    return desk.page.get_by_role("list", name="Schedules").get_by_role("listitem").filter(has_text=name)


def kept(desk: Desk, name: str) -> dict[str, Any]:
    """As the server knows it."""
    found: list[dict[str, Any]] = httpx.get(f"{desk.url}/api/schedules").json()["items"]
    [one] = [each for each in found if each["name"] == name]
    return one


def made(desk: Desk) -> list[dict[str, Any]]:
    """What was asked for so far."""
    found: list[dict[str, Any]] = httpx.get(f"{desk.url}/api/prompts").json()["items"]
    return found


def test_a_schedule_from_its_making_to_its_end(desk: Desk) -> None:
    desk.open("/workflows")
    desk.page.get_by_role("link", name="Schedules").click()
    expect(desk.page).to_have_title("Schedules · Musings")
    expect(desk.page.get_by_text("Nothing is made by itself yet.")).to_be_visible()
    expect(desk.page.get_by_text(f"Times are those of {ZONE}.")).to_be_visible()
    desk.page.get_by_role("combobox", name="When", exact=True).select_option("Once a week")
    desk.page.get_by_role("combobox", name="On", exact=True).select_option("Sunday")
    desk.page.get_by_label("At", exact=True).fill("18:05")
    add(desk, "sundays", "a poem about the week")
    row = listed(desk, "sundays")
    expect(row).to_contain_text("Every Sunday at 18:05")
    expect(row).not_to_contain_text(ZONE)
    expect(row).to_contain_text("poem: a poem about the week")
    expect(row).to_contain_text("Next: ")
    assert kept(desk, "sundays")["rule"] == "FREQ=WEEKLY;BYDAY=SU;BYHOUR=18;BYMINUTE=5;BYSECOND=0"
    expect(desk.page.get_by_label("Name", exact=True)).to_have_value("")

    row.get_by_role("button", name="Make now: sundays").click()
    until(lambda: [each["status"] for each in made(desk)] == ["completed"], 60)
    assert made(desk)[0]["prompt_text"] == "a poem about the week"

    row.get_by_role("button", name="Pause sundays").click()
    expect(row).to_contain_text("Paused.")
    assert kept(desk, "sundays")["enabled"] is False
    row.get_by_role("button", name="Go on with sundays").click()
    expect(row).to_contain_text("Next: ")
    assert faults(desk.page) == []

    before = kept(desk, "sundays")
    row.get_by_role("button", name="Remove sundays").click()
    expect(row).to_have_count(0)
    expect(desk.page.get_by_role("heading", name="Schedules")).to_be_focused()
    desk.page.get_by_role("button", name="Undo").click()
    expect(row).to_be_visible()
    again = kept(desk, "sundays")
    same = ("name", "rule", "time_zone", "starts_at", "prompt", "enabled", "next_at")
    assert {name: again[name] for name in same} == {name: before[name] for name in same}


def test_a_prompt_is_asked_for_again_with_what_it_was_made_with(desk: Desk) -> None:
    body = {
        "prompt_text": "a heron at dawn",
        "prompt_type": "image",
        "workflow": "sketch-image",
        "parameters": {"width": 64, "height": 64, "seed": 7},
    }
    httpx.post(f"{desk.url}/api/prompts", json=body, params={"wait": 60}, timeout=90)
    desk.open()
    desk.look_at("a heron at dawn")
    desk.dialog.get_by_role("button", name="Schedule", exact=True).click()
    expect(desk.page.get_by_label("Its words", exact=True)).to_have_value("a heron at dawn")
    expect(desk.page.get_by_label("Name", exact=True)).to_be_focused()
    expect(
        desk.page.get_by_text("With what that prompt was made with: sketch-image, and a new seed each time.")
    ).to_be_visible()
    desk.page.get_by_label("Name", exact=True).fill("herons")
    desk.page.get_by_role("button", name="Add the schedule").click()
    expect(listed(desk, "herons")).to_contain_text("Every day at 7:00")
    asked = kept(desk, "herons")["prompt"]
    assert (asked["workflow"], asked["parameters"]) == ("sketch-image", {"width": 64, "height": 64})
    assert desk.page.url == f"{desk.url}/schedules"


def test_a_rule_that_makes_no_sense_is_said_and_nothing_is_lost(desk: Desk) -> None:
    desk.open("/schedules")
    desk.expected = "422"
    desk.page.get_by_role("combobox", name="When", exact=True).select_option("By a rule")
    desk.page.get_by_label("Rule (RRULE)", exact=True).fill("FREQ=SECONDLY")
    add(desk, "too often", "a drop")
    expect(desk.page.get_by_role("alert")).to_contain_text("more often than once a minute")
    expect(desk.page.get_by_label("Its words", exact=True)).to_have_value("a drop")
    desk.page.get_by_label("Rule (RRULE)", exact=True).fill("FREQ=MONTHLY;BYDAY=1SU;BYHOUR=9")
    desk.page.get_by_role("button", name="Add the schedule").click()
    expect(listed(desk, "too often")).to_contain_text("FREQ=MONTHLY;BYDAY=1SU;BYHOUR=9")


def test_one_makes_something_of_the_news(desk: Desk) -> None:
    desk.open("/schedules")
    desk.page.get_by_label("Its words", exact=True).fill("a poem of")
    desk.page.get_by_role("button", name="With the headlines of a feed").click()
    expect(desk.page.get_by_label("Its words", exact=True)).to_have_value("a poem of {{headlines}}")
    expect(desk.page.get_by_label("Feed of the headlines")).to_be_focused()
    desk.page.get_by_label("Feed of the headlines").fill("https://papers.example/feed.xml")
    assert faults(desk.page) == []
    add(desk, "news", "what they say: {{headlines}}")
    expect(listed(desk, "news")).to_contain_text("what they say: {{headlines}} (headlines of papers.example)")
    assert kept(desk, "news")["headlines"] == {"feed": "https://papers.example/feed.xml", "most": 5}
    expect(desk.page.get_by_label("Feed of the headlines")).to_have_count(0)

    listed(desk, "news").get_by_role("button", name="Remove news").click()
    desk.page.get_by_role("button", name="Undo").click()
    expect(listed(desk, "news")).to_be_visible()
    assert kept(desk, "news")["headlines"] == {"feed": "https://papers.example/feed.xml", "most": 5}


def test_a_feed_that_cannot_be_asked_is_refused_in_words(desk: Desk) -> None:
    desk.open("/schedules")
    desk.expected = "422"
    desk.page.get_by_role("button", name="With the headlines of a feed").click()
    desk.page.get_by_label("Feed of the headlines").fill("ftp://papers.example/feed.xml")
    add(desk, "no news", "{{headlines}}")
    expect(desk.page.get_by_role("alert")).to_contain_text("http")
    expect(desk.page.get_by_label("Feed of the headlines")).to_have_value("ftp://papers.example/feed.xml")


def test_one_of_another_time_zone_says_so(desk: Desk) -> None:
    asked = {
        "name": "elsewhere",
        "rule": "FREQ=DAILY;BYHOUR=7;BYMINUTE=0",
        "time_zone": "Asia/Tokyo",
        "prompt": {"prompt_text": "rice fields", "prompt_type": "poem"},
    }
    assert httpx.post(f"{desk.url}/api/schedules", json=asked).status_code == 201
    desk.open("/schedules")
    expect(listed(desk, "elsewhere")).to_contain_text("Every day at 7:00 (Asia/Tokyo)")


def test_it_fits_a_phone(phone: Desk) -> None:
    phone.open("/schedules")
    add(phone, "a_name_too_long_to_keep_" * 4, "words_without_an_end_" * 20)
    expect(listed(phone, "a_name_too_long")).to_be_visible()
    assert not phone.is_wider_than_its_window()
    assert faults(phone.page) == []
