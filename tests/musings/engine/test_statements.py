"""How often a runner meets the database: counted over real drains, and over one turn of an idle loop."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from musings.engine.polling import Loop
from musings.makers.base import Context
from musings.models import Job, Kind, Outcome
from musings.store.database import Database
from tests.doubles import made_text
from tests.musings.engine.toy import ToyChanges
from tests.musings.worker.conftest import Hall, until

PROMPTS = 30
AROUND = 40  # statements of the start and the end of a run: taking over, housekeeping


class Counts:
    """Statements by their first word."""

    def __init__(self) -> None:
        self._said: list[str] = []

    def note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self._said.append(" ".join(statement.split()))

    def of(self, word: str) -> int:
        return sum(each.startswith(word) for each in self._said)


@contextmanager
def counted(database: Database) -> Iterator[Counts]:
    counts = Counts()
    event.listen(database.engine, "before_cursor_execute", counts.note)
    try:
        yield counts
    finally:
        event.remove(database.engine, "before_cursor_execute", counts.note)


@pytest.fixture
def hall(settings: Any, database: Database) -> Hall:
    return Hall(settings, database)


@pytest.mark.parametrize("prompt_type", ["text", "image"])
def test_a_drain_reads_and_writes_little_for_each_prompt(hall: Hall, prompt_type: str) -> None:
    def act(job: Job, context: Context) -> Outcome:
        for value in range(3):
            context.progress(value, 3, f"stage {value}")
        return made_text(job, context)

    hall.double.act = act
    for n in range(PROMPTS):
        hall.add(f"fox {n}", prompt_type)
    with counted(hall.database) as counts:
        assert hall.drain().ended == {"completed": PROMPTS}
    assert counts.of("SELECT") <= 10 * PROMPTS
    assert counts.of("BEGIN IMMEDIATE") <= 4 * PROMPTS + AROUND  # claim, begin, announce, end


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
