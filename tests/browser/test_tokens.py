"""Tokens on the page: made on the card of a door, shown once, listed, revoked; by keyboard and on a phone."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import hatch_build
import httpx
import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from musings.config.settings import load
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store.access import owner
from tests.browser.accessibility import faults
from tests.browser.conftest import PATIENCE_MILLISECONDS, ROOT
from tests.browser.desk import Desk
from tests.musings.api.entering import PASSWORD, PASSWORD_HASH
from tests.musings.command_line import running

pytestmark = pytest.mark.browser

DESK = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A studio with a password."""
    hatch_build.build_page(ROOT)
    config = tmp_path_factory.mktemp("tokens") / "poets_cron_config.json"
    document = {"server": {"port": 0}, "security": {"require_auth": True}, "processing": {"shutdown_seconds": 1}}
    config.write_text(json.dumps(document))
    database = open_database(load(config, {}, config.parent).database.path)
    schema.ensure(database)
    database.writing(owner.set_password, PASSWORD_HASH)
    database.close()
    with running(config, "up", "--port", "0") as child:
        assert child.stdout is not None
        yield next(found[0] for line in child.stdout if (found := re.search(r"http://[\d.]+:\d+", line)))
        child.terminate()
        child.stdout.read()
        child.wait(30)


def entered(chromium: Browser, address: str, viewport: ViewportSize) -> Iterator[Desk]:
    """A window whose owner has logged in, at the place for other programs."""
    context = chromium.new_context(viewport=viewport, reduced_motion="reduce", permissions=["clipboard-write"])
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    window = Desk(context.new_page(), address)
    window.page.on("console", window.hear)
    window.page.on("pageerror", lambda error: window.troubles.append(str(error)))
    # The page asks first, is told that it must log in, and says so to the console.
    window.expected = "401"
    window.page.goto(f"{address}/connect")
    window.page.get_by_label("Password").fill(PASSWORD)
    window.page.get_by_label("Password").press("Enter")
    expect(window.page.get_by_role("heading", name="Tokens")).to_be_visible()
    yield window
    context.close()


@pytest.fixture
def desk(chromium: Browser, address: str) -> Iterator[Desk]:
    yield from entered(chromium, address, DESK)


@pytest.fixture
def phone(chromium: Browser, address: str) -> Iterator[Desk]:
    yield from entered(chromium, address, PHONE)


def test_a_token_from_its_making_to_its_end(desk: Desk, tmp_path: Path) -> None:
    form = desk.page.get_by_role("form", name="A token for OpenAI clients")
    expect(form).to_contain_text("A token that may write, for")
    form.get_by_role("button", name="Make a token").click()
    shown = desk.page.get_by_label("Token for OpenAI clients", exact=True)
    expect(shown).to_contain_text("mus_")
    secret = shown.inner_text()
    snippet = desk.page.get_by_label("Settings for OpenAI clients", exact=True)
    expect(snippet).to_have_text(f"export OPENAI_BASE_URL={desk.url}/v1 OPENAI_API_KEY={secret}")
    listed = desk.page.get_by_role("list", name="Tokens").get_by_role("listitem").filter(has_text="open-webui")
    expect(listed).to_contain_text("write")
    expect(listed).to_contain_text("never used")
    assert faults(desk.page) == []

    models = httpx.get(f"{desk.url}/v1/models", headers={"Authorization": f"Bearer {secret}"})
    assert models.status_code == 200
    desk.open("/connect")
    expect(listed).to_contain_text("used")
    expect(listed).not_to_contain_text("never used")
    expect(desk.page.get_by_label("Token for OpenAI clients", exact=True)).to_have_count(0)
    assert secret not in desk.page.content()

    listed.get_by_role("button", name="Revoke open-webui").press("Enter")
    expect(listed).to_have_count(0)
    expect(desk.page.get_by_role("heading", name="Tokens")).to_be_focused()
    assert httpx.get(f"{desk.url}/v1/models", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_by_keyboard_with_a_scope_more_and_a_name_that_is_taken(desk: Desk) -> None:
    form = desk.page.get_by_role("form", name="A token for OpenAI clients")
    name = form.get_by_role("textbox")
    name.fill("films")
    name.press("Tab")
    desk.page.keyboard.press("Space")
    expect(form).to_contain_text("A token that may write and read, for")
    desk.page.keyboard.press("Tab")
    expect(form.get_by_role("button", name="Make a token")).to_be_focused()
    desk.page.keyboard.press("Enter")
    listed = desk.page.get_by_role("list", name="Tokens").get_by_role("listitem").filter(has_text="films")
    expect(listed).to_contain_text("read, write")
    desk.expected = "409"
    form.get_by_role("button", name="Make a token").click()
    expect(form.get_by_role("alert")).to_contain_text("There is a token 'films' already")
    expect(name).to_have_attribute("aria-invalid", "true")


def test_each_door_has_its_own_and_it_fits_a_phone(phone: Desk) -> None:
    agents = phone.page.get_by_role("form", name="A token for Agents")
    agents.get_by_role("button", name="Make a token").click()
    snippet = phone.page.get_by_label("Settings for Agents", exact=True)
    expect(snippet).to_contain_text("Bearer mus_")
    server = json.loads(snippet.inner_text())["mcpServers"]["musings"]
    assert server["url"] == f"{phone.url}/mcp"
    machine = phone.page.get_by_role("form", name="A token for Another machine")
    expect(machine).to_contain_text("read and write")
    assert not phone.is_wider_than_its_window()
    assert faults(phone.page) == []
