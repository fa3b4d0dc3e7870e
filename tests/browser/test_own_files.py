"""A picture or a sound of one's own as the input of a workflow: chosen, dropped, pasted, refused, stopped."""

import base64
import io
import json
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import Studio, running, window
from tests.browser.desk import Desk
from tests.musings.makers.comfyui.graphs import node

pytestmark = pytest.mark.browser

COPY = {
    "1": node("LoadImage", "Load Image", image="example.png"),
    "2": node("SaveImage", "Save Image", images=["1", 0], filename_prefix="copy"),
}
REPEAT = {
    "1": node("LoadAudio", "Load Audio", audio="example.flac"),
    "2": node("SaveAudio", "Save Audio", audio=["1", 0], filename_prefix="repeat"),
}
GIVE = """(target, { type, encoded, name, mime, words }) => {
    const data = new DataTransfer()
    data.items.add(new File([Uint8Array.from(atob(encoded), each => each.charCodeAt(0))], name, { type: mime }))
    if (words) data.setData('text/plain', words)
    const options = { bubbles: true, cancelable: true }
    const event = type === 'paste'
        ? new ClipboardEvent(type, { ...options, clipboardData: data })
        : new DragEvent(type, { ...options, dataTransfer: data })
    target.dispatchEvent(event)
    return event.defaultPrevented
}"""


def picture(color: str, size: tuple[int, int] = (60, 40)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, "PNG")
    return out.getvalue()


def hum(seconds: int = 2) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(2 * 8000 * seconds))
    return out.getvalue()


def give(target: Locator, how: str, content: bytes, name: str, mime: str = "image/png", words: str = "") -> bool:
    """Drop or paste a file on an element; whether the page took it in hand."""
    encoded = base64.b64encode(content).decode()
    given = {"type": how, "encoded": encoded, "name": name, "mime": mime, "words": words}
    return bool(target.evaluate(GIVE, given))


@pytest.fixture(scope="module")
def workshop(comfy: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio with workflows that copy a picture and repeat a sound, which takes files of a megabyte."""
    folder = tmp_path_factory.mktemp("workshop")
    (folder / "media").mkdir()
    (folder / "media" / "copier.json").write_text(json.dumps(COPY))
    (folder / "media" / "repeater.json").write_text(json.dumps(REPEAT))
    with running(folder, {"media": {"comfyui": {"hosts": [comfy]}, "max_upload_megabytes": 1}}) as url:
        yield Studio(url, folder, comfy)


@pytest.fixture
def bench(chromium: Browser, workshop: Studio) -> Iterator[Desk]:
    """A desk before the form of the copier."""
    for desk in window(chromium, workshop.url, viewport={"width": 1280, "height": 900}):
        at_the_copier(desk)
        yield desk


def at_the_copier(desk: Desk) -> None:
    desk.open()
    desk.choose("Picture")
    desk.page.get_by_label("Workflow").select_option(label="Copier")
    expect(field(desk)).to_contain_text("example.png")


def field(desk: Desk) -> Locator:
    return desk.page.get_by_role("form").get_by_role("group", name="Image")


def chooser(desk: Desk) -> Locator:
    return desk.page.get_by_label("A file of mine for")


def arrived(desk: Desk, name: str) -> None:
    expect(field(desk)).to_contain_text(name)
    expect(field(desk).get_by_role("button", name="Take it out")).to_be_visible()
    loaded = "image => image.complete && image.naturalWidth > 0"
    picture = field(desk).locator("img")
    expect(picture).to_be_visible()
    desk.page.wait_for_function(loaded, arg=picture.element_handle())


def sent_parameters(desk: Desk) -> dict[str, str]:
    with desk.page.expect_request(lambda each: each.url.endswith("/api/prompts") and each.method == "POST") as sent:
        desk.send()
    return dict(json.loads(sent.value.post_data or "")["parameters"])


def test_a_file_is_chosen_and_made_something_of(bench: Desk, tmp_path: Path) -> None:
    path = tmp_path / "the old mill.png"
    path.write_bytes(picture("teal"))
    chooser(bench).set_input_files(path)
    arrived(bench, "the old mill.png")
    expect(field(bench)).to_contain_text("60 × 40 px")
    assert faults(bench.page) == []
    bench.page.reload()
    arrived(bench, "the old mill.png")
    bench.prompt.fill("the mill again")
    [ref] = sent_parameters(bench).values()
    assert ref.startswith("upload:")
    expect(bench.row("Lately", "the mill again")).to_be_visible()
    bench.look_at("the mill again")
    expect(bench.dialog).to_contain_text("60 × 40 px")
    used = bench.dialog.get_by_role("row", name="Image").get_by_role("link")
    expect(used).to_have_attribute("href", f"/api/uploads/{ref}")
    expect(used.locator("img")).to_be_visible()
    assert bench.page.request.get(f"{bench.url}/api/uploads/{ref}").body() == path.read_bytes()
    bench.dialog.get_by_role("button", name="Use again").click()
    arrived(bench, "the old mill.png")


def test_it_can_be_taken_out(bench: Desk) -> None:
    chooser(bench).set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": picture("red")})
    arrived(bench, "a.png")
    field(bench).get_by_role("button", name="Take it out").click()
    expect(field(bench)).to_contain_text("example.png")
    expect(field(bench).get_by_role("button", name="Choose a picture for")).to_be_focused()


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_a_picture_is_dropped_or_pasted_anywhere(bench: Desk, how: str) -> None:
    assert give(bench.prompt, how, picture("navy"), "harbour.png")
    arrived(bench, "harbour.png")


def test_a_picture_is_dropped_on_its_field(bench: Desk) -> None:
    assert give(field(bench), "drop", picture("gold"), "field.png")
    arrived(bench, "field.png")


def test_words_are_pasted_as_words(bench: Desk) -> None:
    """A text program puts a picture of the words beside them."""
    assert not give(bench.prompt, "paste", picture("red"), "image.png", words="a heron")
    assert [each for each in bench.requests if each.startswith("POST")] == []


def test_what_has_no_place_is_told_where_it_has_one(bench: Desk) -> None:
    assert give(bench.prompt, "drop", b"fLaC", "rain.flac", "audio/flac")
    expect(bench.page.get_by_role("alert")).to_have_text(
        "“rain.flac”: this workflow takes no sound. Choose one that does: Repeater."
    )
    assert give(bench.prompt, "drop", b"{}", "notes.txt", "text/plain")
    expect(bench.page.get_by_role("alert")).to_contain_text("“notes.txt” is neither a picture nor a sound nor a film.")


def test_a_file_that_is_none_is_refused_in_words(bench: Desk) -> None:
    bench.expected = "422|413"
    chooser(bench).set_input_files({"name": "fake.png", "mimeType": "image/png", "buffer": b"no picture at all"})
    alert = field(bench).locator("xpath=following-sibling::*[@role='alert']")
    expect(alert).to_contain_text("“fake.png” was not taken. The file is no picture, sound or film that is known here")
    expect(field(bench)).to_contain_text("example.png")
    chooser(bench).set_input_files({"name": "large.png", "mimeType": "image/png", "buffer": bytes(3_000_000)})
    expect(alert).to_contain_text("“large.png” was not taken.")
    expect(alert).to_contain_text("at most 1,100,000 are taken")


def test_a_sound_is_no_picture(bench: Desk) -> None:
    chooser(bench).set_input_files({"name": "hum.wav", "mimeType": "audio/wav", "buffer": hum()})
    alert = bench.page.get_by_role("alert")
    expect(alert).to_have_text("“hum.wav” is a sound, and this takes a picture.")


class Held:
    """Uploads stop at the browser's door until ``go``."""

    def __init__(self, page: Page) -> None:
        self.routes: list[Route] = []
        page.route("**/api/uploads", lambda route: self.routes.append(route))

    def go(self) -> None:
        for route in self.routes:
            route.continue_()


def test_what_is_under_way_is_waited_for(bench: Desk) -> None:
    held = Held(bench.page)
    chooser(bench).set_input_files({"name": "slow.png", "mimeType": "image/png", "buffer": picture("plum")})
    expect(bench.page.get_by_role("progressbar", name="Sending slow.png")).to_be_visible()
    assert faults(bench.page) == []
    bench.prompt.fill("after the picture")
    bench.send()
    expect(bench.page.get_by_role("button", name="Sending…")).to_be_visible()
    assert f"POST {bench.url}/api/prompts" not in bench.requests
    held.go()
    expect(bench.row("Lately", "after the picture")).to_be_visible()


def test_sending_can_be_stopped(bench: Desk) -> None:
    held = Held(bench.page)
    chooser(bench).set_input_files({"name": "wrong.png", "mimeType": "image/png", "buffer": picture("plum")})
    bench.page.get_by_role("button", name="Stop sending wrong.png").click()
    expect(field(bench)).to_contain_text("example.png")
    expect(bench.page.get_by_role("alert")).to_have_count(0)
    assert len(held.routes) == 1


def test_a_phone_chooses_a_file(chromium: Browser, workshop: Studio) -> None:
    phones = window(chromium, workshop.url, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    for phone in phones:
        at_the_copier(phone)
        with phone.page.expect_file_chooser() as opened:
            phone.page.get_by_text("A file of mine").tap()
        opened.value.set_files({"name": "IMG_0001.png", "mimeType": "image/png", "buffer": picture("olive")})
        arrived(phone, "IMG_0001.png")
        assert not phone.is_wider_than_its_window()
        assert faults(phone.page) == []


def test_a_sound_of_ones_own_is_repeated(bench: Desk) -> None:
    bench.choose("Music")
    bench.page.get_by_label("Workflow").select_option(label="Repeater")
    sound = bench.page.get_by_role("form").get_by_role("group", name="Audio")
    give(sound, "drop", hum(), "hum.wav", "audio/wav")
    expect(sound).to_contain_text("hum.wav")
    expect(sound).to_contain_text("32 kB · 0:02")
    bench.prompt.fill("hum it again")
    bench.send()
    expect(bench.row("Lately", "hum it again")).to_be_visible()
