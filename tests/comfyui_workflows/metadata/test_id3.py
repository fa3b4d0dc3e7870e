"""The texts that ``id3`` finds, also in what is built wrongly."""

import pytest

from comfyui_workflows.metadata import id3
from comfyui_workflows.metadata.collected import CollectedTexts
from tests.comfyui_workflows.metadata.chunks import frame, tag


def read(content: bytes) -> dict[str, str]:
    found = CollectedTexts()
    id3.read(content, found)
    return found.texts


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize(("number", "encoding"), list(enumerate(id3.ENCODINGS)))
def test_a_named_text_in_every_encoding(version: int, number: int, encoding: str) -> None:
    end = b"\0\0" if number in (1, 2) else b"\0"
    data = bytes((number,)) + "prompt".encode(encoding) + end + ("{} ü" + "x" * 200).encode(encoding)
    assert read(tag(version, frame(b"TXXX", data, sevens=version == 4))) == {"prompt": "{} ü" + "x" * 200}


def test_a_comment_and_a_tag_that_avoids_what_looks_like_sound() -> None:
    comment = frame(b"COMM", b"\0eng\0{}", sevens=False)
    assert read(tag(3, comment, flags=0x80)) == {"comment": "{}"}


def test_an_extended_header_is_stepped_over() -> None:
    plain = frame(b"TXXX", b"\3prompt\0{}", sevens=True)
    assert read(tag(4, b"\0\0\0\6\1\0" + plain, flags=0x40)) == {"prompt": "{}"}
