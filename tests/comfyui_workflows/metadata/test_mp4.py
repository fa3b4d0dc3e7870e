"""The texts that ``mp4`` finds, also in what is built wrongly."""

import struct

from comfyui_workflows.metadata import mp4
from comfyui_workflows.metadata.collected import CollectedTexts
from tests.comfyui_workflows.metadata.chunks import box


def read(content: bytes) -> dict[str, str]:
    found = CollectedTexts()
    mp4.read(box(b"ftyp", b"isom") + content, found)
    return found.texts


def data(text: bytes) -> bytes:
    return box(b"data", struct.pack(">II", 1, 0) + text)


def test_the_freeform_atoms_of_itunes() -> None:
    free = box(b"----", box(b"mean", bytes(4) + b"com.apple") + box(b"name", bytes(4) + b"workflow") + data(b"{}"))
    handler = box(b"hdlr", bytes(25))
    assert read(box(b"moov", box(b"udta", box(b"meta", bytes(4) + handler + box(b"ilst", free))))) == {"workflow": "{}"}


def test_a_comment_of_old() -> None:
    assert read(box(b"moov", box(b"udta", box(b"\xa9cmt", b"\0\2\x55\xc4{}")))) == {"comment": "{}"}


def test_a_box_after_one_of_64_bits_and_one_to_the_end() -> None:
    wide = struct.pack(">I", 1) + b"mdat" + struct.pack(">Q", 20) + bytes(4)
    last = box(b"moov", box(b"udta", box(b"\xa9cmt", b"\0\2\0\0{}")), size=0)
    assert read(wide + last) == {"comment": "{}"}


def test_boxes_in_boxes_without_end_are_not_followed_for_ever() -> None:
    inner = box(b"ilst", b"")
    for _ in range(2000):
        inner = box(b"udta", inner)
    assert read(inner) == {}
    assert read(box(b"moov", b"", size=3) + box(b"udta", b"")) == {}
