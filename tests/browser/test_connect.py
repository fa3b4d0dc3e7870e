"""Other programs, from the page: a webhook is made, tested, told of a prompt, sent again and removed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import running, window
from tests.browser.desk import Desk
from tests.musings.alerts.webhook import Webhook as Channel
from tests.musings.webhooks.receiver import Receiver
from tests.waiting import until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


@pytest.fixture(scope="module")
def channel() -> Iterator[Channel]:
    with Channel() as made:
        yield made


@pytest.fixture(scope="module")
def connected(tmp_path_factory: pytest.TempPathFactory, channel: Channel) -> Iterator[str]:
    """A studio that may tell programs of this machine."""
    settings = {"webhooks": {"allowed_hosts": ["127.0.0.1"]}, "alerts": {"urls": [channel.url]}}
    with running(tmp_path_factory.mktemp("connected"), settings) as url:
        yield url


@pytest.fixture
def desk(chromium: Browser, connected: str) -> Iterator[Desk]:
    yield from window(chromium, connected, viewport={"width": 1280, "height": 900})


@pytest.fixture
def phone(chromium: Browser, connected: str) -> Iterator[Desk]:
    yield from window(chromium, connected, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)


def add(desk: Desk, name: str, url: str) -> None:
    desk.page.get_by_label("Name", exact=True).fill(name)
    desk.page.get_by_label("Address", exact=True).fill(url)
    desk.page.get_by_role("button", name="Add a webhook").click()


def test_each_door_shows_what_to_copy(desk: Desk) -> None:
    desk.open("/connect")
    for label, text in {
        "Command for agents": "musings mcp",
        "Address for agents": f"{desk.url}/mcp",
        "Address for ComfyUI clients": f"{desk.url}/comfyui",
        "Setting for Comfy's SDKs": f"export COMFY_BASE_URL={desk.url}/comfyui",
        "Command that makes a feed": 'musings feeds create "evening songs" --kind music',
        "Setting for Home Assistant": "MUSINGS_MQTT__HOST=homeassistant.local",
        "Setting for a watched folder": "MUSINGS_WATCHED_FOLDER__PATH=~/Musings",
        "Setting for a mailbox": "MUSINGS_MAIL__HOST=imap.example.org",
        "Setting for another machine": f"export MUSINGS_URL={desk.url}",
    }.items():
        expect(desk.page.get_by_label(label, exact=True)).to_have_text(text)
    # Nobody is asked who they are here.
    expect(desk.page.get_by_text("On this machine no token is needed.")).to_have_count(4)
    expect(desk.page.get_by_role("button", name="Make a token")).to_have_count(0)
    assert faults(desk.page) == []


def test_a_webhook_from_its_making_to_its_end(desk: Desk, receiver: Receiver, tmp_path: Path) -> None:
    desk.open("/workflows")
    desk.page.get_by_role("link", name="Connect other programs").click()
    expect(desk.page).to_have_title("Connect · Musings")
    expect(desk.page.get_by_label("Address for OpenAI clients", exact=True)).to_have_text(f"{desk.url}/v1")
    expect(desk.page.get_by_text("Nobody is told yet.")).to_be_visible()
    add(desk, "n8n", receiver.url)
    shown = desk.page.get_by_label("Secret of n8n", exact=True)
    expect(shown).to_contain_text("whsec_")
    secret = shown.inner_text()
    hook = desk.page.get_by_role("list", name="Webhooks").get_by_role("listitem").filter(has_text="n8n")
    expect(hook).to_contain_text("completed, failed")
    hook.get_by_role("button", name="Test n8n").click()
    log = desk.page.get_by_role("list", name="Deliveries")
    expect(log.get_by_role("listitem").first).to_contain_text("taken")
    assert receiver.received[-1].verified(secret)["type"] == "webhook.test"
    assert faults(desk.page) == []

    desk.page.get_by_role("link", name="Studio").click()
    desk.made("Picture", "a heron that is told of")
    until(lambda: len(receiver.received) == 2, 30)
    assert receiver.received[-1].verified(secret)["type"] == "prompt.completed"
    desk.open("/connect")
    expect(desk.page.get_by_label("Secret of n8n")).to_have_count(0)
    told = log.get_by_role("listitem").first
    expect(told).to_contain_text("completed prompt")
    told.get_by_role("button", name="Send again").click()
    until(lambda: len(receiver.received) == 3, 30)
    assert receiver.received[-1].headers["webhook-id"] == receiver.received[-2].headers["webhook-id"]

    hook.get_by_role("button", name="Switch off n8n").click()
    expect(hook).to_contain_text("Off. Switched off by hand.")
    hook.get_by_role("button", name="Remove n8n").click()
    expect(hook).to_have_count(0)
    expect(desk.page.get_by_role("heading", name="Webhooks")).to_be_focused()


def test_a_channel_of_the_alerts_is_told_in_words_and_has_no_secret(desk: Desk, channel: Channel) -> None:
    desk.open("/connect")
    add(desk, "phone", "channel:1")
    hook = desk.page.get_by_role("list", name="Webhooks").get_by_role("listitem").filter(has_text="phone")
    expect(hook).to_contain_text("channel:1:json")
    expect(desk.page.get_by_label("Secret of phone")).to_have_count(0)
    expect(hook.get_by_role("button", name="New secret for phone")).to_have_count(0)
    hook.get_by_role("button", name="Test phone").click()
    until(lambda: "Musings reaches you here" in channel.titles)
    desk.open()
    desk.made("Picture", "a heron on the phone")
    until(lambda: "Your picture is done" in channel.titles)
    desk.open("/connect")
    hook.get_by_role("button", name="Remove phone").click()
    expect(hook).to_have_count(0)


def test_an_address_of_this_network_is_refused_with_what_to_do(desk: Desk) -> None:
    desk.open("/connect")
    desk.page.get_by_label("Name", exact=True).fill("n8n")
    desk.page.get_by_label("Address", exact=True).fill("http://192.168.1.5/hook")
    desk.expected = "422"
    desk.page.get_by_role("button", name="Add a webhook").click()
    expect(desk.page.get_by_role("alert")).to_contain_text("webhooks.allowed_hosts")


def test_it_fits_a_phone(phone: Desk, receiver: Receiver) -> None:
    phone.open("/connect")
    add(phone, "a_name_too_long_to_keep_" * 4, f"{receiver.url}&{'long' * 50}")
    expect(phone.page.get_by_role("list", name="Webhooks").get_by_role("listitem")).to_have_count(1)
    assert not phone.is_wider_than_its_window()
    assert faults(phone.page) == []
