"""What a file is, and what cannot be adopted: damage, other programs, newer versions."""

import os
from pathlib import Path

import pytest

from musings.errors import CorruptError, SchemaError
from musings.sqlite import adoption, copying, schema
from tests.musings.sqlite import old_databases as old
from tests.musings.sqlite.adopting import adopt, damage_index, refused


def test_a_damaged_index_is_rebuilt(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.forgotten_things)
    damage_index(path, "by_status")
    assert copying.integrity(path)

    report = adopt(path)

    assert "by_status" in report.indexes_rebuilt
    assert copying.integrity(path) == ()
    assert report.backup is not None
    assert copying.integrity(report.backup) != ()


def test_a_damaged_index_of_an_adopted_database_is_rebuilt_too(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.forgotten_things)
    adopt(path)
    damage_index(path, "musings_prompts_queue")

    report = adopt(path)

    assert "musings_prompts_queue" in report.indexes_rebuilt
    assert copying.integrity(path) == ()


def test_a_unique_index_over_rows_that_are_not_is_refused(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)
    with old.opened(path) as connection:
        connection.execute("CREATE INDEX once ON writings (content_type)")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = 'CREATE UNIQUE INDEX once ON writings (content_type)' WHERE name = 'once'"
        )
    refused(path, CorruptError, "once")


def test_damage_to_a_table_is_refused(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)
    with old.opened(path) as connection:
        page_size = connection.execute("PRAGMA page_size").fetchone()[0]
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'writings'").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((root - 1) * page_size)
        file.write(os.urandom(page_size))
    refused(path, CorruptError, "damaged")


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "owner.db"
    path.write_text("Dear diary, " * 500)
    refused(path, CorruptError, "not an SQLite database")


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    refused(path, CorruptError, "damaged")


def test_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)
    adopt(path)
    with old.opened(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("UPDATE musings_schema SET version_num = '9999'")
    refused(path, SchemaError, "newer Musings")


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ("CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url TEXT)", "belongs to another program"),
        ("CREATE VIEW prompts AS SELECT 1 AS id, 'x' AS prompt_text", "is a view"),
        ("CREATE TABLE prompts (id INTEGER PRIMARY KEY, words TEXT)", "no column prompt_text"),
        ("CREATE TABLE prompts (id INTEGER, prompt_text TEXT)", "not the primary key"),
        (
            "CREATE TABLE prompts (id INTEGER PRIMARY KEY, prompt_text TEXT);"
            "CREATE TABLE workers (name TEXT, wages REAL)",
            "the table workers has no column",
        ),
        (
            "CREATE TABLE prompts (id INTEGER PRIMARY KEY, prompt_text TEXT, status TEXT CHECK (status IN ('todo')))",
            "refuse what Musings writes: CHECK constraint failed",
        ),
        (
            "CREATE TABLE prompts (id INTEGER PRIMARY KEY, prompt_text TEXT, owner TEXT NOT NULL)",
            "refuse what Musings writes: NOT NULL",
        ),
        (
            "CREATE TABLE prompts (id INTEGER PRIMARY KEY, prompt_text TEXT, status TEXT CHECK (status <> 'pending'));"
            "INSERT INTO prompts VALUES (1, 'a fox', 'processing')",
            "owner.db refuse what Musings writes: CHECK constraint failed",
        ),
        (
            "CREATE TABLE prompts (id INTEGER PRIMARY KEY, prompt_text TEXT, status TEXT);"
            "CREATE TABLE gone (a); CREATE TRIGGER tell AFTER UPDATE ON prompts BEGIN INSERT INTO gone VALUES (1); END;"
            "DROP TABLE gone",
            "refuse what Musings writes: no such table",
        ),
    ],
)
def test_what_cannot_work_is_refused(tmp_path: Path, made: str, words: str) -> None:
    path = tmp_path / "owner.db"
    with old.opened(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")  # so that opening it alone changes no byte
        connection.executescript(made)
    refused(path, SchemaError, words)
    with pytest.raises(SchemaError, match=words) as rehearsed:
        adoption.rehearse(path, schema.HEAD)
    assert "copy.db" not in str(rehearsed.value), "it names the file that is asked about"
