"""How an SQLite file is opened. Real files; other programs are real processes."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from musings.errors import BusyError
from musings.sqlite import schema
from musings.sqlite.database import open_database, sqlite_of
from musings.store.database import Database


@contextmanager
def holding(path: Path, statement: str) -> Iterator[None]:
    """Another process that has run ``statement`` on the database and keeps its transaction open meanwhile."""
    program = (
        "import sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute(sys.argv[2])\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(path), statement], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        yield


def test_every_connection_has_the_same_pragmas(database: Database) -> None:
    wanted = {"foreign_keys": 1, "synchronous": 2, "journal_mode": "wal", "busy_timeout": 15_000, "temp_store": 2}
    with database.read() as one, database.read() as two, database.write() as three:
        for connection in (one, two, three):
            found = {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in wanted}
            assert found == wanted


def test_a_relaxed_write_leaves_nothing_behind(database: Database) -> None:
    said = text("PRAGMA synchronous")
    for relaxed, wanted in ((True, 1), (False, 2), (True, 1), (False, 2)):
        with database.write(relaxed=relaxed) as connection:
            assert connection.execute(said).scalar_one() == wanted
    sqlite_of(database).journal_mode = "delete"  # where it could damage the file
    with database.write(relaxed=True) as connection:
        assert connection.execute(said).scalar_one() == 2


def test_a_rollback_journal_is_used_where_wal_is_not(tmp_path: Path) -> None:
    database = open_database(tmp_path / "musings.db")
    sqlite_of(database).journal_mode = "delete"  # what a network mount decides
    schema.ensure(database)
    with database.read() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "delete"
    assert sqlite_of(database).journal_mode == "delete"
    database.close()


@pytest.mark.parametrize("name", ["a b.db", "what?.db", "100%25.db", "#1.db", "ünï.db", "file:x.db"])
def test_any_file_name_is_the_name_of_that_file(tmp_path: Path, name: str) -> None:
    database = open_database(tmp_path / name)
    schema.ensure(database)
    database.close()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_database_held_by_another_process_is_busy_within_its_time(database: Database) -> None:
    path = database.path
    assert path is not None
    impatient = open_database(path, busy_seconds=0.05)
    with holding(path, "BEGIN IMMEDIATE"):
        with pytest.raises(BusyError, match="held by another program"), impatient.write():
            pass
        with impatient.read() as connection:  # WAL: readers go on
            assert connection.execute(text("SELECT count(*) FROM prompts")).scalar_one() == 0
    with impatient.write():
        pass
    impatient.close()
