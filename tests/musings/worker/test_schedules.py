"""Schedules fire in a worker: before a drain, and in time while one runs."""

from datetime import timedelta

from musings.models import Prompt
from musings.store import times
from musings.store.queue import pause
from tests.doubles import patient
from tests.musings.schedules.planning import Planner
from tests.musings.worker.conftest import Hall, until


def ended(planner: Planner) -> list[Prompt]:
    return [each for each in planner.prompts() if each.status == "completed"]


def test_a_drain_fires_what_is_due_and_makes_it(hall: Hall) -> None:
    planner = Planner(hall.database)
    kept = planner.due(days=7)
    assert hall.drain().ended == {"completed": 1}
    assert planner.get(kept.id).last_prompt_id == ended(planner)[0].id
    assert hall.drain().started == 0


def test_a_paused_queue_makes_nothing(hall: Hall) -> None:
    planner = Planner(hall.database)
    planner.due()
    hall.database.writing(pause.set_paused, True)
    hall.drain()
    assert planner.prompts() == []


def test_a_worker_that_waits_fires_when_the_time_comes(hall: Hall) -> None:
    planner = Planner(hall.database)
    hall.start()
    kept = planner.keep()
    planner.set_next(kept.id, times.now() + timedelta(seconds=0.5))
    until(lambda: len(ended(planner)) == 1)
    fired = planner.get(kept.id)
    assert fired.last_prompt_id == ended(planner)[0].id


def test_a_worker_whose_every_place_is_taken_fires_all_the_same(hall: Hall) -> None:
    hall.double.act = patient
    planner = Planner(hall.database)
    busy = hall.add("long", "image")
    hall.start()
    until(lambda: hall.get(busy).status == "processing")
    kept = planner.due()
    until(lambda: planner.get(kept.id).last_prompt_id is not None)
    assert hall.get(busy).status == "processing"
