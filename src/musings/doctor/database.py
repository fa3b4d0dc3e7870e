"""The database: whole, of our shape, on a disk that can hold it, and with times that have been."""

from collections.abc import Iterator
from pathlib import Path

from musings.config.settings import Settings
from musings.doctor.findings import Finding, failure, ok, warning
from musings.errors import MusingsError
from musings.files import disk
from musings.sqlite import examination, schema, unwritable
from musings.sqlite.database import open_database, sqlite_of
from musings.sqlite.location import where

LEAST_FREE_BYTES = 200_000_000


def check(settings: Settings, deep: bool) -> Iterator[Finding]:
    path = where(settings.database).file
    yield from _room(path)
    if not unwritable.is_there(path):
        yield ok("database", f"{path} is made on the first start")
        return
    try:
        found = examination.examine(path, deep=deep)
        version, mode = _opened(path)
    except MusingsError as error:
        yield failure("database", str(error), error.hint or "Look at the file and its disk.")
        return
    if found.damage:
        mend = "Stop Musings, keep a copy of the file, and run `musings restore` with the latest backup."
        yield failure("database", f"{path} is damaged: {found.damage[0]}", mend)
        return
    if found.indexes:
        mend = "Run `musings doctor --repair`: an index is made anew from its rows, nothing is lost."
        yield failure("database", f"{path} has a damaged index: {found.indexes[0]}", mend)
        return
    if version != schema.HEAD:
        yield warning("database", f"{path} is at version {version}", "Run `musings migrate`.")
    yield ok("database", f"{path}, journal mode {mode}" + (", read in full" if deep else ""))
    if mode != "wal":
        mend = "Keep the database on a local disk for more speed."
        yield warning("database", "its disk is a network or container mount, where WAL is unsafe", mend)
    for stray in found.strays:
        mend = "They do no harm. A program that switches foreign keys off left them; delete them when you like."
        yield warning("database", f"there are {stray}", mend)
    if found.ahead is not None:
        mend = "Set this machine's clock. If it is right now, it was wrong then: those rows sort first until that day."
        yield warning("clock", f"a prompt is of {found.ahead:%Y-%m-%d %H:%M} UTC, which is in the future", mend)
    else:
        yield ok("clock", "no prompt is of the future")


def _room(path: Path) -> Iterator[Finding]:
    folder = next((each for each in path.parents if each.exists()), path.parent)
    why = unwritable.why_not(path if unwritable.is_there(path) else folder / path.name)
    if why is not None:
        yield failure("database", str(why), why.hint or "")
        return
    free = disk.free_bytes(folder)
    if free is not None and free < LEAST_FREE_BYTES:
        mend = "Free some space: without it no prompt can be taken."
        yield warning("database", f"its disk has {free / 1e6:.0f} MB left", mend)


def _opened(path: Path) -> tuple[str | None, str]:
    database = open_database(path)
    try:
        return schema.version(database), sqlite_of(database).journal_mode
    finally:
        database.close()
