"""Several sounds as one file with chapters and a cover: M4B, which is MP4 with AAC, or MP3 with ID3v2 ``CHAP`` frames.

Both muxers write their chapters with the head of the file: the sounds are decoded twice, first to know how long each
is.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.stream import Disposition
from PIL import Image

from musings.errors import AttemptError
from musings.media.decoding import opened
from musings.media.encoding import written
from musings.media.pictures import FORMATS

if TYPE_CHECKING:
    from av.container.core import Chapter

RATE = 44_100
COVER_SIDE = 1400
"""Pixels: what shops and players ask of a cover at least, and show at most."""
BITS_PER_SECOND = {"mono": 96_000, "stereo": 160_000}


@dataclass(frozen=True)
class BookFormat:
    """``container`` and ``codec`` as FFmpeg names them; ``options`` are the muxer's."""

    container: str
    codec: str
    sample_format: str
    options: Mapping[str, str]


BOOK_FORMATS: Mapping[str, BookFormat] = {
    # The brand is by what players of audiobooks know one.
    "m4b": BookFormat("mp4", "aac", "fltp", {"brand": "M4B ", "movflags": "+faststart"}),
    "mp3": BookFormat("mp3", "libmp3lame", "s16p", {"id3v2_version": "4"}),
}


@dataclass(frozen=True)
class BookChapter:
    """One sound file, and what its chapter is called."""

    path: Path
    title: str


def write(
    chapters: Sequence[BookChapter], target: Path, name: str, tags: Mapping[str, str], cover: Path | None = None
) -> float:
    """Write the sounds one after another into ``target``, in a format of ``BOOK_FORMATS``; returns seconds.

    Raises ``AttemptError`` for a sound or a cover that cannot be read, and where the file cannot be written.
    """
    wanted = BOOK_FORMATS[name]
    layout = "stereo" if any(_channels(each.path) > 1 for each in chapters) else "mono"
    lengths = [sum(frame.samples for frame in _frames(each.path, wanted, layout)) for each in chapters]
    picture = _cover(cover) if cover is not None else None
    with written(target, tags, container=wanted.container, **wanted.options) as out:
        # Only for this file's own clock: the muxers count in units of their own.
        out.set_chapters(_marks(chapters, lengths))
        sound = out.add_stream(wanted.codec, rate=RATE, layout=layout, bit_rate=BITS_PER_SECOND[layout])
        if not isinstance(sound, AudioStream):  # only to tell the types apart
            raise AttemptError(f"{wanted.codec} is not a sound codec.")
        sound.format = wanted.sample_format
        if picture is not None:
            _put_cover(out, *picture)
        place = 0
        for chapter in chapters:
            for frame in _frames(chapter.path, wanted, layout):
                # The resampler of each sound begins at nought.
                frame.pts, frame.time_base = place, Fraction(1, RATE)
                place += frame.samples
                out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
    return place / RATE


def _frames(path: Path, wanted: BookFormat, layout: str) -> Iterator[av.AudioFrame]:
    resampler = av.AudioResampler(format=wanted.sample_format, layout=layout, rate=RATE)
    with opened(path) as (source, stream):
        for frame in source.decode(stream):
            yield from resampler.resample(frame)
        yield from resampler.resample(None)


def _channels(path: Path) -> int:
    with opened(path) as (_, stream):
        return int(stream.channels)


def _marks(chapters: Sequence[BookChapter], lengths: Sequence[int]) -> "list[Chapter]":
    found, start = list["Chapter"](), 0
    for number, (chapter, length) in enumerate(zip(chapters, lengths, strict=True)):
        end = start + length
        found.append(
            {
                "id": number,
                "start": start,
                "end": end,
                "time_base": Fraction(1, RATE),
                "metadata": {"title": chapter.title},
            }
        )
        start = end
    return found


def _cover(path: Path) -> tuple[bytes, int, int]:
    """A JPEG of a picture, and its width and height."""
    try:
        with Image.open(path, formats=FORMATS) as found:
            # A JPEG knows no transparency, and every player knows JPEG.
            shown = found.convert("RGB")
            shown.thumbnail((COVER_SIDE, COVER_SIDE))
            out = io.BytesIO()
            shown.save(out, "JPEG", quality=88)
            return out.getvalue(), shown.width, shown.height
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise AttemptError(f"{path.name} cannot be read as a picture ({error}).", log=repr(error)) from error


def _put_cover(out: OutputContainer, picture: bytes, width: int, height: int) -> None:
    """As the attached picture of the file, which players show beside the title."""
    stream = out.add_mux_stream("mjpeg", width=width, height=height)
    stream.disposition = Disposition.attached_pic
    packet = av.Packet(picture)
    packet.stream, packet.pts, packet.dts = stream, 0, 0
    out.mux(packet)
