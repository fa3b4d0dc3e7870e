"""EXIF: texts go, numbers stay."""

import struct

import pytest
from PIL import Image

from musings.files.metadata_removal import tiff
from musings.files.metadata_removal.spans import patched
from tests.musings.files.metadata_removal.without import RAW, exif


def left_of(content: bytes) -> bytes:
    return patched(content, 0, list(tiff.blanked(content, 0, len(content))))


def test_texts_go_and_numbers_stay() -> None:
    content = exif().tobytes()
    read = Image.Exif()
    read.load(left_of(content))
    assert (read[0x0112], read.get_ifd(0x8769)[0xA002]) == (6, 640)
    assert not read[0x0110].strip("\0")
    assert not read[0x010F].strip("\0")
    assert not read.get_ifd(0x8769)[0x9286].strip(b"\0")


def test_the_other_order_of_bytes() -> None:
    entries = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) + struct.pack(">HHII", 0x010E, 2, len(RAW), 38)
    content = b"MM\0*" + struct.pack(">IH", 8, 2) + entries + bytes(4) + RAW
    assert left_of(content) == content.replace(RAW, bytes(len(RAW)))


def test_what_is_no_exif_goes_whole() -> None:
    assert left_of(RAW) == bytes(len(RAW))


@pytest.mark.parametrize("place", [0, 8, 9, 2**32 - 1])
def test_directories_that_lead_in_a_circle_or_nowhere_end(place: int) -> None:
    content = b"II*\0" + struct.pack("<IH", 8, 1) + struct.pack("<HHII", 0x8769, 4, 1, place) + struct.pack("<I", place)
    assert len(left_of(content)) == len(content)
