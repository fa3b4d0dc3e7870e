"""The mark in a media file, whatever the file is: written into one of ours, or put into what leaves the house."""

from collections.abc import Callable, Sequence
from mmap import ACCESS_COPY, mmap
from pathlib import Path

from comfyui_workflows.metadata.collected import Content
from comfyui_workflows.metadata.containers import PNG_SIGNATURE
from musings.files import atomic
from musings.files.marking import films, heif, pictures, riff, sounds
from musings.files.marking.chapters import FileChapter
from musings.files.marking.edits import Edit, Revision
from musings.files.marking.xmp import Mark
from musings.files.metadata_removal import removal
from musings.files.metadata_removal.mp4 import PICTURES

Marking = Callable[[Content, Mark], list[Edit]]

Sounding = Callable[[Content, Mark | None, Sequence[FileChapter]], list[Edit]]

_BY_START: tuple[tuple[bytes, Marking], ...] = (
    (PNG_SIGNATURE, pictures.png),
    (b"\xff\xd8\xff", pictures.jpeg),
    (b"GIF8", pictures.gif),
    (b"RIFF", riff.riff),
    (b"\x1aE\xdf\xa3", films.matroska),
)
_SOUNDS: tuple[tuple[bytes, Sounding], ...] = ((b"fLaC", sounds.flac), (b"OggS", sounds.ogg), (b"ID3", sounds.mpeg))


def edits_for(content: Content, mark: Mark | None, chapters: Sequence[FileChapter] = ()) -> list[Edit]:
    """What marks a file, in order; empty for one that has a mark or XMP already, is signed, is odd, or is no media.

    ``chapters`` are put into sounds that have none: MP3, AAC, FLAC, Opus and Vorbis.
    """
    if mark is None and not chapters:
        return []
    for start, sounding in _SOUNDS:
        if content[: len(start)] == start:
            return sounding(content, mark, chapters)
    if len(content) > 1 and content[0] == 0xFF and content[1] & 0xE0 == 0xE0:
        return sounds.mpeg(content, mark, chapters)
    if mark is None:
        return []
    for start, marking in _BY_START:
        if content[: len(start)] == start:
            return marking(content, mark)
    if content[4:8] == b"ftyp":
        return (heif.heif if content[8:12] in PICTURES else films.mp4)(content, mark)
    return []


def marked(content: bytes, mark: Mark) -> bytes:
    """A whole file in memory, marked where that is possible."""
    for edit in reversed(edits_for(content, mark)):
        content = content[: edit.start] + edit.data + content[edit.end :]
    return content


def revision(
    path: Path, *, without_texts: bool = False, mark: Mark | None = None, chapters: Sequence[FileChapter] = ()
) -> Revision:
    """How a file is to leave the house. Raises ``OSError`` where it cannot be read.

    ``without_texts`` leaves out what programs wrote into it; the mark and the chapters are put in after that.
    """
    with path.open("rb") as file:
        size = path.stat().st_size
        # Nothing cannot be mapped.
        if not size:
            return Revision(0)
        # The map is changed and the file is not: the mark is looked for in what is left.
        with mmap(file.fileno(), 0, access=ACCESS_COPY) as content:
            spans = removal.spans_without_texts(content) if without_texts else []
            for span in spans:
                content[span.start : span.end] = span.data
            return Revision(size, tuple(spans), tuple(edits_for(content, mark, chapters)))


def write(path: Path, mark: Mark) -> None:
    """Mark a file of ours, before anything else knows of it. Raises ``OSError``; the file is whole in any case."""
    found = revision(path, mark=mark)
    if not found.edits:
        return
    with atomic.replacing(path) as partial, path.open("rb") as file, partial.open("wb") as out:
        for piece in found.pieces(file, 0, found.length - 1):
            out.write(piece)
