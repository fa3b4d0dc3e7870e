"""Ogg: no comments, right check sums, the same sound."""

import pytest

from musings.files.metadata_removal import ogg
from tests.comfyui_workflows import carriers
from tests.musings.files.metadata_removal.without import RAW, SECRET, TEXTS, plays_without_texts, without_texts


def pages(content: bytes) -> list[bytes]:
    parts = content.split(b"OggS")[1:]
    return [b"OggS" + part for part in parts]


@pytest.mark.parametrize("length", [10, 3_000, 200_000])
def test_comments_of_an_opus_go_also_those_over_several_pages(length: int) -> None:
    content = carriers.sound("ogg", "libopus", {"prompt": SECRET + "x" * length})
    left = plays_without_texts(content)
    for page in pages(left):
        assert ogg.checksum(page[:22] + bytes(4) + page[26:]).to_bytes(4, "little") == page[22:26]


def test_comments_of_a_flac_in_ogg_go() -> None:
    content = carriers.sound("ogg", "flac", TEXTS)
    plays_without_texts(content)


def test_a_vorbis_has_no_comment_and_its_framing_bit() -> None:
    packet = (
        b"\x03vorbis" + (4).to_bytes(4, "little") + b"Xiph" + (1).to_bytes(4, "little") + (40).to_bytes(4, "little")
    )
    packet += RAW.ljust(40, b"x") + b"\1"
    page = b"OggS\0\0" + bytes(8) + b"mine" + bytes(8) + bytes([1, len(packet)]) + packet
    left = without_texts(page)
    assert left[28:].rstrip(b"\0") == packet[:15] + bytes(4) + b"\1"


def test_a_vendor_that_is_as_long_as_the_packet_is_none() -> None:
    packet = b"OpusTags" + (2**31).to_bytes(4, "little") + RAW
    page = b"OggS\0\0" + bytes(8) + b"mine" + bytes(8) + bytes([1, len(packet)]) + packet
    assert without_texts(page)[28:].rstrip(b"\0") == b"OpusTags"


def test_one_that_ends_in_the_middle_is_read_so_far() -> None:
    content = carriers.sound("ogg", "libopus", TEXTS)
    for size in range(0, len(content), 37):
        assert all(span.end <= size for span in ogg.blanked(content[:size]))
