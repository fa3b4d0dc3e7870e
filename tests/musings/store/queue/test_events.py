"""The journal of changes: written by triggers, so that no writer can forget it."""

import sqlite3
from contextlib import closing

import pytest

from musings.models import Kind, NewPrompt
from musings.store.database import Database
from musings.store.queue import claims, endings, events, in_flight, pause, submission


def told(database: Database, after: int = 0) -> list[tuple[str, int | None]]:
    return [(each.event, each.prompt_id) for each in events.after(database, after)]


def test_each_change_of_a_prompt_is_an_event(database: Database) -> None:
    made, _ = submission.add(database, NewPrompt("a fox", "image"))
    taken = claims.claim(database, list(Kind))
    assert taken is not None
    in_flight.report_progress(database, made.id, 1, {"value": 1})
    endings.complete(database, taken, artifacts=[], writing=None, seconds=1, log="")
    assert told(database) == [("prompt", 1), ("prompt", 1), ("progress", 1), ("prompt", 1)]
    assert [each.data for each in events.after(database, 2, 1)] == ['{"value": 1}']


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
    submission.add(database, NewPrompt("a fox", "image"))
    last = events.last_id(database)
    with closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.execute(statement)
    assert [name for name, _ in told(database, last)] == ["prompt"]


def test_what_the_runner_notes_for_itself_is_none(database: Database) -> None:
    submission.add(database, NewPrompt("a fox", "image"))
    claims.claim(database, list(Kind))
    last = events.last_id(database)
    in_flight.describe_attempt(database, 1, 1, backend="sketch", parameters={})
    in_flight.announce_directory(database, 1, 1, "image/1_20260101T000000")
    in_flight.started_outside(database, 1, 1, "job")
    assert told(database, last) == []


def test_pausing_is_one(database: Database) -> None:
    pause.set_paused(database, True)
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
    assert events.forget_old(database) == 200
    assert events.first_id(database) == 201
    last = events.last_id(database)
    with closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.execute("DELETE FROM prompt_events")
    events.tell(database, "preview", 1, "{}")
    assert events.last_id(database) == last + 1


def test_the_journal_keeps_its_newest(database: Database) -> None:
    with closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.executemany("INSERT INTO prompt_events (event) VALUES (?)", [("prompt",)] * (events.KEPT + 50))
    assert events.forget_old(database) == 50
    assert events.forget_old(database) == 0
    assert events.first_id(database) == 51


def test_an_empty_journal(database: Database) -> None:
    assert (events.first_id(database), events.last_id(database), told(database)) == (0, 0, [])
