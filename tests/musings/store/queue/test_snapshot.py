"""One look at the queue says what a claim would meet."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta

import pytest

from musings.models import Kind, NewPrompt
from musings.store import times
from musings.store.database import Database
from musings.store.queue import pause, snapshot, submission
from musings.store.queue.claims import Recipe
from musings.store.queue.snapshot import Snapshot

NOTHING = Snapshot(left=False, is_paused=False, kind=None)


def look(database: Database, *kinds: Kind, without: Sequence[Recipe] = (), only: int | None = None) -> Snapshot:
    return database.reading(snapshot.look, kinds or tuple(Kind), without=without, only=only)


def test_an_empty_queue(database: Database) -> None:
    assert look(database) == NOTHING


def test_the_kind_of_what_is_next(database: Database) -> None:
    database.writing(submission.add, NewPrompt("a fox", "poem", priority=9))
    image, _ = database.writing(submission.add, NewPrompt("a fox", "image", workflow="fox", priority=1))
    assert look(database).kind is Kind.IMAGE
    assert look(database, Kind.TEXT, Kind.MUSIC).kind is Kind.TEXT
    assert look(database, without=((Kind.IMAGE, "fox"),)).kind is Kind.TEXT
    assert look(database, Kind.IMAGE, without=((Kind.IMAGE, "fox"),)) == NOTHING
    assert look(database, only=image.id).kind is Kind.IMAGE
    assert look(database, only=image.id + 1) == NOTHING


def test_what_waits_for_its_time_is_not_next(database: Database) -> None:
    database.writing(submission.add, NewPrompt("a fox", "poem"))
    with database.write() as connection:
        at = (times.now() + timedelta(hours=1)).strftime(times.FORMAT)
        connection.exec_driver_sql("UPDATE prompts SET next_attempt_at = ?", (at,))
    assert look(database) == NOTHING


def test_a_pause(database: Database) -> None:
    database.writing(pause.set_paused, True)
    assert look(database) == Snapshot(left=False, is_paused=True, kind=None)
    database.writing(pause.set_paused, False)
    assert look(database) == NOTHING


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        ("prompt_text, status", ("a fox", None)),
        ("prompt_text, status", ("a fox", "queued")),
        ("prompt_text, status, prompt_type", ("a fox", "pending", "painting")),
        (
            "prompt_text, status, prompt_type, artifact_status, output_reference",
            ("a fox", "completed", "image_prompt", "pending", 1),
        ),
    ],
)
def test_what_other_programs_left(database: Database, columns: str, values: tuple[object, ...]) -> None:
    with closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.execute(f"INSERT INTO prompts ({columns}) VALUES ({', '.join('?' * len(values))})", values)
    assert look(database).left


def test_every_part_goes_along_an_index_of_its_own(database: Database) -> None:
    query = snapshot._query(tuple(Kind), (), None).params(now=times.now())
    with database.read() as connection:
        plan = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {query.compile(connection, compile_kwargs={'literal_binds': True})}"
        ).all()
    said = "\n".join(str(line.detail) for line in plan)
    assert all(f"musings_prompts_{index}" in said for index in ("outside", "between", "queue")), said
    assert "SCAN prompts\n" not in f"{said}\n"
    assert "USE TEMP B-TREE" not in said
