"""The texts that ``exif`` finds, also in what is built wrongly."""

import struct

import pytest

from comfyui_workflows.metadata.collected import CollectedTexts
from comfyui_workflows.metadata.exif import read_tiff
from comfyui_workflows.metadata.reading import texts_in
from tests.comfyui_workflows.carriers import commented


@pytest.mark.parametrize("order", ["utf-16-be", "utf-16-le"])
@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_a_comment_of_the_user_in_either_order_of_bytes(kind: str, order: str) -> None:
    found = texts_in(commented("a fox\nSteps: 20, Seed: 3", kind, order=order))
    assert found is not None
    assert found.texts["usercomment"] == "a fox\nSteps: 20, Seed: 3"


@pytest.mark.parametrize("mark", [b"ASCII\0\0\0", bytes(8)])
def test_a_comment_in_plain_letters(mark: bytes) -> None:
    found = texts_in(commented("a fox", order="utf-8", mark=mark))
    assert found is not None
    assert found.texts["usercomment"] == "a fox"


def directory(entries: list[tuple[int, int, int, int]]) -> bytes:
    told = b"".join(struct.pack("<HHII", *each) for each in entries)
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(entries)) + told


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"II",
        b"II*\0\xff\xff\xff\xff",
        directory([(0x8769, 4, 1, 8)] * 3),
        directory([(0x010E, 2, 2**32 - 1, 4)]),
        directory([(0x010E, 2, 100, 2**32 - 1)]),
        b"II*\0" + struct.pack("<I", 8) + b"\xff\xff",
    ],
)
def test_directories_in_a_circle_and_places_outside_end_in_nothing(data: bytes) -> None:
    found = CollectedTexts()
    read_tiff(data, found)
    assert found.texts == {}
