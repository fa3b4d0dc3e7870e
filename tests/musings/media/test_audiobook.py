"""Sounds as one file: every second of each, chapters where they begin, and a cover that players find."""

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from musings.errors import AttemptError
from musings.media import audiobook
from musings.media.audiobook import BookChapter
from musings.media.sounds import write_flac

LENGTHS = (2.0, 3.0, 1.5)


@pytest.fixture
def chapters(tmp_path: Path) -> list[BookChapter]:
    """Three tones of different rates, the second on two channels."""
    found = []
    for number, seconds in enumerate(LENGTHS):
        rate = (8_000, 44_100, 24_000)[number]
        tone = np.sin(np.arange(int(rate * seconds)) / 5).astype(np.float32) * 0.3
        path = tmp_path / f"{number}.flac"
        write_flac(np.stack([tone] * (2 if number == 1 else 1), axis=1), rate, path, {})
        found.append(BookChapter(path, f"Chapter {number + 1}: snöw"))
    return found


@pytest.mark.parametrize(("name", "codec"), [("m4b", "aac"), ("mp3", "mp3")])
def test_a_book_has_chapters_a_cover_and_every_second(
    tmp_path: Path, chapters: list[BookChapter], name: str, codec: str
) -> None:
    Image.new("RGBA", (2000, 1000), (200, 40, 40, 255)).save(tmp_path / "cover.png")
    target = tmp_path / f"a.{name}"
    seconds = audiobook.write(chapters, target, name, {"title": "Fäxe", "artist": "Musings"}, tmp_path / "cover.png")
    assert seconds == pytest.approx(sum(LENGTHS), abs=0.05)
    with av.open(str(target)) as book:
        assert (book.metadata["title"], book.metadata["artist"]) == ("Fäxe", "Musings")
        found = book.chapters()
        assert [each["metadata"]["title"] for each in found] == [each.title for each in chapters]
        base = [each["time_base"] or 0 for each in found]
        starts = [float(each["start"] * unit) for each, unit in zip(found, base, strict=True)]
        assert starts == pytest.approx([0, 2, 5], abs=0.05)
        assert float(found[-1]["end"] * base[-1]) == pytest.approx(6.5, abs=0.05)
        [picture] = book.streams.video
        assert picture.disposition & av.stream.Disposition.attached_pic
        assert (picture.width, picture.height) == (1400, 700)
        sound = book.streams.audio[0]
        assert codec in sound.codec_context.name
        assert (sound.rate, sound.channels) == (44_100, 2)
        assert sum(frame.samples for frame in book.decode(sound)) / 44_100 == pytest.approx(6.5, abs=0.15)


def test_speech_without_a_cover_stays_on_one_channel(tmp_path: Path, chapters: list[BookChapter]) -> None:
    audiobook.write([chapters[0]], tmp_path / "a.m4b", "m4b", {})
    with av.open(str(tmp_path / "a.m4b")) as book:
        assert book.streams.audio[0].channels == 1
        # MP4 keeps chapters as a track too, which is none of pictures.
        assert [each for each in book.streams.video if each.disposition] == []
    assert (tmp_path / "a.m4b").read_bytes()[4:12] == b"ftypM4B "


def test_what_cannot_be_read_leaves_nothing_behind(tmp_path: Path, chapters: list[BookChapter]) -> None:
    (tmp_path / "words.flac").write_text("words")
    with pytest.raises(AttemptError, match=r"words\.flac cannot be read"):
        audiobook.write([*chapters, BookChapter(tmp_path / "words.flac", "x")], tmp_path / "a.m4b", "m4b", {})
    (tmp_path / "words.png").write_text("words")
    with pytest.raises(AttemptError, match=r"words\.png cannot be read as a picture"):
        audiobook.write(chapters, tmp_path / "a.m4b", "m4b", {}, tmp_path / "words.png")
    assert not (tmp_path / "a.m4b").exists()
