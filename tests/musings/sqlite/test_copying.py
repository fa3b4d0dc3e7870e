"""Copies of a database that others write to: whole and checked, or not there."""

import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from musings.errors import CorruptError, DiskFullError, StoreError
from musings.sqlite import copying
from tests.musings.sqlite import old_databases as old

NOW = datetime(2026, 11, 22, 10, 15, tzinfo=UTC)


def test_a_copy_aside_has_its_time_in_its_name(tmp_path: Path) -> None:
    path = old.build(tmp_path / "my [odd] %20 name.db", old.with_artifacts)

    first, second = (copying.copy_aside(path, "before-0002", NOW) for _ in range(2))

    assert first.name == "my [odd] %20 name.before-0002-20261122T101500Z.db"
    assert second.name == "my [odd] %20 name.before-0002-20261122T101500Z_2.db"
    assert old.contents(first) == old.contents(second) == old.contents(path)
    assert sorted(tmp_path.iterdir()) == sorted([path, first, second])


def test_what_a_killed_copy_left_goes(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.plain)
    left = tmp_path / ".owner.before-0002-20261121T000000Z.db.partial"
    left.write_bytes(b"half")

    copying.copy_aside(path, "before-0002", NOW)

    assert not left.exists()


def test_what_waits_in_the_write_ahead_log_is_copied(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.write_ahead)
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute("INSERT INTO prompts (prompt_text) VALUES ('only in the log')")
        writer.commit()
        copy = copying.copy_aside(path, "before-0002", NOW)
        assert path.with_name(path.name + "-wal").stat().st_size > 0
    with old.opened(copy) as connection:
        found = connection.execute("SELECT count(*) FROM prompts WHERE prompt_text = 'only in the log'").fetchone()
    assert found == (1,)


def test_a_copy_while_somebody_writes_is_one_moment(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.write_ahead)
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as writer:
            while not stop.is_set():
                writer.execute("BEGIN IMMEDIATE")
                writer.execute("INSERT INTO prompts (prompt_text) VALUES ('a pair')")
                writer.execute("INSERT INTO prompts (prompt_text) VALUES ('a pair')")
                writer.execute("COMMIT")

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for number in range(5):
            copying.write_copy(path, tmp_path / f"{number}.db")
    finally:
        stop.set()
        writing.join()
    for number in range(5):
        with old.opened(tmp_path / f"{number}.db") as connection:
            [count] = connection.execute("SELECT count(*) FROM prompts WHERE prompt_text = 'a pair'").fetchone()
        assert count % 2 == 0


def test_a_copy_with_other_findings_than_its_source_is_not_kept(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.plain)
    with pytest.raises(CorruptError, match="does not pass its check"):
        copying.write_copy(path, tmp_path / "copy.db", expected=("row 1 missing from index odd",))
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.plain)
    with pytest.raises(StoreError, match="cannot be opened"):
        copying.write_copy(path, tmp_path / "nowhere" / "copy.db")


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, small_disk: Path) -> None:
    def large(connection: sqlite3.Connection) -> None:
        old.plain(connection)
        connection.execute("CREATE TABLE large AS SELECT zeroblob(4000000) AS filler")

    path = old.build(tmp_path / "owner.db", large)
    with pytest.raises(DiskFullError, match="full"):
        copying.write_copy(path, small_disk / "copy.db")
    assert list(small_disk.iterdir()) == []
