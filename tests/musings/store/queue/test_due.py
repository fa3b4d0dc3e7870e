"""Whatever makes a prompt due tells the engine so, within the transaction that does."""

import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection, select

from musings.models import Kind, NewPrompt, Prompt
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import trash
from musings.store.queue import (
    accounts,
    admission,
    cancellation,
    claims,
    due,
    endings,
    pause,
    recovery,
    retries,
    stages,
    submission,
)
from musings.store.tables import prompts


@dataclass
class Recorder:
    """An engine that remembers what it was told, with the status that the row had for the same connection."""

    told: list[tuple[int, str | None]] = field(default_factory=list)

    def enqueue(self, connection: Connection, prompt_ids: Collection[int]) -> None:
        assert connection.in_transaction()
        status = select(prompts.c.id, prompts.c.status).where(prompts.c.id.in_(prompt_ids))
        found = {row.id: row.status for row in connection.execute(status)}
        self.told += [(each, found[each]) for each in prompt_ids]


@pytest.fixture
def recorder(database: Database) -> Recorder:
    made = Recorder()
    due.attach(database, made)
    return made


def claimed(database: Database) -> Prompt:
    database.writing(submission.add, NewPrompt("a fox", "poem"))
    found = database.writing(claims.claim, list(Kind))
    assert found is not None
    return found


def add(database: Database) -> Callable[[Connection], object]:
    return lambda connection: submission.add(connection, NewPrompt("a fox", "poem"))


def retry(database: Database) -> Callable[[Connection], object]:
    made, _ = database.writing(submission.add, NewPrompt("a fox", "poem"))
    database.writing(cancellation.cancel, made.id)
    return lambda connection: retries.retry(connection, made.id)


def retry_all(database: Database) -> Callable[[Connection], object]:
    database.writing(endings.fail, claimed(database), error="x", error_class="x", seconds=1.0, log="")
    return retries.retry_all_failed


def put_back(database: Database) -> Callable[[Connection], object]:
    held, ended = claimed(database), {"error": "x", "error_class": "x", "seconds": 1.0, "log": ""}
    return lambda connection: endings.put_back(connection, held, at=times.now(), **ended)  # type: ignore[arg-type]


def release(database: Database) -> Callable[[Connection], object]:
    held = claimed(database)
    return lambda connection: endings.release(connection, held, 1.0, "")


def admit(database: Database) -> Callable[[Connection], object]:
    with closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.execute("INSERT INTO prompts (prompt_text, status) VALUES ('a fox', 'queued')")
    return lambda connection: admission.admit(connection, 3)


def take_up(database: Database) -> Callable[[Connection], object]:
    with closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.execute(
            "INSERT INTO prompts (prompt_text, prompt_type, status, artifact_status, output_reference)"
            " VALUES ('a fox', 'image_prompt', 'completed', 'pending', 1)"
        )
    return lambda connection: stages.take_up(connection, 3)


def recover(database: Database) -> Callable[[Connection], object]:
    claimed(database)
    return lambda connection: recovery.recover(connection, 3)


def restore(database: Database) -> Callable[[Connection], object]:
    made, _ = database.writing(submission.add, NewPrompt("a fox", "poem"))
    database.writing(trash.discard, made.id)
    return lambda connection: trash.restore(connection, made.id, 30)


def resume(database: Database) -> Callable[[Connection], object]:
    database.writing(submission.add, NewPrompt("a fox", "poem"))
    database.writing(pause.set_paused, True)
    return lambda connection: pause.set_paused(connection, False)


def hasten(database: Database) -> Callable[[Connection], object]:
    held, ended = claimed(database), {"error": "x", "error_class": "x", "seconds": 1.0, "log": ""}
    later = times.now().replace(year=2999)
    database.writing(endings.put_back, held, at=later, waits_for="server", **ended)  # type: ignore[arg-type]
    return lambda connection: accounts.hasten(connection, ["server"])


@pytest.mark.parametrize(
    "prepared", [add, retry, retry_all, put_back, release, admit, take_up, recover, restore, resume, hasten]
)
def test_what_makes_a_prompt_due_tells_the_engine(
    database: Database, recorder: Recorder, prepared: Callable[[Database], Callable[[Connection], object]]
) -> None:
    act = prepared(database)
    recorder.told.clear()
    before = database.reading(_rows)

    def undone(connection: Connection) -> None:
        act(connection)
        assert recorder.told == [(1, "pending")], "told within the transaction, of the row as it is then"
        assert database.reading(_rows) == before, "which nobody else sees yet"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.writing(undone)
    assert database.reading(_rows) == before
    recorder.told.clear()
    database.writing(act)
    assert recorder.told == [(1, "pending")]


@pytest.mark.parametrize("act", [lambda c: cancellation.cancel(c, 1), lambda c: pause.set_paused(c, True)])
def test_what_does_not_make_one_due_tells_nothing(
    database: Database, recorder: Recorder, act: Callable[[Connection], object]
) -> None:
    database.writing(submission.add, NewPrompt("a fox", "poem"))
    recorder.told.clear()
    database.writing(act)
    assert recorder.told == []


def test_without_an_engine_nobody_is_told_and_nothing_is_asked(database: Database) -> None:
    asked: list[int] = []
    ids = (asked.append(each) or each for each in [1])  # type: ignore[func-returns-value]
    assert due.attached(database) is None
    database.writing(due.enqueue, ids)
    assert asked == []


def test_the_engine_that_is_attached_is_found(database: Database, recorder: Recorder) -> None:
    assert due.attached(database) is recorder


def _rows(connection: Connection) -> list[tuple[object, ...]]:
    columns = (prompts.c.id, prompts.c.status, prompts.c.deleted_at, prompts.c.next_attempt_at)
    return [tuple(row) for row in connection.execute(select(*columns))]
