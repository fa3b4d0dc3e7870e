"""Several workers of one queue, on one host or more."""

import os
import socket

from sqlalchemy import text

from musings import process
from musings.engine.liveness import is_alive
from musings.models import Kind, NewPrompt
from musings.store.database import Database
from musings.store.queue import claims, submission, workers
from musings.store.queue.workers import WorkerIdentity, WorkerRow
from musings.views.present import worker_state


def signed_in(database: Database, worker_id: str, pid: str, *, host: str | None = None, ago: int = 0) -> None:
    database.writing(workers.sign_in, worker_id, pid, "text")
    with database.write() as connection:
        connection.execute(
            text(
                "UPDATE workers SET host = coalesce(:host, host),"
                " heartbeat_at = strftime('%Y-%m-%d %H:%M:%f', 'now', :ago) WHERE id = :id"
            ),
            {"host": host, "ago": f"-{ago} seconds", "id": worker_id},
        )


def test_all_that_signed_in_the_latest_heard_of_first(database: Database) -> None:
    assert database.reading(workers.known) == []
    signed_in(database, "one", "1:1", ago=3)
    signed_in(database, "two", "2:2", ago=1)
    signed_in(database, "three", "3:3", ago=2)
    assert [each.id for each in database.reading(workers.known)] == ["two", "three", "one"]
    latest = database.reading(workers.latest)
    assert latest is not None
    assert latest.id == "two"


def test_the_one_that_is_alive_speaks_for_all(database: Database) -> None:
    def lives(row: WorkerRow) -> bool:
        return row.id == "one"

    assert database.reading(workers.foremost, lives) is None
    signed_in(database, "two", "2:2")
    assert getattr(database.reading(workers.foremost, lives), "id", None) == "two"
    signed_in(database, "one", "1:1", ago=5)
    assert getattr(database.reading(workers.foremost, lives), "id", None) == "one"


def test_a_dead_worker_does_not_hide_one_that_works(database: Database) -> None:
    dead = "999999:1"  # of this host, where no such process is
    signed_in(database, "works", process.identity(os.getpid()), ago=4)
    signed_in(database, "dead", dead)
    state = worker_state(database, is_alive)
    assert state is not None
    assert (state.mode, state.alive, state.pid) == ("running", True, os.getpid())


def test_the_process_of_another_host_is_not_looked_for_here(database: Database) -> None:
    signed_in(database, "far", "999999:1", host="elsewhere")
    state = worker_state(database, is_alive)
    assert state is not None
    assert state.alive


def test_an_attempt_says_who_has_it_and_where(database: Database) -> None:
    database.writing(submission.add, NewPrompt("a fox", "poem"))
    mine = workers.new_identity()
    assert mine.is_here
    assert not WorkerIdentity(mine.id, "elsewhere").is_here
    database.writing(claims.claim, list(Kind), by=mine)
    with database.read() as connection:
        rows = connection.execute(text("SELECT worker_id, host FROM attempts")).all()
    assert [tuple(row) for row in rows] == [(mine.id, socket.gethostname())]
