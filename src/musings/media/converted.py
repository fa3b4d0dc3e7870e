"""A picture or a sound in another format, made by the decoding child on its way out and never kept."""

import contextlib
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from pathlib import Path

from musings.errors import Cancelled
from musings.files.marking import marking
from musings.files.marking.xmp import Mark
from musings.media import decoder
from musings.media.decoder_process import Found

CHUNK_BYTES = 64 * 1024
LOOK_SECONDS = 0.05
"""How often is looked for more of a sound that is being encoded."""


def picture(path: Path, name: str, quality: int | None = None) -> bytes:
    """A picture in a format of ``formats.PICTURE_TYPES``; ``quality`` is 0..100. Raises as ``decoder.Decoder.ask``."""
    with tempfile.TemporaryDirectory(prefix="musings-") as folder:
        target = Path(folder).absolute() / "converted"
        decoder.ask("picture_as", path, target=str(target), name=name, quality=quality)
        return target.read_bytes()


def masked(path: Path, mask: Path) -> bytes:
    """A picture with the transparency of another one, as PNG. Raises as ``decoder.Decoder.ask``."""
    with tempfile.TemporaryDirectory(prefix="musings-") as folder:
        target = Path(folder).absolute() / "masked"
        decoder.ask("picture_masked", path, target=str(target), mask=str(mask))
        return target.read_bytes()


def sound(path: Path, name: str, *, mono: bool = True, mark: Mark | None = None) -> Iterator[bytes]:
    """A sound in a format of ``formats.SOUND_FORMATS``, in pieces as they are encoded, with ``mark`` but in ``pcm``.

    Raises as ``decoder.Decoder.ask``, perhaps after the first pieces. Whoever stops early ends the encoding.
    """
    stopped = threading.Event()

    def check() -> None:
        if stopped.is_set():
            raise Cancelled("Nobody listens any more.")

    with tempfile.TemporaryDirectory(prefix="musings-") as folder, ThreadPoolExecutor(1) as beside:
        target = Path(folder).absolute() / "converted"
        target.touch()
        source = mark.source.value if mark else None
        words = {"target": str(target), "name": name, "mono": mono, "source": source}
        made = beside.submit(decoder.ask, "sound_as", path, check, **words)
        try:
            yield from _growing(target, made)
        finally:
            stopped.set()
        made.result()


def book(
    sounds: Sequence[tuple[Path, str]], target: Path, name: str, tags: Mapping[str, str], cover: Path | None
) -> float:
    """Sounds, each with the title of its chapter, as one file in a format of ``audiobook.BOOK_FORMATS``; seconds.

    Raises as ``decoder.Decoder.ask``.
    """
    files, titles = [path for path, _ in sounds], [title for _, title in sounds]
    found = decoder.ask(
        "book",
        files[0],
        target=str(target.absolute()),
        name=name,
        rest=[str(path.absolute()) for path in files[1:]],
        titles=titles,
        tags=dict(tags),
        cover=None if cover is None else str(cover.absolute()),
    )
    return float(found["duration"])


def marked(content: bytes, mark: Mark | None) -> bytes:
    """A picture with ``mark``, where it takes one."""
    return content if mark is None else marking.marked(content, mark)


def _growing(target: Path, made: Future[Found]) -> Iterator[bytes]:
    with target.open("rb") as file:
        while True:
            # Asked before the last read: what was written until then is read by it.
            over = made.done()
            while piece := file.read(CHUNK_BYTES):
                yield piece
            if over:
                return
            with contextlib.suppress(NotYet):
                made.exception(LOOK_SECONDS)
