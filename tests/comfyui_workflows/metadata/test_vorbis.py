"""The texts that ``vorbis`` finds, also in what is built wrongly."""

import struct

from comfyui_workflows.metadata import vorbis
from comfyui_workflows.metadata.collected import CollectedTexts
from comfyui_workflows.metadata.containers import FLAC_LAST


def comments(*texts: bytes, count: int | None = None) -> bytes:
    told = b"".join(struct.pack("<I", len(each)) + each for each in texts)
    return struct.pack("<I", 4) + b"test" + struct.pack("<I", len(texts) if count is None else count) + told


def flac(block: bytes) -> dict[str, str]:
    found = CollectedTexts()
    vorbis.read_flac(b"fLaC" + bytes((vorbis.COMMENTS[0] | FLAC_LAST,)) + len(block).to_bytes(3, "big") + block, found)
    return found.texts


def test_names_are_in_small_letters_and_the_first_of_two_stays() -> None:
    assert flac(comments(b"PROMPT={}", b"prompt=[]", b"no name")) == {"prompt": "{}"}


def test_a_number_of_comments_that_are_not_there_is_not_believed() -> None:
    assert flac(comments(b"prompt={}", count=2**32 - 1)) == {"prompt": "{}"}


def page(sizes: bytes, data: bytes) -> bytes:
    return b"OggS" + bytes(10) + b"abcd" + bytes(8) + bytes((len(sizes),)) + sizes + data


def test_a_comment_that_goes_on_over_two_pages_of_an_ogg() -> None:
    packet = b"OpusTags" + comments(b"workflow=" + b"x" * 300)
    first, rest = packet[:255], packet[255:]
    content = page(b"\2", b"Op") + page(b"\xff", first) + page(bytes((len(rest),)), rest)
    found = CollectedTexts()
    vorbis.read_ogg(content, found)
    assert found.texts == {"workflow": "x" * 300}
