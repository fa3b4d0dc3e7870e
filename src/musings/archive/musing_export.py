"""A musing as one file to keep and to give away: a page with its files (zip), a book (EPUB, PDF), or its sound
(M4B, MP3).

What leaves is as behind a shared link: files say that a machine made them, and show no prompt and no workflow.
"""

import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path, PurePosixPath

from musings.archive import epub, musing_html, pdf
from musings.archive.epub import CORE_TYPES, BookFile
from musings.archive.musing_document import DocumentFile, MusingDocument
from musings.archive.pdf import PagePicture
from musings.errors import ConflictError, PathError
from musings.files import atomic
from musings.files.artifact_store import ArtifactStore
from musings.files.marking import marking
from musings.files.marking.xmp import Mark, SourceType, mark_of
from musings.media import converted
from musings.models import Artifact, ArtifactType
from musings.sqlite import copying

PLAYABLE = (".mp3", ".m4a")
HEAD = """<meta http-equiv="Content-Security-Policy" content="script-src 'none'; object-src 'none'; base-uri 'none'">
"""


class MusingFormat(StrEnum):
    """What a musing can be written as; the value is also how such a file ends."""

    ZIP = "zip"
    EPUB = "epub"
    PDF = "pdf"
    M4B = "m4b"
    MP3 = "mp3"


MEDIA_TYPES: Mapping[MusingFormat, str] = {
    MusingFormat.ZIP: "application/zip",
    MusingFormat.EPUB: epub.MEDIA_TYPE,
    MusingFormat.PDF: pdf.MEDIA_TYPE,
    MusingFormat.M4B: "audio/mp4",
    MusingFormat.MP3: "audio/mpeg",
}


@dataclass(frozen=True)
class MusingRevision:
    """How files leave: with the ``marks`` of a machine, and with their ``recipes`` or without."""

    marks: bool = True
    recipes: bool = False


AS_SHARED = MusingRevision()
"""As behind a shared link, unless the settings say otherwise."""


def export(
    document: MusingDocument,
    store: ArtifactStore,
    target: Path,
    wanted: MusingFormat,
    now: datetime,
    revision: MusingRevision = AS_SHARED,
) -> None:
    """Write a musing into a new file.

    Raises ``ConflictError`` where the file exists, nothing of the musing is done or no sound is in it, ``UserFault``
    for a file of it that cannot be read, and ``StoreError``.
    """
    document.require_done()
    if target.exists():
        raise ConflictError(f"{target} exists.", hint="Name another file.")
    # Only what is whole gets the name.
    with (
        copying.told_plainly(target),
        atomic.replacing(target) as partial,
        tempfile.TemporaryDirectory(prefix="musings-") as folder,
    ):
        files = _Files(store, Path(folder).absolute(), revision)
        mark = _mark_of_all(document.engines) if revision.marks else None
        if wanted is MusingFormat.ZIP:
            _write_page(document, files, partial, now)
        elif wanted is MusingFormat.EPUB:
            _write_book(document, files, partial, now, mark)
        elif wanted is MusingFormat.PDF:
            _write_paper(document, files, partial, now, mark)
        else:
            _write_sound(document, files, partial, wanted, revision)


def _write_page(document: MusingDocument, files: "_Files", target: Path, now: datetime) -> None:
    names = {each.artifact.id: files.as_it_is(each, number) for number, each in enumerate(document.files, start=1)}
    with zipfile.ZipFile(target, "w") as archive:
        html = musing_html.page(document, _named(names), head=HEAD)
        archive.writestr(zipfile.ZipInfo("index.html", now.timetuple()[:6]), html, zipfile.ZIP_DEFLATED)
        for file in filter(None, names.values()):
            archive.write(file.path, file.name, zipfile.ZIP_STORED)


def _write_book(document: MusingDocument, files: "_Files", target: Path, now: datetime, mark: Mark | None) -> None:
    names = {each.artifact.id: files.for_book(each, number) for number, each in enumerate(document.files, start=1)}
    cover = names.get(document.cover.artifact.id) if document.cover is not None else None
    with zipfile.ZipFile(target, "w") as archive:
        epub.write(archive, document, _named(names), list(filter(None, names.values())), now, cover=cover, mark=mark)


def _write_paper(document: MusingDocument, files: "_Files", target: Path, now: datetime, mark: Mark | None) -> None:
    pictures = {
        each.artifact.id: picture
        for number, each in enumerate(document.files, start=1)
        if each.is_picture and (picture := files.for_paper(each, number)) is not None
    }
    target.write_bytes(pdf.write(document, files.folder, pictures, now, mark))


def _write_sound(
    document: MusingDocument, files: "_Files", target: Path, wanted: MusingFormat, revision: MusingRevision
) -> None:
    sounds = [
        (file, title)
        for number, (each, title) in enumerate(_chapters(document), start=1)
        if (file := files.as_it_is(each, number)) is not None
    ]
    if not sounds:
        raise ConflictError(f"There is no sound in musing {document.id}.", hint="Export it as zip or epub.")
    # With a number of its own: what is a chapter keeps its name.
    cover = files.as_it_is(document.cover, 0) if document.cover is not None else None
    said = {"title": document.title, "album": document.title, "artist": "Musings"}
    said["comment"] = musing_html.MADE_BY_A_MACHINE
    converted.book(
        [(file.path, title) for file, title in sounds],
        target,
        wanted.value,
        said,
        None if cover is None else cover.path,
    )
    if revision.marks:
        marking.write(target, _mark_of_all(each.artifact.metadata.get("engine") for each in document.files))


def _chapters(document: MusingDocument) -> Iterator[tuple[DocumentFile, str]]:
    """Every sound with what its chapter is called: its text, and which of several it is."""
    for section in document.sections:
        sounds = [each for each in section.files if each.is_sound]
        for each in sounds:
            name = document.name_of(section)
            yield each, name if len(sounds) == 1 and section.heading else f"{name}: {each.title}"


def _mark_of_all(engines: Iterable[object]) -> Mark:
    """That of the whole: where a model made any of it, a model made it."""
    found = {mark_of(each).source for each in engines}
    return Mark(SourceType.TRAINED if SourceType.TRAINED in found else SourceType.ALGORITHMIC)


def _named(files: Mapping[int, BookFile | None]) -> musing_html.Address:
    def address(artifact: Artifact) -> str | None:
        file = files.get(artifact.id)
        return None if file is None else file.name

    return address


class _Files:
    """The files of a musing as they leave, in a folder of their own; None for one that is gone."""

    def __init__(self, store: ArtifactStore, folder: Path, revision: MusingRevision) -> None:
        self._store = store
        self.folder = folder
        self._revision = revision

    def as_it_is(self, file: DocumentFile, number: int) -> BookFile | None:
        """Its own format. ``number`` tells its name from those of the others."""
        suffix = PurePosixPath(file.artifact.file_path).suffix.lower()
        made = self._new(file, number, suffix)
        mark = mark_of(file.artifact.metadata.get("engine")) if self._revision.marks else None
        try:
            source = self._store.find(file.artifact.file_path)
            found = marking.revision(source, without_texts=not self._revision.recipes, mark=mark)
        except (PathError, FileNotFoundError):
            return None
        with source.open("rb") as kept, made.path.open("wb") as out:
            out.writelines(found.pieces(kept, 0, found.length - 1))
        return made

    def for_book(self, file: DocumentFile, number: int) -> BookFile | None:
        """In a format that every reader of books must know; None, too, for what is neither seen nor heard."""
        if file.artifact.artifact_type == ArtifactType.OTHER:
            return None
        found = self.as_it_is(file, number)
        if found is None or PurePosixPath(found.name).suffix in CORE_TYPES:
            return found
        mark = mark_of(file.artifact.metadata.get("engine")) if self._revision.marks else None
        if file.is_picture:
            made = self._new(file, number, ".png")
            made.path.write_bytes(converted.marked(converted.picture(found.path, "png"), mark))
            return made
        if not file.is_sound:
            return found
        made = self._new(file, number, ".mp3")
        with made.path.open("wb") as out:
            out.writelines(converted.sound(found.path, "mp3", mono=False, mark=mark))
        return made

    def for_paper(self, file: DocumentFile, number: int) -> PagePicture | None:
        """As PNG, written by the decoding child, whatever it was: its pixels, and no text that was in it."""
        try:
            source = self._store.find(file.artifact.file_path)
        except (PathError, FileNotFoundError):
            return None
        made = self._new(file, number, ".png")
        content = converted.picture(source, "png")
        made.path.write_bytes(content)
        # Its first chunk begins with its size (PNG, third edition, 11.2.2).
        width, height = (int.from_bytes(content[place : place + 4], "big") for place in (16, 20))
        return PagePicture(made.name, width, height)

    def _new(self, file: DocumentFile, number: int, suffix: str) -> BookFile:
        # By what it is and not by words of others: a name in a zip becomes one on somebody's disk.
        name = f"media/{number:02d}-{file.artifact.artifact_type}{suffix}"
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        return BookFile(path, name)


@contextmanager
def temporary(
    document: MusingDocument, store: ArtifactStore, wanted: MusingFormat, now: datetime, revision: MusingRevision
) -> Iterator[Path]:
    """The same in a file that is there within the block. Raises as :func:`export`."""
    with tempfile.TemporaryDirectory(prefix="musings-") as folder:
        target = Path(folder) / f"musing.{wanted}"
        export(document, store, target, wanted, now, revision)
        yield target


def file_name(document: MusingDocument, wanted: MusingFormat) -> str:
    """A name for the file that says what is in it."""
    plain = "".join(letter if letter.isalnum() else "-" for letter in document.title.lower())
    words = "-".join(part for part in plain.split("-") if part)[:48].strip("-")
    return f"{words or 'musing'}-{document.id}.{wanted}"
