"""MP3: all tags go, before and behind the sound."""

from musings.files.metadata_removal import id3
from musings.files.metadata_removal.spans import patched
from tests.comfyui_workflows import carriers
from tests.comfyui_workflows.metadata.chunks import tag
from tests.musings.files.metadata_removal.without import RAW, TEXTS, plays_without_texts, without_texts


def test_the_tag_before_the_sound_goes() -> None:
    content = carriers.sound("mp3", "libmp3lame", TEXTS)
    plays_without_texts(content)


def test_the_tags_behind_it_go() -> None:
    sound = b"\xff\xfb" + bytes(200)
    ape_items = len(RAW).to_bytes(4, "little") + bytes(4) + b"Comment\0" + RAW
    footer = (
        b"APETAGEX"
        + (2000).to_bytes(4, "little")
        + (len(ape_items) + 32).to_bytes(4, "little")
        + b"\1\0\0\0"
        + bytes(12)
    )
    old = b"TAG" + RAW.ljust(125, b"\0")
    left = without_texts(sound + ape_items + footer + old)
    assert left[: len(sound)] == sound
    assert left[-128:] == b"TAG" + bytes(125)
    assert left[-128 - 16 : -128 - 12] == bytes(4)  # no items


def test_two_tags_and_an_extended_header_go() -> None:
    content = tag(4, RAW, flags=0x40) + tag(3, RAW) + b"\xff\xfb" + bytes(8)
    left = patched(content, 0, list(id3.blanked(content)))
    assert left == tag(4, bytes(len(RAW))) + tag(3, bytes(len(RAW))) + b"\xff\xfb" + bytes(8)
