"""The prompts of a run as one: held, freed, moved. What is held is in no count of what is due."""

from datetime import timedelta

import pytest

from musings.models import Kind
from musings.sqlite import due as front_door
from musings.store import times
from musings.store.chains import holding, runs, steps
from musings.store.chains.runs import NewRun
from musings.store.chains.steps import StepOutcome
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import accounts, claims, recovery, snapshot
from tests.musings.store.adding import add, shell


@pytest.fixture
def held(database: Database) -> tuple[int, int]:
    """A run with one prompt, which is held; the numbers of both."""
    run = database.writing(runs.add, NewRun("two", "hash", "a fox", "request"))[0]
    prompt = add(database).id
    database.writing(steps.add, run.id, "poem", 1, 1, StepOutcome.PROMPT, prompt_id=prompt)
    database.writing(runs.observe, run)
    database.writing(holding.hold, run.id)
    return run.id, prompt


def test_what_is_held_is_not_claimed_and_not_due(database: Database, held: tuple[int, int]) -> None:
    assert database.writing(claims.claim, list(Kind)) is None
    assert database.reading(claims.next_due, list(Kind)) is None
    assert database.reading(snapshot.look, list(Kind)).kind is None
    assert not front_door.anything(str(database.path), False)
    shell(database, "UPDATE prompts SET next_attempt_at = ?, worker_deaths = 9", str(times.now() + timedelta(hours=1)))
    assert database.reading(accounts.put_off, list(Kind)) == {}
    assert database.reading(recovery.suspects, 3) == []


def test_what_is_freed_is_due_again(database: Database, held: tuple[int, int]) -> None:
    run, prompt = held
    database.writing(holding.release, run)
    assert front_door.anything(str(database.path), False)
    taken = database.writing(claims.claim, list(Kind))
    assert taken is not None
    assert (taken.id, taken.held) == (prompt, False)


def test_others_are_let_alone(database: Database, held: tuple[int, int]) -> None:
    other = add(database).id
    database.writing(holding.hold, held[0])
    database.writing(holding.set_priority, held[0], 2)
    assert database.reading(prompts.get, other).priority == 5
    assert database.reading(prompts.get, held[1]).priority == 2
    taken = database.writing(claims.claim, list(Kind))
    assert taken is not None
    assert taken.id == other


def test_what_has_ended_keeps_its_priority(database: Database, held: tuple[int, int]) -> None:
    shell(database, "UPDATE prompts SET status = 'completed' WHERE id = ?", held[1])
    database.writing(holding.set_priority, held[0], 2)
    assert database.reading(prompts.get, held[1]).priority == 5


def test_a_run_that_may_have_something_to_do_is_work_for_the_front_door(database: Database) -> None:
    run = database.writing(runs.add, NewRun("two", "hash", "a fox", "request"))[0]
    assert front_door.anything(str(database.path), False)
    database.writing(runs.observe, run)
    assert not front_door.anything(str(database.path), False)
