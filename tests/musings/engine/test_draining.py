"""When a drain is over: nothing is due, and nothing comes soon."""

from datetime import timedelta

import pytest

from musings.engine.draining import WAIT_SECONDS, is_drained
from musings.models import Kind
from musings.store import times
from musings.store.chains import runs
from musings.store.chains.runs import NewRun
from musings.store.database import Database
from musings.store.queue import pause
from tests.musings.store.adding import add, shell


def drained(database: Database, *kinds: Kind) -> bool:
    return is_drained(database, kinds or tuple(Kind))


def put_off(database: Database, seconds: float, waits_for: str | None = None) -> None:
    made = add(database)
    at = (times.now() + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S.%f")
    shell(database, "UPDATE prompts SET next_attempt_at = ?, waits_for = ? WHERE id = ?", at, waits_for, made.id)


def test_what_is_due_keeps_it_going_unless_the_queue_is_paused(database: Database) -> None:
    assert drained(database)
    add(database)
    assert not drained(database)
    assert drained(database, Kind.IMAGE)
    database.writing(pause.set_paused, True)
    assert drained(database)


def test_a_run_that_nobody_has_looked_at_since_its_last_prompt_ended_keeps_it_going(database: Database) -> None:
    run, _ = database.writing(runs.add, NewRun("two", "hash", "a fox", "request"))
    assert not drained(database)
    database.writing(runs.observe, run)
    assert drained(database)


@pytest.mark.parametrize(
    ("seconds", "waits_for", "over"),
    [
        (WAIT_SECONDS - 20, None, False),
        (WAIT_SECONDS + 20, None, True),
        (5, "comfyui", False),
        (40, "comfyui", True),
        (5, "configuration", True),
        (40, "something else", False),
    ],
)
def test_how_long_it_waits_is_what_the_prompt_waits_for(
    database: Database, seconds: float, waits_for: str | None, over: bool
) -> None:
    put_off(database, seconds, waits_for)
    assert drained(database) is over


def test_one_that_comes_soon_is_enough(database: Database) -> None:
    put_off(database, 3600)
    assert drained(database)
    put_off(database, 5)
    assert not drained(database)
