"""The archive: one zip file, written piece by piece, whole under its name or not there.

index.html, page-2.html …   the gallery, newest first
media/                      every file of the media root
data/{table}.jsonl          every row of every table, a JSON object on each line
missing.txt                 files that rows name and that were gone, if any
marked.txt                  files that say here, and not where they are kept, that a machine made them, if any
"""

import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from musings.archive import gallery
from musings.errors import ConflictError, PathError
from musings.files import atomic
from musings.files.artifact_store import ArtifactStore
from musings.files.marking import marking
from musings.files.marking.xmp import Mark, mark_of
from musings.models import Artifact
from musings.sqlite import copying, dump
from musings.sqlite.database import open_database
from musings.store.database import Database
from musings.store.gallery import artifacts, lists
from musings.store.writings import writings

PAGE = 100
CHUNK = 1 << 20
NAME = "musings-%Y%m%dT%H%M%SZ.zip"


@dataclass(frozen=True)
class Exported:
    """What the archive holds. ``rows`` counts by table; ``missing`` are files that rows name and nobody has."""

    file: Path
    rows: dict[str, int]
    files: int
    pages: int
    bytes: int
    missing: tuple[str, ...]


def export(database: Path, store: ArtifactStore, destination: Path, now: datetime, *, marks: bool = True) -> Exported:
    """Write an archive of a database of our version. Into a folder, it gets a name with the time.

    With ``marks`` every file of an artifact that takes it says that a machine made it.

    Raises ``ConflictError`` when the file exists, and ``StoreError``.
    """
    target = destination / now.strftime(NAME) if destination.is_dir() else destination
    if target.exists():
        raise ConflictError(f"{target} exists.", hint="Name another file.")
    snapshot = target.with_name(f".{target.name}.db")
    with copying.told_plainly(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        listed = sum(store.stat(path).bytes for path in store.listing())
        copying.require_room(target.parent, 3 * copying.size_of(database) + listed)
        try:
            snapshot.unlink(missing_ok=True)
            copying.write_copy(database, snapshot)
            with atomic.replacing(target) as partial, zipfile.ZipFile(partial, "w") as archive:
                done = _fill(_Archive(archive, now, marks=marks), snapshot, store, target, now)
            size = target.stat().st_size
        finally:
            for left in (snapshot, *(snapshot.with_name(snapshot.name + end) for end in copying.SIDE_FILES)):
                left.unlink(missing_ok=True)
    return Exported(target, done.rows, done.files, done.pages, size, done.missing)


class _Archive:
    """Writes into a zip file in pieces, so that memory stays flat."""

    def __init__(self, archive: zipfile.ZipFile, now: datetime, *, marks: bool) -> None:
        self._archive = archive
        self._now = now.timetuple()[:6]
        self.marks = marks

    def lines(self, name: str, lines: Iterator[str]) -> int:
        info, count = zipfile.ZipInfo(name, self._now), 0
        info.compress_type = zipfile.ZIP_DEFLATED
        with self._archive.open(info, "w", force_zip64=True) as out:
            for line in lines:
                out.write(line.encode("utf-8", "backslashreplace"))
                count += 1
        return count

    def file(self, name: str, path: Path, mark: Mark | None) -> bool:
        """A file, not packed again: pictures and sounds are. Returns whether the mark was put in."""
        info = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
        info.compress_type = zipfile.ZIP_STORED
        found = marking.revision(path, mark=mark) if mark and self.marks else None
        with path.open("rb") as source, self._archive.open(info, "w", force_zip64=True) as out:
            if found is not None and found.is_change:
                out.writelines(found.pieces(source, 0, found.length - 1))
                return True
            while chunk := source.read(CHUNK):
                out.write(chunk)
        return False


def _fill(archive: _Archive, snapshot: Path, store: ArtifactStore, target: Path, now: datetime) -> Exported:
    with closing(copying.reading(snapshot)) as connection:
        rows = {
            table: archive.lines(f"data/{table.replace('/', '_')}.jsonl", dump.json_lines(connection, table))
            for table in dump.tables(connection)
        }
    database = open_database(snapshot)
    try:
        engines = database.reading(artifacts.engines)
        there, changed = set(), []
        for relative in store.listing():
            mark = mark_of(engines[relative]) if relative in engines else None
            try:
                if archive.file(f"media/{relative}", store.find(relative), mark):
                    changed.append(relative)
            except (PathError, FileNotFoundError):
                continue  # removed meanwhile
            there.add(relative)
        missing: dict[str, None] = {}
        pages = 0
        for shown, is_last in _shown(database, there, missing):
            pages += 1
            made = f"{now:%Y-%m-%d %H:%M} UTC"
            archive.lines(gallery.page_name(pages), iter([gallery.page(shown, pages, is_last=is_last, made=made)]))
    finally:
        database.close()
    if missing:
        archive.lines("missing.txt", (path + "\n" for path in missing))
    if changed:
        # Their sums in ``data`` are those of the files that are kept.
        archive.lines("marked.txt", (path + "\n" for path in changed))
    return Exported(target, rows, len(there), pages, 0, tuple(missing))


def _shown(database: Database, there: set[str], missing: dict[str, None]) -> Iterator[tuple[list[gallery.Shown], bool]]:
    """The prompts that were completed, page by page, each page with whether it is the last."""
    cursor: str | None = None
    while True:
        found = database.reading(lists.listing, lists.PromptFilter(statuses=["completed"]), PAGE, cursor)
        ids = [prompt.id for prompt in found.items]
        made: dict[int, list[Artifact]] = {number: [] for number in ids}
        for artifact in database.reading(artifacts.of_prompts, ids):
            made[artifact.prompt_id].append(artifact)
            if artifact.file_path not in there:
                missing[artifact.file_path] = None
        texts = database.reading(
            writings.by_ids, [p.output_reference for p in found.items if p.output_reference is not None]
        )
        page = [
            gallery.Shown(
                prompt,
                made[prompt.id],
                texts.get(prompt.output_reference) if prompt.output_reference is not None else None,
                frozenset(there.intersection(artifact.file_path for artifact in made[prompt.id])),
            )
            for prompt in found.items
        ]
        cursor = found.next_cursor
        yield page, cursor is None
        if cursor is None:
            return
