"""Restoring a backup: everything is checked before anything is replaced, and what is replaced is kept aside.

The database is poured over the old one in a single transaction of SQLite, so that a server that has it open sees the
old contents, then the new ones, and a process that dies leaves the old. Files come before the rows that name them.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from musings.errors import BusyError, ConflictError, CorruptError, NotFoundError, StoreError
from musings.files import atomic, media_files
from musings.files.media_files import MediaFile
from musings.sqlite import copying, recognition
from musings.sqlite.backup import DATABASE, FORMAT, MANIFEST, MEDIA, MEDIA_LIST

BROKEN = "Use another backup; nothing was changed."


@dataclass(frozen=True)
class CheckedBackup:
    """A backup that passed its check. ``media`` is None for a bare database file, or where no file is included."""

    database: Path
    rows: dict[str, int]
    media_list: Path | None
    media: Path | None


@dataclass(frozen=True)
class Restored:
    """``replaced`` is where the old database is kept; ``kept`` where files are that had another content."""

    source: Path
    rows: dict[str, int]
    replaced: Path | None
    copied: int
    already_there: int
    missing: tuple[str, ...]
    kept: Path | None


def check(source: Path, head: str) -> CheckedBackup:
    """Look a backup over: a folder, a folder of backups (its newest), or a bare database file.

    Raises ``CorruptError`` for sums that differ, ``SchemaError`` for a newer version, ``NotFoundError``.
    """
    with copying.told_plainly(source):
        if source.is_file():
            return CheckedBackup(source, _sound(source, head), None, None)
        folder = _folder(source)
        manifest = _manifest(folder)
        database, media_list = folder / DATABASE, folder / MEDIA_LIST
        said = MediaFile(DATABASE, manifest["database"]["bytes"], manifest["database"]["sha256"])
        media_files.require_same(said, media_files.described(DATABASE, database), database)
        if media_files.described(MEDIA_LIST, media_list).sha256 != manifest["media_list"]["sha256"]:
            # Before the media are read: a wrong list would make every file look wrong.
            raise CorruptError(f"{media_list} is not as it was written.", hint=BROKEN)
        included = folder / MEDIA if manifest["media"]["included"] else None
        for file in _listed(media_list):
            if included is not None and file.sha256 is not None:
                # Through the same check as on the way out: a manifest may have been written by anybody.
                path = media_files.place(included, file.path)
                media_files.require_same(file, media_files.described(file.path, path), path)
        return CheckedBackup(database, _sound(database, head), media_list, included)


def restore(checked: CheckedBackup, database: Path, media_root: Path, now: datetime) -> Restored:
    """Put a checked backup in the place of a database. The caller holds the runner's lock.

    Raises ``StoreError``; the old database is then as it was, or kept aside under a name that says so.
    """
    if database.exists() and checked.database.samefile(database):
        raise ConflictError(f"{database} cannot be restored from itself.", hint="Name a backup.")
    with copying.told_plainly(database):
        # Room for the copy kept aside, for the log of the pouring, and for the new contents.
        copying.require_room(database.parent, copying.size_of(database) + 2 * copying.size_of(checked.database))
        if checked.media is not None and checked.media_list is not None:
            media_root.mkdir(parents=True, exist_ok=True)
            copying.require_room(media_root, _bytes_to_copy(checked.media_list, media_root))
        kept = media_root / f".replaced-{now.strftime(copying.STAMP)}"
        # Files before rows: a death in between leaves files without rows, which housekeeping knows, and never the
        # reverse.
        copied, there, missing = 0, 0, []
        for file in _listed(checked.media_list) if checked.media_list else ():
            target = media_files.place(media_root, file.path)
            if file.sha256 is None:
                continue
            # Compared by content: the same name may hold another file since the backup was made.
            if target.is_file() and media_files.described(file.path, target) == file:
                there += 1
            elif checked.media is None:
                missing.append(file.path)
            else:
                # What stood there is kept aside, never overwritten.
                _put(file, checked.media, target, kept)
                copied += 1
        replaced = _replace(checked.database, database, now)
    return Restored(
        checked.database, checked.rows, replaced, copied, there, tuple(missing), kept if kept.exists() else None
    )


def _bytes_to_copy(media_list: Path, media_root: Path) -> int:
    return sum(file.bytes for file in _listed(media_list) if not media_files.place(media_root, file.path).exists())


def _put(file: MediaFile, media: Path, target: Path, kept: Path) -> None:
    if target.exists():
        aside = media_files.place(kept, file.path)
        aside.parent.mkdir(parents=True, exist_ok=True)
        target.rename(aside)
    source = media_files.place(media, file.path)
    target.parent.mkdir(parents=True, exist_ok=True)
    with atomic.replacing(target) as partial:
        media_files.require_same(file, media_files.copied(file.path, source, partial), source)


def _replace(source: Path, database: Path, now: datetime) -> Path | None:
    if not database.exists():
        # A log left beside a deleted file would be applied to the new one: so all of it goes aside first.
        return _swap(source, database, now)  # a log left beside a file that was deleted must not be taken for ours
    try:
        aside = copying.copy_aside(database, "replaced", now)
        _same_pages(source, database)
        # Poured and not renamed: a server has the old file open, and would go on with it for ever.
        copying.pour(source, database, single_file=False)
    except CorruptError:  # it cannot even be read: then the file itself is what is kept
        return _swap(source, database, now)
    if copying.integrity(database):
        raise CorruptError(f"{database} does not pass its check after the restore.", hint=f"The old one is {aside}.")
    return aside


def _same_pages(source: Path, database: Path) -> None:
    """A database in WAL mode cannot take pages of another size, so it leaves that mode first."""
    with closing(copying.reading(source)) as new, closing(sqlite3.connect(database, timeout=10)) as old:
        if _page_size(new) == _page_size(old):
            return
        try:
            old.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            raise BusyError(f"{database} is held by another program.", hint="Stop the API, then again.") from error


def _page_size(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA page_size").fetchone()[0])


def _swap(source: Path, database: Path, now: datetime) -> Path | None:
    """Put a copy in the place of a file that is no database any more, or of none; returns what was kept."""
    fresh = database.with_name(f".{database.name}.restored")
    fresh.unlink(missing_ok=True)
    copying.write_copy(source, fresh)
    aside = database.with_name(f"{database.stem}.replaced-{now.strftime(copying.STAMP)}{database.suffix}")
    # The side files first: a log that stays with the new database would be applied to it.
    for end in (*copying.SIDE_FILES, ""):
        part = database.with_name(database.name + end)
        if part.exists():
            part.rename(aside.with_name(aside.name + end))
    # Renamed last, when it is complete and checked: until then the name is free or the old file's.
    fresh.rename(database)
    atomic.sync(database.parent)
    return aside if aside.exists() else None


def _folder(source: Path) -> Path:
    """The backup that is meant: the folder itself, or the newest in it."""
    if (source / MANIFEST).is_file():
        return source
    # Sorted by name, which holds the time; the time of a file changes when it is copied.
    found = sorted(path.parent for path in source.glob(f"*/{MANIFEST}")) if source.is_dir() else []
    if not found:
        raise NotFoundError(f"There is no backup in {source}.", hint="Name the folder that `musings backup` made.")
    return found[-1]


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise StoreError(f"{folder} was made by a newer Musings.", hint="Update Musings, then again.")
        # Read now, so that a broken manifest is refused before anything has been compared.
        _ = manifest["database"]["bytes"], manifest["database"]["sha256"], manifest["media_list"]["sha256"]
        _ = manifest["media"]["included"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CorruptError(f"{folder / MANIFEST} cannot be read as a manifest.", hint=BROKEN) from error
    return dict(manifest)


def _listed(media_list: Path) -> Iterator[MediaFile]:
    with media_list.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            yield _media_file(media_list, number, line)


def _media_file(media_list: Path, number: int, line: str) -> MediaFile:
    try:
        found = json.loads(line)
        path, size, digest = found["path"], found["bytes"], found["sha256"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CorruptError(f"Line {number} of {media_list} cannot be read.", hint=BROKEN) from error
    if not (isinstance(path, str) and isinstance(size, int) and isinstance(digest, str | None)):
        raise CorruptError(f"Line {number} of {media_list} names no file with its sum.", hint=BROKEN)
    return MediaFile(path, size, digest)


def _sound(database: Path, head: str) -> dict[str, int]:
    """The rows of a database that is whole and that this program can use."""
    found = recognition.recognise(database, head)
    if found.damaged_indexes:
        raise CorruptError(f"{database} has damaged indexes.", hint="Use another backup, or mend it by `migrate --db`.")
    return found.rows
