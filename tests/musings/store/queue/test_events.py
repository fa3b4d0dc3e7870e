"""The journal of changes: written by triggers, so that no writer can forget it."""

import sqlite3
from contextlib import closing

import pytest

from musings.models import Kind, NewPrompt
from musings.store.database import Database
from musings.store.queue import claims, endings, events, in_flight, pause, submission


def told(database: Database, after: int = 0) -> list[tuple[str, int | None]]:
    return [(each.event, each.prompt_id) for each in database.reading(events.after, after)]


def test_each_change_of_a_prompt_is_an_event(database: Database) -> None:
    made, _ = database.writing(submission.add, NewPrompt("a fox", "image"))
    taken = database.writing(claims.claim, list(Kind))
    assert taken is not None
    database.writing(in_flight.report_progress, made.id, 1, {"value": 1})
    database.writing(endings.complete, taken, artifacts=[], writing=None, seconds=1, log="")
    assert told(database) == [("prompt", 1), ("prompt", 1), ("progress", 1), ("prompt", 1)]
    assert [each.data for each in database.reading(events.after, 2, 1)] == ['{"value": 1}']


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO prompts (prompt_text) VALUES ('y')",
        "UPDATE prompts SET status = 'failed'",
        "UPDATE prompts SET priority = 1",
        "UPDATE prompts SET deleted_at = '2026-01-01'",
        "DELETE FROM prompts",
    ],
)
def test_other_programs_cannot_change_a_prompt_silently(database: Database, statement: str) -> None:
    database.writing(submission.add, NewPrompt("a fox", "image"))
    last = database.reading(events.last_id)
    with closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.execute(statement)
    assert [name for name, _ in told(database, last)] == ["prompt"]


def test_what_the_runner_notes_for_itself_is_none(database: Database) -> None:
    database.writing(submission.add, NewPrompt("a fox", "image"))
    database.writing(claims.claim, list(Kind))
    last = database.reading(events.last_id)
    database.writing(in_flight.begin, 1, 1, backend="sketch", parameters={})
    database.writing(in_flight.announce, 1, 1, "image/1_20260101T000000")
    database.writing(in_flight.started_outside, 1, 1, "job")
    assert told(database, last) == []


def test_pausing_is_one(database: Database) -> None:
    database.writing(pause.set_paused, True)
    assert told(database) == [("queue", None)]


def test_a_change_that_did_not_happen_leaves_none(database: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError), closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.executescript(
            "BEGIN; INSERT INTO prompts (prompt_text) VALUES ('y'); INSERT INTO prompts (id) VALUES (9);"
        )
    assert told(database) == []


def test_old_events_and_previews_are_forgotten_and_ids_never_come_back(database: Database) -> None:
    with closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.executemany("INSERT INTO prompt_events (event) VALUES (?)", [("preview",)] * 300 + [("prompt",)] * 100)
    assert database.writing(events.forget_old) == 200
    assert database.reading(events.first_id) == 201
    last = database.reading(events.last_id)
    with closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.execute("DELETE FROM prompt_events")
    database.writing(events.tell, "preview", 1, "{}")
    assert database.reading(events.last_id) == last + 1


def test_the_journal_keeps_its_newest(database: Database) -> None:
    with closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.executemany("INSERT INTO prompt_events (event) VALUES (?)", [("prompt",)] * (events.KEPT + 50))
    assert database.writing(events.forget_old) == 50
    assert database.writing(events.forget_old) == 0
    assert database.reading(events.first_id) == 51


def test_an_empty_journal(database: Database) -> None:
    assert (database.reading(events.first_id), database.reading(events.last_id), told(database)) == (0, 0, [])
