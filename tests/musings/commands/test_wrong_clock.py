"""Real programs whose clock is set back or jumps ahead, while they run and between two runs."""

from datetime import timedelta
from pathlib import Path

import pytest

from musings.config.settings import load
from musings.engine.liveness import is_alive
from musings.files.media_root import media_root_of
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import workers
from tests.clocks import FakeClock
from tests.musings.commands.conftest import Run, running
from tests.musings.housekeeping.stock import Stock
from tests.musings.store.queue.taking import put_off, wait_of
from tests.waiting import until

SECONDS = 60.0
DAY = 86_400.0


def status_of(database: Database, prompt_id: int) -> str:
    return database.reading(prompts.get, prompt_id).status


@pytest.fixture
def clock(tmp_path: Path) -> FakeClock:
    return FakeClock(tmp_path)


def test_a_worker_whose_clock_is_set_back_moves_what_waits_with_it(
    config: Path, database: Database, clock: FakeClock
) -> None:
    made = put_off(database, timedelta(hours=1))
    with running(config, "worker", **clock.environment) as worker:
        until(lambda: any(is_alive(each) for each in database.reading(workers.known)), SECONDS)
        clock.set("-1d")
        until(lambda: wait_of(database, made) < 3600 - DAY, SECONDS)  # an hour, by the clock of the worker
        clock.set("+0")
        until(lambda: status_of(database, made) == "completed", SECONDS)
        worker.terminate()
        assert worker.wait(SECONDS) == 0


def test_a_run_after_the_clock_was_set_back_tries_again_what_was_put_off(
    database: Database, program: Run, clock: FakeClock
) -> None:
    made = put_off(database, timedelta(seconds=0.5))
    clock.set("-1d")
    said = program("worker", "--drain", **clock.environment)
    assert (said.code, status_of(database, made)) == (0, "completed")


def test_a_clock_that_jumped_ahead_empties_no_trash(
    config: Path, database: Database, program: Run, clock: FakeClock
) -> None:
    root = media_root_of(load(config, {}, config.parent))
    root.prepare()
    stock = Stock(database, root)
    old = stock.add(trash_days=40)
    thrown_away = stock.add(trash_days=0)
    assert program("worker", "--drain", **clock.environment).code == 0
    assert stock.ids() == [thrown_away], f"{old} had its time"
    clock.set("+60d")
    assert program("worker", "--drain", **clock.environment).code == 0
    said = program("prune", **clock.environment)
    assert "The clock leapt ahead by 1,440.0 hours" in said.out
    assert (stock.ids(), stock.is_whole()) == ([thrown_away], True)
    clock.set("+0")
    assert "leapt" not in program("prune", **clock.environment).out
    clock.set("+60d")
    assert program("prune", "--trust-clock", **clock.environment).code == 0
    assert stock.ids() == []
