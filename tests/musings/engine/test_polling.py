"""One turn of the loop that polls the table."""

import threading
from typing import Any

import pytest

from musings.engine.polling import Loop
from musings.makers.base import Context
from musings.models import Job, Kind, Outcome
from musings.store.database import Database
from tests.doubles import made_text
from tests.musings.engine.counting import counted
from tests.musings.engine.toy import ToyChanges
from tests.musings.worker.conftest import Hall, until


@pytest.fixture
def hall(settings: Any, database: Database) -> Hall:
    return Hall(settings, database)


def test_an_idle_turn_is_two_reads(hall: Hall) -> None:
    runner = hall.make()
    news = ToyChanges()
    loop = Loop(hall.database, news, runner.attempts.process, runner.capacity, runner, threading.Event())
    runner.capacity.kinds()  # the first time the disk is measured, that is written down
    with counted(hall.database) as counts:
        assert not loop.start_next()
        loop._rest()
    assert counts.of("SELECT") == 2
    assert counts.of("BEGIN IMMEDIATE") == 0


def test_a_turn_without_room_reads_nothing(hall: Hall) -> None:
    gate = threading.Event()

    def act(job: Job, context: Context) -> Outcome:
        gate.wait(30)
        return made_text(job, context)

    hall.double.act = act
    for n in range(2):
        hall.add(f"fox {n}", "image")
    runner = hall.make(kinds=[Kind.IMAGE])
    loop = Loop(hall.database, ToyChanges(), runner.attempts.process, runner.capacity, runner, threading.Event())
    assert loop.start_next()
    until(lambda: len(hall.double.jobs) == 1)
    with counted(hall.database) as counts:
        assert not loop.start_next()
        loop._rest()
        assert counts.of("SELECT") == 0
    gate.set()
