"""A backup: a folder with the database, a manifest of the media, and the media themselves where asked.

    musings.db       a checked copy, one moment of the database
    media.jsonl      a line for each file: path, bytes, sha256 (null where a row names a file that is gone)
    media/           the files, with --media
    manifest.json    what is here, with sums; written last

The folder has its name only when it is whole. It is made while everything goes on: database first, files after, so
that every file that the copy names was in its place before.
"""

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from musings.errors import ConflictError, NotFoundError
from musings.files import atomic, media_files
from musings.sqlite import copying, recognition
from musings.sqlite.unwritable import is_there
from musings.version import VERSION

FORMAT = 1
DATABASE, MANIFEST, MEDIA_LIST, MEDIA = "musings.db", "manifest.json", "media.jsonl", "media"
# UTC and sortable by name: the newest backup is found by sorting, without reading any.
NAME = "musings-%Y%m%dT%H%M%SZ"
# A backup that has not been touched for a day is no longer being made, on whatever host it began.
DAY_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Made:
    """What was backed up. ``missing`` are files that rows name and that are not there."""

    folder: Path
    rows: dict[str, int]
    database_bytes: int
    files: int
    media_bytes: int
    media_included: bool
    missing: tuple[str, ...]


def make(database: Path, media_root: Path, destination: Path, *, media: bool, now: datetime) -> Made:
    """Back up into ``destination``; into a folder named by the time in it, when it exists.

    Raises ``StoreError`` (``DiskFullError`` before anything is written when there is no room) and ``NotFoundError``.
    """
    if not is_there(database):
        raise NotFoundError(f"There is no database {database} to back up.", hint="Check `database.path`.")
    if destination.exists() and not destination.is_dir():
        # Refused before the work begins; the rename at the end would find the same, an hour later.
        raise ConflictError(f"{destination} is a file; a backup is a folder.", hint="Name another place.")
    folder = destination / now.strftime(NAME) if destination.is_dir() else destination
    if folder.exists():
        raise ConflictError(f"{folder} is there already.", hint="Try again in a second, or name another place.")
    with copying.told_plainly(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        _clear(folder)
        # Before copying: a disk that fills up half-way would also stop the worker that uses it.
        listed = sum(path.stat().st_size for _, path in media_files.walk(media_root)) if media else 0
        copying.require_room(folder.parent, copying.size_of(database) + listed)
        with atomic.replacing(folder) as partial:
            partial.mkdir()
            return _fill(partial, folder, database, media_root, media=media, now=now)


def _fill(partial: Path, folder: Path, database: Path, media_root: Path, *, media: bool, now: datetime) -> Made:
    copy = partial / DATABASE
    # The database first: files may come while the media are copied, but none that the copy names can be missing.
    copying.write_copy(database, copy)
    found = recognition.counted(copy)
    described = media_files.described(DATABASE, copy)
    count, size, missing = 0, 0, []
    with (partial / MEDIA_LIST).open("w", encoding="utf-8") as lines:
        # Written line by line: a large collection's list does not have to fit into memory.
        for file in _media(copy, media_root, partial / MEDIA if media else None):
            lines.write(json.dumps(asdict(file), ensure_ascii=True) + "\n")
            if file.sha256 is None:
                missing.append(file.path)
            else:
                count, size = count + 1, size + file.bytes
    manifest = {
        "format": FORMAT,
        "musings": VERSION,
        "made_at": now.isoformat(),
        "schema": found.version,
        "database": {"bytes": described.bytes, "sha256": described.sha256, "rows": found.rows},
        "media_list": {"sha256": media_files.described(MEDIA_LIST, partial / MEDIA_LIST).sha256},
        "media": {"included": media, "files": count, "bytes": size, "missing": len(missing)},
    }
    # Last: a folder without a manifest is not taken for a backup.
    (partial / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return Made(folder, found.rows, described.bytes, count, size, media, tuple(missing))


def _media(copy: Path, root: Path, into: Path | None) -> Iterator[media_files.MediaFile]:
    """Every file of the root, copied when asked; then those that rows name and that are missing."""
    seen = set()
    for relative, path in media_files.walk(root):
        try:
            if into is None:
                yield media_files.described(relative, path)
            else:
                yield media_files.copied(relative, path, into / relative)
        except FileNotFoundError:
            continue  # removed meanwhile; listed below if a row names it
        seen.add(relative)
    # Names of rows whose file is gone are listed too, so that a restore does not report them as lost by the backup.
    for relative in _named(copy):
        if relative not in seen:
            yield media_files.MediaFile(relative, 0, None)


def _named(copy: Path) -> list[str]:
    """The paths that the rows of a database name."""
    with closing(copying.reading(copy)) as connection:
        # An old database may lack the table or the column; its backup is made all the same.
        columns = recognition.columns_of(connection).get("prompt_artifacts", ())
        if "file_path" not in columns:
            return []
        query = "SELECT DISTINCT file_path FROM prompt_artifacts WHERE file_path IS NOT NULL"
        if "musings_uploads" in recognition.columns_of(connection):
            query += " UNION SELECT file_path FROM musings_uploads"
        return [str(row[0]) for row in connection.execute(f"{query} ORDER BY 1")]


def _clear(folder: Path) -> None:
    """Remove what killed backups left: of this name, and of any that is too old to be in work."""
    shutil.rmtree(folder.with_name(f".{folder.name}.partial"), ignore_errors=True)  # an older Musings named it so
    # Another host may be writing it, so that only its age tells that it was given up.
    for left in folder.parent.glob(".musings-*.partial"):
        if time.time() - left.stat().st_mtime > DAY_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
