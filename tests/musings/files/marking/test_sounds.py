"""XMP in MP3 and AAC, comments in FLAC and Ogg."""

import io

import av
import pytest

from comfyui_workflows.metadata.containers import ogg_pages
from musings.files.marking import marking
from musings.files.marking.xmp import Mark, SourceType
from musings.files.metadata_removal.ogg import SUM, checksum
from tests.musings.files.marking.samples import sample, told_type

MARK = Mark(SourceType.TRAINED)


@pytest.mark.parametrize("words", ["", "words " * 30, "words " * 30_000])
@pytest.mark.parametrize("name", ["opus", "ogg"])
def test_pages_keep_their_numbers_and_have_their_sums(name: str, words: str) -> None:
    before, left = sample(name, words), marking.marked(sample(name, words), MARK)
    numbers = [
        [content[page.start + 18 : page.start + 22] for page in ogg_pages(content)] for content in (before, left)
    ]
    assert numbers[0] == numbers[1]
    for page in ogg_pages(left):
        whole = left[page.start : page.last]
        assert checksum(whole[:SUM] + bytes(4) + whole[SUM + 4 :]) == int.from_bytes(whole[SUM : SUM + 4], "little")


@pytest.mark.parametrize("name", ["flac", "mp3", "opus", "ogg"])
def test_other_words_stay(name: str) -> None:
    with av.open(io.BytesIO(marking.marked(sample(name, "a fox"), MARK))) as container:
        texts = {**container.metadata, **container.streams[0].metadata}
    assert "a fox" in texts.values()


def test_a_flac_without_comments_gets_some() -> None:
    plain = sample("flac")
    size = int.from_bytes(plain[5:8], "big")
    for is_last in (0x80, 0):  # with another block behind it, and with none
        more = b"" if is_last else b"\x81\0\0\x04" + bytes(4)
        sound = plain[:4] + bytes([is_last]) + plain[5 : 8 + size] + more + plain[plain.index(b"\xff\xf8") :]
        left = marking.marked(sound, MARK)
        assert told_type(left, "flac") == SourceType.TRAINED.address


@pytest.mark.parametrize("version", [3, 4])
def test_a_tag_of_each_version_grows(version: int) -> None:
    bare = sample("mp3")
    tagged = (
        b"ID3"
        + bytes([version, 0, 0, 0, 0, 0, 20])
        + b"TIT2\0\0\0\x02\0\0\0a"
        + bytes(8)
        + bare[bare.index(b"\xff\xfb") :]
    )
    assert told_type(marking.marked(tagged, MARK), "mp3") == SourceType.TRAINED.address


@pytest.mark.parametrize(
    "tagged",
    [
        b"ID3\x04\0\x80\0\0\0\x04\0\0\0\0",
        b"ID3\x02\0\0\0\0\0\x04\0\0\0\0",
        b"ID3\x04\0\0\0\0\0\x19GEOB\0\0\0\x0f\0\0\0c2pa manifest  ",
        b"ID3\x04\0\0\0\0\0\x0cTIT2\0\0\x7f\x7f\0\0ab",
    ],
    ids=["unsynchronised", "of an old version", "signed", "broken"],
)
def test_what_is_odd_or_signed_is_left_as_it_is(tagged: bytes) -> None:
    sound = tagged + sample("aac")
    assert marking.marked(sound, MARK) == sound


def test_a_flac_behind_a_tag_of_another_kind_is_left_as_it_is() -> None:
    """As C2PA signs them."""
    sound = b"ID3\x04\0\0\0\0\0\x04\0\0\0\0" + sample("flac")
    assert marking.marked(sound, MARK) == sound
