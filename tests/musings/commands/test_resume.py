"""`musings resume`: the queue goes on, paused or not."""

from musings.engine.registry import engine_of
from musings.store.database import Database
from musings.store.queue import pause
from tests.musings.command_line import Run


def test_it_takes_the_pause_away_and_whoever_watches_hears_of_it(run: Run, database: Database) -> None:
    database.writing(pause.set_paused, True)
    changes = engine_of(database).changes()
    changes.changed()
    assert run("resume").out == "The queue goes on.\n"
    assert changes.changed()
    assert "paused" not in run("status").out


def test_a_queue_that_is_not_paused_stays_as_it_is(run: Run, database: Database) -> None:
    assert run("resume", "--json").json == {"paused": False}
    assert not database.reading(pause.is_paused)
