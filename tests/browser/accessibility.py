"""What axe finds on a page as it is now."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page


def faults(page: Page) -> list[tuple[str, Any]]:
    """What axe finds, of any weight."""
    found = Axe().run(page).response["violations"]
    return [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found]
