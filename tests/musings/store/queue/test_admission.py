"""Rows that other programs insert with plain SQL: taken in, or refused aloud, never ignored."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from musings.models import Kind, NewPrompt, Prompt
from musings.requests.intake import unknown_type
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import claims, endings, submission
from musings.store.queue.admission import EMPTY_TEXT, OUTSIDE, UNKNOWN_TYPE, admit


def insert(database: Database, **values: object) -> int:
    """What `sqlite3` in a shell does; returns the row's id."""
    values = {"prompt_text": "a fox", **values}
    with closing(sqlite3.connect(str(database.path))) as plain, plain:
        made = plain.execute(
            f"INSERT INTO prompts ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})", tuple(values.values())
        )
        return int(made.lastrowid or 0)


def admitted(database: Database, **values: object) -> Prompt:
    made = insert(database, **values)
    assert database.writing(admit, 4) == 1
    assert database.writing(admit, 4) == 0
    return database.reading(prompts.get, made)


@pytest.mark.parametrize("status", ["pending", "unprocessed", "queued", None])
def test_every_word_for_waiting_is_taken_in(database: Database, status: str | None) -> None:
    taken = admitted(database, status=status, prompt_type="image")
    assert (taken.status, taken.max_attempts, taken.artifact_status) == ("pending", 4, "pending")
    claimed = database.writing(claims.claim, list(Kind))
    assert claimed is not None
    assert claimed.id == taken.id


def test_the_least_that_can_be_inserted(database: Database) -> None:
    taken = admitted(database)
    assert (taken.prompt_type, taken.kind, taken.priority, taken.artifact_status) == ("text", Kind.TEXT, 5, None)
    assert taken.created_at is not None


def test_nulls_get_their_defaults(database: Database) -> None:
    taken = admitted(database, prompt_type=None, priority=None, created_at=None, metadata=None)
    assert (taken.prompt_type, taken.priority, taken.created_at is not None) == ("text", 5, True)


@pytest.mark.parametrize(
    ("given", "kept"),
    [(1, 1), (10, 10), (0, 1), (-7, 1), (99, 10), (2**62, 10), ("high", 5), ("3", 3), (2.7, 2), (1e300, 10), (b"1", 5)],
)
def test_a_priority_that_is_none_becomes_one(database: Database, given: object, kept: int) -> None:
    assert admitted(database, priority=given).priority == kept
    assert database.writing(claims.claim, list(Kind)) is not None


@pytest.mark.parametrize("prompt_type", ["painting", "", "IMAGE", " image", b"\xff", 7])
def test_an_unknown_type_fails_with_the_list(database: Database, prompt_type: object) -> None:
    refused = admitted(database, prompt_type=prompt_type)
    assert (refused.status, refused.error_message, refused.artifact_status) == ("failed", UNKNOWN_TYPE, "error")
    assert "lyrics_prompt" in UNKNOWN_TYPE
    assert UNKNOWN_TYPE.endswith(unknown_type("x").partition(" ")[2] + ".")  # the same words as at submission


@pytest.mark.parametrize("words", ["", " ", "\n\t "])
def test_an_empty_text_fails_with_a_message(database: Database, words: str) -> None:
    refused = admitted(database, prompt_text=words)
    assert (refused.status, refused.error_message, refused.artifact_status) == ("failed", EMPTY_TEXT, None)


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled", "processing", "archived"])
def test_what_does_not_wait_is_left_alone(database: Database, status: str) -> None:
    insert(database, status=status)
    assert database.writing(admit, 3) == 0


@pytest.mark.parametrize("status", ["unprocessed", "queued", None])
def test_a_row_set_back_by_hand_is_tried_anew(database: Database, status: str | None) -> None:
    made, _ = database.writing(submission.add, NewPrompt("a fox", "image", max_attempts=1))
    claimed = database.writing(claims.claim, list(Kind))
    assert claimed is not None
    database.writing(endings.fail, claimed, error="no", error_class="UserFault", seconds=0, log="")
    with closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.execute("UPDATE prompts SET status = ? WHERE id = ?", (status, made.id))
    assert database.writing(admit, 3) == 1
    again = database.reading(prompts.get, made.id)
    assert (again.status, again.attempt, again.attempts_used, again.max_attempts) == ("pending", 1, 0, 1)
    assert database.writing(claims.claim, list(Kind)) is not None


def test_a_type_that_is_changed_while_waiting_is_looked_at_again(database: Database) -> None:
    made, _ = database.writing(submission.add, NewPrompt("a fox", "image"))
    with closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.execute("UPDATE prompts SET prompt_type = 'painting'")
    assert database.writing(admit, 3) == 1
    assert database.reading(prompts.get, made.id).status == "failed"


def test_what_the_api_adds_needs_no_admission(database: Database) -> None:
    database.writing(submission.add, NewPrompt("a fox", "image"))
    assert database.writing(admit, 3) == 0


def test_looking_for_such_rows_reads_only_their_index(database: Database) -> None:
    with database.read() as connection:
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {OUTSIDE.compile(connection)}")).all()
    assert "USING INDEX musings_prompts_outside" in str(plan)
