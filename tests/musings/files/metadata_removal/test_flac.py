"""FLAC: comments become padding; the sound and the cover stay."""

from musings.files.metadata_removal import flac
from musings.files.metadata_removal.spans import patched
from tests.comfyui_workflows import carriers
from tests.musings.files.metadata_removal.without import TEXTS, plays_without_texts


def test_comments_go() -> None:
    content = carriers.sound("flac", "flac", TEXTS)
    plays_without_texts(content)


def test_a_cover_stays_and_the_last_block_stays_the_last() -> None:
    content = b"fLaC" + b"\x06\0\0\x05cover" + b"\x02\0\0\x04text" + b"\x84\0\0\x03abc" + b"sound"
    left = patched(content, 0, list(flac.blanked(content)))
    assert left == b"fLaC" + b"\x06\0\0\x05cover" + b"\x01\0\0\x04" + bytes(4) + b"\x81\0\0\x03" + bytes(3) + b"sound"


def test_a_block_that_is_longer_than_the_file_ends_with_it() -> None:
    content = b"fLaC" + b"\x04\xff\xff\xffabc"
    assert patched(content, 0, list(flac.blanked(content))) == b"fLaC\x01\xff\xff\xff" + bytes(3)
