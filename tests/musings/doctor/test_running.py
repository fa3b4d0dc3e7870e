"""Who runs: a worker, a schedule, or nobody."""

import json
from datetime import timedelta

import pytest

from musings.config.settings import Settings
from musings.doctor import Level
from musings.store import times
from musings.store.database import Database
from musings.store.queue import changes
from tests.musings.doctor.looking import found


@pytest.mark.parametrize(
    ("runs", "level", "said"),
    [
        ([0], Level.OK, "none runs now; a schedule works on the queue; its next look is due at"),
        ([60, 55], Level.WARNING, "none runs, and the schedule has not run since"),
        ([60], Level.WARNING, "none runs"),
    ],
)
def test_the_schedule_that_works_on_the_queue(
    settings: Settings, database: Database, runs: list[float], level: Level, said: str
) -> None:
    begun = [(times.now() - timedelta(minutes=minutes)).strftime(times.FORMAT) for minutes in runs]
    database.writing(changes.put, "schedule", json.dumps({"runs": begun}))
    [told] = found(settings, "worker")
    assert (told.level, told.detail[: len(said)]) == (level, said)
