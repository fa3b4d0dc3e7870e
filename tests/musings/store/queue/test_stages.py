"""Rows between two stages, and the migration that serves them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from musings.models import Kind, NewPrompt, PromptStatus, Writing
from musings.sqlite import due, schema
from musings.sqlite.database import open_database
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import claims, in_flight, recovery, stages, submission


def waiting(database: Database, **changes: object) -> int:
    values = {
        "prompt_text": "a fox",
        "prompt_type": "image_prompt",
        "status": "completed",
        "artifact_status": "pending",
        "output_reference": 1,
        "completed_at": "2025-01-01 10:00:00",
        **changes,
    }
    with closing(sqlite3.connect(database.path or "")) as connection, connection:
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        cursor = connection.execute(f"INSERT INTO prompts ({names}) VALUES ({marks})", tuple(values.values()))
        return int(cursor.lastrowid or 0)


def test_a_waiting_row_is_queued_again_with_its_writing(database: Database) -> None:
    row = waiting(database)
    assert database.writing(stages.take_up, 3) == 1
    found = database.reading(prompts.get, row)
    assert (found.status, found.output_reference, found.max_attempts) == (PromptStatus.PENDING, 1, 3)
    assert found.completed_at is None
    assert database.writing(stages.take_up, 3) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"prompt_type": "poetry"},
        {"prompt_type": "image"},
        {"artifact_status": "ready"},
        {"output_reference": None},
        {"status": "failed"},
        {"deleted_at": "2025-01-01 10:00:00"},
    ],
)
def test_other_rows_are_left_alone(database: Database, changes: dict[str, object]) -> None:
    waiting(database, **changes)
    assert database.writing(stages.take_up, 3) == 0


def test_the_look_costs_nothing_among_many_completed_rows(database: Database) -> None:
    for where in (stages.BETWEEN.text, due.BETWEEN):
        with database.read() as connection:
            plan = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN SELECT id FROM prompts INDEXED BY musings_prompts_between WHERE {where} LIMIT 1"
            ).all()
        assert "USING INDEX musings_prompts_between" in str(plan)
    with database.read() as connection:
        asked = stages.WAITING_BETWEEN.compile(connection)
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}").all()
    assert "USING INDEX musings_prompts_between" in str(plan)


def test_a_kept_writing_falls_with_the_fence(database: Database) -> None:
    database.writing(submission.add, NewPrompt("a fox", "image_prompt"))
    claimed = database.writing(claims.claim, [Kind.IMAGE])
    assert claimed is not None
    database.writing(recovery.recover, 3)
    assert database.writing(in_flight.keep_writing, claimed, Writing("t", "c", "image_prompt")) is None
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM writings").scalar() == 0


def test_an_owners_tags_and_full_text_survive(tmp_path: Path) -> None:
    path = tmp_path / "owned.db"
    with closing(sqlite3.connect(path)) as old, old:
        old.executescript(
            """
            CREATE TABLE writings (id INTEGER PRIMARY KEY, title TEXT, content TEXT);
            CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT UNIQUE, colour TEXT);
            CREATE TABLE writing_tags (writing_id INTEGER, tag_id INTEGER, PRIMARY KEY (writing_id, tag_id));
            CREATE VIRTUAL TABLE writings_fts USING fts5(title, content, content='writings', content_rowid='id');
            CREATE TRIGGER writings_ai AFTER INSERT ON writings BEGIN
              INSERT INTO writings_fts(rowid, title, content) VALUES (new.id, new.title, new.content); END;
            INSERT INTO writings VALUES (7, 'Tide', 'the sea comes in');
            INSERT INTO tags VALUES (3, 'sea', 'blue');
            INSERT INTO writing_tags VALUES (7, 3);
            """
        )
    database = open_database(path)
    schema.ensure(database)
    schema.ensure(database)
    database.close()
    with closing(sqlite3.connect(path)) as now, now:
        assert now.execute("SELECT colour, tag_type FROM tags").fetchall() == [("blue", None)]
        now.execute("INSERT INTO writings (title, content) VALUES ('Ebb', 'the sea goes out')")
        for table in ("writings_fts", "musings_writings_fts"):
            found = now.execute(f"SELECT rowid FROM {table} WHERE {table} MATCH 'sea' ORDER BY rowid").fetchall()
            assert found == [(7,), (8,)]
