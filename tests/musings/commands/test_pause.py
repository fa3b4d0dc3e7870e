"""`musings pause` and `musings resume`."""

from musings.store.database import Database
from musings.store.queue import pause
from tests.musings.command_line import Run


def test_pause_and_resume(run: Run, database: Database) -> None:
    assert run("pause").out == "The queue is paused.\n"
    assert database.reading(pause.is_paused)
    assert run("resume", "--json").json == {"paused": False}
    assert not database.reading(pause.is_paused)
    assert run("pause", "--json").json == {"paused": True}
