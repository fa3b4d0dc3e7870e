"""What the decoding child can be asked: every reading of a picture, a sound or a film that somebody else made.

Each task takes the path of a file and words of JSON, writes what it makes into the paths that it is given, and returns
words of JSON. They raise what the modules raise that do the work; ``decoder`` is how the rest of the house asks.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from musings.errors import AttemptError
from musings.files.marking.xmp import Mark, SourceType
from musings.late import importing
from musings.media.looks import Look, Looks

Found = dict[str, Any]


def image(path: Path, preview: str) -> Found:
    """The facts of a picture; its thumbnail is written to ``preview``."""
    look = _LOOKS.at(path, _picture)
    Path(preview).write_bytes(look.preview)
    return look.found


def audio(path: Path, preview: str) -> Found:
    """The facts of a sound; its waveform is drawn to ``preview``."""
    look = _LOOKS.at(path, _sound)
    Path(preview).write_bytes(look.preview)
    return look.found


def video(path: Path, preview: str) -> Found:
    """The facts of a film; its poster is written to ``preview``."""
    with importing():
        from musings.media import pictures, videos

    facts = videos.read_video(path)
    videos.write_poster(path, Path(preview))
    return {
        "width": facts.width,
        "height": facts.height,
        "duration": facts.duration,
        "codec": facts.codec,
        "thumbhash": pictures.thumbhash_of(Path(preview)),
    }


def _picture(path: Path) -> Look:
    with importing():
        from musings.media import pictures

    looked = pictures.look_at(path)
    found = {
        "width": looked.facts.width,
        "height": looked.facts.height,
        "thumbhash": looked.thumbhash,
        "pixels_sha256": looked.pixels_sha256,
    }
    return Look(asdict(looked.facts), found, looked.thumbnail)


def _sound(path: Path) -> Look:
    with importing():
        from musings.media import sounds, waveform

    heard = sounds.listen_to(path)
    facts = heard.facts
    found = {
        "duration": round(facts.duration, 3),
        "sample_rate": facts.sample_rate,
        "channels": facts.channels,
        "codec": facts.codec,
        "loudness_lufs": heard.loudness_lufs,
        "peaks": heard.peaks,
    }
    return Look(asdict(facts), found, waveform.drawn(heard.peaks))


_LOOKS = Looks()
"""Of this process: what was looked at with ``to_keep`` is not decoded again when it is kept."""


def read_picture(path: Path, *, to_keep: bool = False) -> Found:
    """``pictures.PictureFacts`` as an object. ``to_keep``: :func:`image` will be asked about the same file."""
    if to_keep:
        return _LOOKS.at(path, _picture).facts
    with importing():
        from musings.media import pictures

    return asdict(pictures.read_picture(path))


def read_sound(path: Path, most_seconds: float | None = None, *, to_keep: bool = False) -> Found:
    """``sounds.SoundFacts`` as an object. ``to_keep``: :func:`audio` will be asked about the same file."""
    if to_keep and most_seconds is None:
        return _LOOKS.at(path, _sound).facts
    with importing():
        from musings.media import sounds

    return asdict(sounds.read_sound(path, float("inf") if most_seconds is None else most_seconds))


def read_video(path: Path, *, to_keep: bool = False) -> Found:  # noqa: ARG001 (a poster is quick beside the film)
    """``videos.VideoFacts`` as an object."""
    with importing():
        from musings.media import videos

    return asdict(videos.read_video(path))


def raw(path: Path, target: str, most_seconds: float, rate: int | None = None) -> Found:
    """A sound as one channel of 16-bit samples in ``target``, at its own ``rate`` (Hz) where none is asked for.

    Raises ``AttemptError`` for one that is longer than ``most_seconds``.
    """
    with importing():
        from musings.media import mono

    rate = rate or mono.rate_of(path)
    frames = 0
    with Path(target).open("wb") as out:
        for stretch in mono.mono(path, rate):
            out.write(stretch.tobytes())
            frames += len(stretch)
            if frames > most_seconds * rate:
                raise AttemptError(f"{path.name} is longer than {most_seconds:g} s.")
    return {"rate": rate, "frames": frames}


def picture_as(path: Path, target: str, name: str, quality: int | None = None) -> Found:
    """A picture in a format of ``formats.PICTURE_TYPES``, in ``target``."""
    with importing():
        from musings.media import transcoding

    Path(target).write_bytes(transcoding.picture(path, name, quality))
    return {}


def picture_masked(path: Path, target: str, mask: str) -> Found:
    """A picture with the transparency of ``mask``, as PNG in ``target``."""
    with importing():
        from musings.media import transcoding

    Path(target).write_bytes(transcoding.masked(path, Path(mask)))
    return {}


def sound_as(path: Path, target: str, name: str, *, mono: bool = True, source: str | None = None) -> Found:
    """A sound in a format of ``formats.SOUND_FORMATS``, in ``target``, marked with the type ``source``."""
    with importing():
        from musings.media import transcoding

    with Path(target).open("wb", buffering=0) as out:  # read while it grows
        mark = Mark(SourceType(source)) if source else None
        for piece in transcoding.sound(path, name, mono=mono, mark=mark):
            out.write(piece)
    return {}


def book(
    path: Path, target: str, name: str, rest: list[str], titles: list[str], tags: dict[str, str], cover: str | None
) -> Found:
    """The sound and the ``rest`` of them as one file with chapters, in ``target`` (``audiobook.write``)."""
    with importing():
        from musings.media import audiobook

    files = [path, *map(Path, rest)]
    chapters = [audiobook.BookChapter(file, title) for file, title in zip(files, titles, strict=True)]
    seconds = audiobook.write(chapters, Path(target), name, tags, Path(cover) if cover else None)
    return {"duration": seconds}


TASKS: Mapping[str, Callable[..., Found]] = {
    task.__name__: task
    for task in (
        image,
        audio,
        video,
        read_picture,
        read_sound,
        read_video,
        raw,
        picture_as,
        picture_masked,
        sound_as,
        book,
    )
}
