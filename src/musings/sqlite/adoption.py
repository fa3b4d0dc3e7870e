"""Adopting a database: the owner's, or one of an earlier Musings, brought to the shape that this program needs.

Everything happens in one write transaction, and what stood in the file is copied aside before the first change, under
the lock of that transaction. A process that dies at any moment leaves the old database or the new one.
"""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, cast

from sqlalchemy import Connection, exc

from musings.errors import CorruptError, LockedError, SchemaError, StoreError
from musings.locate import lock_path
from musings.models import KIND_OF_TYPE, PromptStatus, Writing
from musings.sqlite import adopted_rows, copying, recognition
from musings.sqlite.adoption_report import AdoptionReport
from musings.sqlite.database import open_database
from musings.sqlite.due import runner_is_alive
from musings.sqlite.recognition import Origin, Recognised, quoted
from musings.sqlite.upgrade import upgrade
from musings.store import times
from musings.store.database import Database
from musings.store.writings import writings

Done = TypeVar("Done")
# Its values move to tables of their own in a migration, so that fewer rows afterwards are no loss.
ROWS_MOVE = ("queue_state",)
# What another program's tables may refuse; anything else (busy, full, damaged) has its own words.
REFUSALS = ("SQLITE_ERROR", "SQLITE_CONSTRAINT", "SQLITE_MISMATCH")


def adopt(
    database: Database, head: str, media_root: Path | None = None, *, called: Path | None = None
) -> AdoptionReport:
    """Bring a database file to version ``head``; twice is harmless. ``media_root`` is where its artifacts are.

    ``called`` is the file that refusals name, where that is another one.

    Raises ``StoreError`` (see ``recognition.recognise``; also a full disk, a file that cannot be written, tables that
    refuse what Musings writes) and ``LockedError`` while a worker is at work. The file is then as it was.
    """
    path = _path_of(database)
    # Before the lock: a file that is not ours is refused without having been written to at all.
    found = recognition.recognise(path, head)
    with database.write() as connection:
        cursor = _cursor(connection)
        found = recognition.again(found, cursor)  # what came in while we waited for the lock
        plan = adopted_rows.plan_of(cursor, media_root)
        if found.version == head and not plan.paths and not found.damaged_indexes:
            return _report(path, head, found, plan, cursor)
        if found.version != head:
            # Under the write lock: a worker of another version that begins now waits for it and meets the new version.
            _refuse_busy(path)
        # After the lock, so that nobody can write between the copy and the first change.
        aside = None if found.origin is Origin.FRESH else copying.copy_aside(path, f"before-{head}", times.now())
        try:
            return replace(_change(connection, called or path, head, found, plan), backup=aside)
        # Also for a signal: a copy of what was not changed would only puzzle its owner.
        except BaseException:
            if aside is not None:
                aside.unlink(missing_ok=True)  # nothing will change, so the file itself is as good as its copy
            raise


def rehearse(path: Path, head: str, media_root: Path | None = None) -> AdoptionReport:
    """What ``adopt`` would do, found out on a copy; the file itself is only read. Raises the same."""
    found = recognition.recognise(path, head)
    notices = []
    if found.version != head:
        _refuse_busy(path)
    # With the effective user where the system can ask so: a program run as another user writes as that one.
    if path.exists() and not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        notices.append(f"{path} cannot be written by this user: a real run would be refused.")
    with tempfile.TemporaryDirectory(prefix="musings-rehearsal-") as scratch:
        copy = Path(scratch) / "copy.db"
        if found.origin is not Origin.FRESH:
            # The copy, the copy of the copy that adoption makes aside, and the log of the transaction.
            copying.require_room(copy.parent, 3 * copying.size_of(path))
            copying.pour(path, copy)
        database = open_database(copy)
        try:
            done = adopt(database, head, media_root, called=path)
        finally:
            database.close()
    # The rehearsal's own backup is gone with its folder, so that none is named.
    return replace(done, database=path, backup=None, rehearsal=True, notices=(*done.notices, *notices))


def _change(
    connection: Connection, path: Path, head: str, found: Recognised, plan: adopted_rows.Plan
) -> AdoptionReport:
    """Everything that adoption changes, within the caller's transaction."""
    cursor = _cursor(connection)
    # Their triggers may write to tables that a migration changes, or log each of our changes as a person's.
    with _quiet_triggers(cursor):
        # Before the migrations, which would trust the damaged index.
        _rebuild(path, cursor, found.damaged_indexes)
        if found.version != head:
            _explaining(path, lambda: upgrade(connection))
        # Only in a database that was never ours: afterwards ``processing`` rows belong to the worker's recovery.
        recovered = _explaining(path, lambda: adopted_rows.recover_stuck(cursor)) if found.version is None else ()
        _explaining(path, lambda: adopted_rows.repair_paths(cursor, plan))
    # A fresh file has no rows to lose, and no constraints of others to meet.
    if found.version != head and found.origin is not Origin.FRESH:
        _check_rows(path, cursor, found)
        _rehearse_work(path, connection)
    report = _report(path, head, found, plan, cursor)
    unfinished = adopted_rows.unfinished_media(cursor) if found.version is None else []
    return replace(report, recovered=recovered, changed=True, notices=(*report.notices, *unfinished))


def _report(
    path: Path, head: str, found: Recognised, plan: adopted_rows.Plan, cursor: sqlite3.Cursor
) -> AdoptionReport:
    now = recognition.columns_of(cursor)
    return AdoptionReport(
        database=path,
        origin=found.origin,
        version_before=found.version,
        version_after=head,
        rows=found.rows,
        statuses=plan.statuses,
        types=plan.types,
        artifact_statuses=adopted_rows.artifact_statuses(cursor, plan),
        tables_made=tuple(name for name in now if name not in found.columns),
        columns_added={
            name: added
            for name, before in found.columns.items()
            if (added := tuple(column for column in now.get(name, ()) if column not in before))
        },
        indexes_rebuilt=found.damaged_indexes,
        paths_repaired=tuple((path.before, path.after) for path in plan.paths),
        missing_files=plan.missing,
        notices=(*found.notices, *plan.notices),
    )


@contextmanager
def _quiet_triggers(cursor: sqlite3.Cursor) -> Iterator[None]:
    """Other programs' triggers do not fire for what adoption does; afterwards they stand as they stood."""
    stood = cursor.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name NOT LIKE 'musings\\_%' ESCAPE '\\'"
        " AND lower(tbl_name) IN ('prompts', 'prompt_artifacts') ORDER BY rowid"
    ).fetchall()
    for name, _ in stood:
        cursor.execute(f"DROP TRIGGER {quoted(name)}")
    # Not in a ``finally``: after an error the transaction is rolled back, which brings them back by itself.
    yield
    for _, sql in stood:
        cursor.execute(sql)


def _rebuild(path: Path, cursor: sqlite3.Cursor, indexes: tuple[str, ...]) -> None:
    """Make the indexes anew from their tables, and look again."""
    if not indexes:
        return
    try:
        # All of them: the names in the findings are not always complete.
        cursor.execute("REINDEX")
        left = copying.integrity_of(cursor.execute)
    except sqlite3.Error as error:
        left = (str(error),)
    if left:
        raise CorruptError(
            f"The indexes of {path} ({', '.join(indexes)}) are damaged and could not be rebuilt: {left[0]}.",
            hint="It was not changed. Restore the latest backup, or save its rows with `sqlite3 FILE .recover`.",
        )


def _check_rows(path: Path, cursor: sqlite3.Cursor, found: Recognised) -> None:
    """No table that was there may have lost a row, but one whose rows a migration moves to other tables."""
    now = recognition.rows_of(cursor, found.columns)
    # More rows are no fault: a migration may add some, for example by a trigger of another program.
    lost = [name for name, count in found.rows.items() if now[name] < count and name not in ROWS_MOVE]
    if lost:
        raise StoreError(
            f"Adopting {path} would have removed rows of {', '.join(lost)}; it was left as it was.",
            hint="That is a fault of Musings: please report it, with the output of `musings migrate --dry-run --json`.",
        )


def _rehearse_work(path: Path, connection: Connection) -> None:
    """Write what Musings will write, and take it back: a constraint or a trigger that forbids it is found now."""
    cursor = _cursor(connection)
    # A savepoint and not a transaction: it is taken back alone, inside the transaction of the adoption.
    cursor.execute("SAVEPOINT musings_rehearsal")

    def work() -> None:
        cursor.execute(
            "INSERT INTO prompts (prompt_text, prompt_type, status) VALUES ('rehearsal', 'image', 'pending')"
        )
        number = cursor.lastrowid
        # Each status, because a CHECK constraint may allow only the words of the owner's own program.
        for status in PromptStatus:
            cursor.execute(
                "UPDATE prompts SET status = ?, artifact_status = 'ready', processing_duration = 0.5 WHERE id = ?",
                (status.value, number),
            )
        for name in KIND_OF_TYPE:
            cursor.execute("UPDATE prompts SET prompt_type = ? WHERE id = ?", (name, number))
        cursor.execute(
            "INSERT INTO prompt_artifacts (prompt_id, artifact_type, file_path) VALUES (?, 'image', 'a')", (number,)
        )
        for _ in range(2):  # the same words again are a writing of their own
            writings.insert_writing(connection, Writing("rehearsal", "a rehearsal", "poem"))

    _explaining(path, work)
    cursor.execute("ROLLBACK TO musings_rehearsal")
    cursor.execute("RELEASE musings_rehearsal")


def _explaining(path: Path, act: Callable[[], Done]) -> Done:
    """Run what may meet another program's constraint, trigger or table, and say so in words."""
    try:
        return act()
    except (exc.DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, exc.DBAPIError) else error
        # The driver's name and not the words, which change from version to version.
        if not str(getattr(cause, "sqlite_errorname", "")).startswith(REFUSALS):
            raise
        raise SchemaError(
            f"The tables of {path} refuse what Musings writes: {cause}.",
            hint="Remove the constraint, trigger or table that says so, then again. The file was not changed.",
        ) from error


# A running worker of another version has its statements ready and would go on with the old tables.
def _refuse_busy(path: Path) -> None:
    if runner_is_alive(lock_path(str(path))):
        raise LockedError(f"A worker of another version is at work on {path}.", hint="Stop it, then again.")


def _path_of(database: Database) -> Path:
    if database.path is None:
        raise StoreError("A database in memory has nothing to adopt.")
    return database.path


def _cursor(connection: Connection) -> sqlite3.Cursor:
    """The driver's own cursor, in the same transaction."""
    return cast(sqlite3.Cursor, connection.connection.cursor())
