"""``/docs`` in a real browser: to be read offline, under our own content policy."""

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import faults
from tests.browser.conftest import Studio
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


def test_the_reference_can_be_read(desk: Desk) -> None:
    desk.page.goto(f"{desk.url}/docs")
    expect(desk.page.get_by_role("heading", name="POST /api/prompts", exact=True)).to_be_visible()
    assert desk.page.get_by_role("table").count() > 40
    desk.page.get_by_role("link", name="NewPromptRequest").first.click()
    expect(desk.page.get_by_role("heading", name="NewPromptRequest")).to_be_in_viewport()
    assert all(request.split()[1].startswith(desk.url) for request in desk.requests)
    assert faults(desk.page) == []


def test_the_reference_fits_a_phone(phone: Desk) -> None:
    phone.page.goto(f"{phone.url}/docs")
    expect(phone.page.get_by_role("heading", name="Schemas")).to_be_attached()
    assert not phone.is_wider_than_its_window()


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "page.png.xhtml"])
def test_media_can_run_no_script(desk: Desk, studio: Studio, name: str) -> None:
    """A page in the media root is offered as a download; it is not opened as a page of ours."""
    folder = studio.folder / "GeneratedMedia" / "image"
    folder.mkdir(parents=True, exist_ok=True)
    script = "<script xmlns='http://www.w3.org/1999/xhtml'>document.title = 'evil'</script>"
    (folder / name).write_text(f"<svg xmlns='http://www.w3.org/2000/svg'>{script}</svg>")
    desk.open()
    with desk.page.expect_download() as offered:
        desk.page.evaluate(f"location.href = '/media/image/{name}'")
    assert offered.value.suggested_filename == name
    assert "evil" not in desk.page.title()
