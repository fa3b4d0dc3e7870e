"""SQLite's errors as ours: each with what happened and what its reader can do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import exc

from musings.errors import BusyError, CorruptError, DiskError, DiskFullError, RefusedError, SchemaError, StoreError
from musings.sqlite import unwritable


@contextmanager
def translated(path: Path | None) -> Iterator[None]:
    """What SQLite and SQLAlchemy raise within the block, as our errors; what is about the file names it."""
    try:
        with _translated():
            yield
    except StoreError as error:
        if path is None:
            raise
        found = type(error)(str(error).replace(THE_FILE, f"{THE_FILE} {path}", 1), hint=error.hint)
        cause = error.__cause__
        if isinstance(cause, sqlite3.Error) and unwritable.may_be_behind(cause):
            found = unwritable.why_not(path) or found
        raise found from cause


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except exc.TimeoutError as error:
        raise BusyError("Too many things use the database at once.", hint="Try again.") from error
    except exc.StatementError as error:
        # Its words hold the whole statement and what it was to store, which is nobody's business but a debugger's.
        cause = error.orig
        if cause is None:
            raise RuntimeError(type(error).__name__) from None
        # A mistake in our own statement is raised as it is: it has to be seen as a bug, not as trouble with the file.
        if isinstance(cause, sqlite3.Error) and not isinstance(cause, _MISTAKES):
            raise explained(cause) from cause
        # ``from None``: the chain would show the statement with the owner's texts in every log.
        raise cause from None
    except _MISTAKES:
        raise
    except sqlite3.Error as error:
        raise explained(error) from error


# What our own statements did wrong. The file is fine, and trying again would not help.
_MISTAKES = (
    sqlite3.ProgrammingError,
    sqlite3.InterfaceError,
    sqlite3.DataError,
    sqlite3.NotSupportedError,
)


def explained(error: BaseException) -> StoreError | RefusedError:
    """What SQLite said, as an error that its reader can act on."""
    if isinstance(error, sqlite3.IntegrityError):
        return RefusedError(
            f"The tables of the database refuse this row: {error}.",
            hint="Another program made them so: remove the constraint or the trigger that says so, then try again.",
        )
    # Set by the driver from Python 3.11 on; the words of the message differ from version to version.
    name = str(getattr(error, "sqlite_errorname", ""))
    for start, kind, message, hint in _CAUSES:
        # By the beginning: SQLite has extended names such as SQLITE_IOERR_WRITE for each.
        if name.startswith(start):
            return kind(message, hint=hint)
    if name == "SQLITE_ERROR":
        return SchemaError(
            f"The tables of the database are not as Musings made them: {error}.",
            hint="Another program changed them, or made a trigger that names what is gone: mend that, then try again.",
        )
    return StoreError(f"The database did not do as asked: {error}.", hint="Run `musings doctor`.")


THE_FILE = "The database file"

_CAUSES: tuple[tuple[str, type[StoreError], str, str], ...] = (
    (
        "SQLITE_BUSY",
        BusyError,
        "The database is held by another program.",
        "Try again; close what holds it open.",
    ),
    (
        "SQLITE_LOCKED",
        BusyError,
        "The database is held by another program.",
        "Try again; close what holds it open.",
    ),
    (
        "SQLITE_FULL",
        DiskFullError,
        "The disk that holds the database is full.",
        "Free some space, then try again.",
    ),
    (
        "SQLITE_READONLY",
        DiskError,
        f"{THE_FILE} cannot be written.",
        "Give this user the right to write the file and its folder.",
    ),
    (
        "SQLITE_CANTOPEN",
        StoreError,
        f"{THE_FILE} cannot be opened.",
        "Check that its folder exists and that this user may read and write it.",
    ),
    ("SQLITE_IOERR", DiskError, "The disk failed under the database.", "Check the disk and its free space."),
    (
        "SQLITE_CORRUPT",
        CorruptError,
        f"{THE_FILE} is damaged.",
        "Stop Musings, keep a copy of the file, and restore the latest backup.",
    ),
    (
        "SQLITE_NOTADB",
        CorruptError,
        f"{THE_FILE} is not an SQLite database.",
        "Check `database.path` in the configuration.",
    ),
)
