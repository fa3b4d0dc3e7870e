"""The texts that ``png`` finds, also in what is built wrongly."""

from comfyui_workflows.metadata import png
from comfyui_workflows.metadata.collected import CollectedTexts
from comfyui_workflows.metadata.containers import PNG_SIGNATURE
from tests.comfyui_workflows.metadata.chunks import chunk


def read(content: bytes) -> dict[str, str]:
    found = CollectedTexts()
    png.read(PNG_SIGNATURE + content, found)
    return found.texts


def test_the_text_of_an_animated_png_of_comfyui() -> None:
    assert read(chunk(b"comf", b"prompt\0{}")) == {"prompt": "{}"}


def test_letters_beyond_latin_are_read_however_they_were_written() -> None:
    assert read(chunk(b"tEXt", b"a\0" + "füchse".encode("latin-1"))) == {"a": "füchse"}
    assert read(chunk(b"tEXt", b"a\0" + "füchse".encode())) == {"a": "füchse"}
    assert read(chunk(b"iTXt", b"a\0\0\0de\0A\0" + "狐".encode())) == {"a": "狐"}


def test_nothing_behind_the_end_is_read() -> None:
    assert read(chunk(b"IEND", b"") + chunk(b"tEXt", b"a\0b")) == {}


def test_what_is_not_packed_as_it_says_is_left_out() -> None:
    assert read(chunk(b"zTXt", b"a\0\0no zlib") + chunk(b"tEXt", b"b\0c")) == {"b": "c"}
