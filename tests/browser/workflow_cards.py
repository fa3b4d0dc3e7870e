"""The cards of the workflows on the page."""

from playwright.sync_api import Locator

from tests.browser.desk import Desk


def card(desk: Desk, title: str) -> Locator:
    return desk.page.get_by_role("listitem", name=title, exact=True)
