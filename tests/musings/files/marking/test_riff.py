"""XMP in WebP and WAV: sizes that fit, and what is announced."""

import io

import pytest
from PIL import Image

from musings.files.marking import marking
from musings.files.marking.xmp import Mark, SourceType
from tests.musings.files.marking.samples import sample

MARK = Mark(SourceType.TRAINED)


@pytest.mark.parametrize("name", ["webp", "lossless.webp", "clear.webp", "moving.webp", "wav"])
def test_the_file_says_how_long_it_is(name: str) -> None:
    left = marking.marked(sample(name), MARK)
    assert int.from_bytes(left[4:8], "little") + 8 == len(left)


@pytest.mark.parametrize(("name", "alpha"), [("webp", False), ("lossless.webp", False), ("clear.webp", True)])
def test_a_plain_webp_is_told_its_size_and_whether_it_is_clear(name: str, alpha: bool) -> None:
    left = marking.marked(sample(name), MARK)
    assert left[12:16] == b"VP8X"
    assert left[20] & 0x04
    assert bool(left[20] & 0x10) == alpha
    with Image.open(io.BytesIO(left)) as picture:
        assert picture.size == (40, 30)


@pytest.mark.parametrize("broken", [sample("webp")[:-4], sample("wav") + b"more", b"RIFF\x04\0\0\0WEBP"])
def test_what_says_another_length_is_left_as_it_is(broken: bytes) -> None:
    assert marking.marked(broken, MARK) == broken


def test_a_stream_of_unknown_length_is_left_as_it_is() -> None:
    stream = sample("wav")[:4] + b"\xff\xff\xff\xff" + sample("wav")[8:]
    assert marking.marked(stream, MARK) == stream


def test_what_is_signed_is_left_as_it_is() -> None:
    plain = sample("lossless.webp")
    size = int.from_bytes(plain[4:8], "little") + 12
    signed = plain[:4] + size.to_bytes(4, "little") + plain[8:] + b"C2PA\x04\0\0\0sign"
    assert marking.marked(signed, MARK) == signed
