"""The page of a studio that asks who is there: log in, work, share, log out."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import hatch_build
import httpx
import pytest
from playwright.sync_api import Browser, expect

from musings.config.settings import load
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store.access import owner, sessions
from musings.store.database import Database
from tests.browser.conftest import PATIENCE_MILLISECONDS, ROOT
from tests.browser.desk import Desk
from tests.musings.api.entering import PASSWORD, PASSWORD_HASH
from tests.musings.command_line import running

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The database of a studio with a password, in a folder with its configuration."""
    config = tmp_path_factory.mktemp("locked") / "poets_cron_config.json"
    document = {"server": {"port": 0}, "security": {"require_auth": True}, "processing": {"shutdown_seconds": 1}}
    config.write_text(json.dumps(document))
    opened = open_database(load(config, {}, config.parent).database.path)
    schema.ensure(opened)
    opened.writing(owner.set_password, PASSWORD_HASH)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def address(database: Database) -> Iterator[str]:
    hatch_build.build_page(ROOT)
    folder = (database.path or Path()).parent
    with running(folder / "poets_cron_config.json", "up", "--port", "0") as child:
        assert child.stdout is not None
        yield next(found[0] for line in child.stdout if (found := re.search(r"http://[\d.]+:\d+", line)))
        child.terminate()
        child.stdout.read()
        child.wait(30)


@pytest.fixture
def door(chromium: Browser, address: str) -> Iterator[Desk]:
    """A browser that nobody has logged in with."""
    context = chromium.new_context(reduced_motion="reduce", permissions=["clipboard-write"])
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    window = Desk(context.new_page(), address)
    window.page.on("console", window.hear)
    window.page.on("pageerror", lambda error: window.troubles.append(str(error)))
    yield window
    context.close()
    assert window.troubles == []


def enter(door: Desk, password: str = PASSWORD) -> None:
    door.page.goto(door.url)
    door.page.get_by_label("Password").fill(password)
    door.page.get_by_role("button", name="Log in").click()


def test_the_page_asks_before_it_shows_anything(door: Desk) -> None:
    door.expected = "401"
    door.page.goto(door.url + "/gallery")
    field = door.page.get_by_label("Password")
    expect(field).to_be_focused()
    expect(door.page).to_have_title("Log in · Musings")
    expect(door.page.get_by_role("link", name="Gallery")).to_have_count(0)
    field.fill("not the password")
    field.press("Enter")
    expect(door.page.get_by_role("alert")).to_have_text("That is not the password.")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill(PASSWORD)
    field.press("Enter")
    expect(door.page.get_by_role("searchbox")).to_be_visible()
    expect(door.page).to_have_url(door.url + "/gallery")


def test_everything_works_with_a_session(door: Desk) -> None:
    """Forms, the event stream, pictures and sounds by the cookie alone; then a link for somebody without one."""
    enter(door)
    door.made("Picture", "a heron behind a door")
    door.look_at("a heron behind a door")
    expect(door.dialog.locator("img").first).to_have_js_property("complete", True)
    assert door.dialog.locator("img").first.evaluate("image => image.naturalWidth") > 0
    door.dialog.get_by_role("button", name="Star").click()
    expect(door.dialog.get_by_role("button", name="Starred")).to_be_visible()
    assert door.page.evaluate("document.cookie") == "", "no script can read the session"
    with door.page.expect_response(lambda answer: answer.url.endswith("/share")) as shared:
        door.dialog.get_by_role("button", name="Share").click()
    url = shared.value.json()["url"]
    expect(door.dialog.get_by_role("status")).to_have_text("Link, good for a week, copied.")
    door.dialog.get_by_role("button", name="Close").click()
    door.prompt.focus()
    door.page.keyboard.press("ControlOrMeta+V")
    expect(door.prompt).to_have_value(url)
    assert httpx.get(url).headers["Content-Type"] == "image/png"
    assert httpx.get(url.partition("?")[0]).status_code == 401


def test_logging_out_leaves_nothing(door: Desk) -> None:
    enter(door)
    door.made("Text", "a word in private")
    door.page.get_by_role("button", name="Log out").click()
    expect(door.page.get_by_label("Password")).to_be_visible()
    expect(door.page.get_by_text("a word in private")).to_have_count(0)
    assert [cookie["name"] for cookie in door.page.context.cookies()] == []
    door.page.reload()
    expect(door.page.get_by_label("Password")).to_be_visible()


def test_a_session_that_ends_elsewhere_asks_again(door: Desk, database: Database) -> None:
    door.expected = "401"
    enter(door)
    expect(door.prompt).to_be_visible()
    door.prompt.fill("half a thought")
    database.writing(sessions.end_all)
    door.send()
    expect(door.page.get_by_label("Password")).to_be_visible()
    door.page.get_by_label("Password").fill(PASSWORD)
    door.page.get_by_role("button", name="Log in").click()
    expect(door.prompt).to_have_value("half a thought")
