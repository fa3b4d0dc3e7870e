"""What there is room for beside what runs, and the turn of those that may bring the worker down."""

import threading
from collections.abc import Collection

import pytest

from musings.config.operation import ConcurrencySettings
from musings.files.media_root import MediaRoot
from musings.models import Kind, NewPrompt, Prompt
from musings.store.database import Database
from musings.store.queue import claims, submission
from musings.worker.capacity import NO_ROOM, Capacity
from musings.worker.running import AttemptLimits, RunningAttempts
from musings.worker.slots import MakerSlots
from musings.worker.workshop import Workshop
from tests.doubles import Double, pipelines_of
from tests.musings.engine.toy import ToyChanges
from tests.waiting import until


class Stage:
    """A capacity over real attempts, of which none is run."""

    def __init__(self, database: Database, media_root: MediaRoot, kinds: Collection[Kind] = tuple(Kind)) -> None:
        self.database = database
        pipelines = pipelines_of(Double())
        workshop = Workshop(database, media_root, pipelines, 3, 0.0, threading.Event())
        self.attempts = RunningAttempts(workshop, AttemptLimits(30.0, 0.0), ToyChanges())
        self.taken: list[str | None] = []
        self.open: list[Kind] = list(kinds)
        slots = MakerSlots(ConcurrencySettings(total=1), pipelines, processors=1)
        self.capacity = Capacity(slots, self.attempts, kinds, self.allowed, self.taken.append)

    def allowed(self, kinds: Collection[Kind]) -> list[Kind]:
        return [kind for kind in kinds if kind in self.open]

    def take(self) -> Prompt:
        self.database.writing(submission.add, NewPrompt("a fox", "image"))
        found = self.database.writing(claims.claim, [Kind.IMAGE])
        assert found is not None
        self.capacity.take(found)
        return found


@pytest.fixture
def stage(database: Database, media_root: MediaRoot) -> Stage:
    return Stage(database, media_root)


def test_an_idle_worker_has_room_for_what_is_allowed(stage: Stage) -> None:
    assert set(stage.capacity.room().kinds) == set(Kind)
    stage.open = [Kind.TEXT]  # a full disk, for one
    assert stage.capacity.room().kinds == (Kind.TEXT,)
    assert stage.capacity.kinds() == [Kind.TEXT]


def test_what_was_taken_is_counted_and_its_maker_told(stage: Stage) -> None:
    assert stage.capacity.running == 0
    stage.take()
    assert stage.capacity.running == 1
    assert len(stage.taken) == 1


def test_attempts_that_only_store_their_results_still_count_in_the_end(stage: Stage) -> None:
    first = stage.take()
    [running] = stage.attempts.listed()
    running.context.made.set()  # its place is free for the next, while it stores
    assert stage.capacity.room().kinds != ()
    stage.take()
    assert stage.capacity.room() == NO_ROOM, "twice the places, and no more"
    assert first.id in {each.prompt.id for each in stage.attempts.listed()}


def test_a_suspect_waits_for_an_empty_worker_and_has_its_turn_alone(stage: Stage) -> None:
    stage.take()
    stage.capacity.suspects = [7]
    assert stage.capacity.room() == NO_ROOM
    assert stage.capacity.suspects == [7], "it keeps its turn"


def test_one_that_could_not_start_at_its_turn_is_a_prompt_like_any_other(stage: Stage) -> None:
    stage.capacity.suspects = [7, 8]
    turns = [stage.capacity.room() for _ in range(3)]
    assert [each.only for each in turns] == [7, 8, None]
    assert set(turns[0].kinds) == set(Kind)


def test_nothing_starts_beside_a_suspect_that_runs(stage: Stage) -> None:
    stage.database.writing(submission.add, NewPrompt("a fox", "image"))
    found = stage.database.writing(claims.claim, [Kind.IMAGE])
    assert found is not None
    stage.capacity.suspects = [found.id]
    assert stage.capacity.room().only == found.id
    stage.capacity.take(found)
    [running] = stage.attempts.listed()
    running.context.made.set()
    assert stage.capacity.room() == NO_ROOM


def test_a_suspect_whose_time_has_not_come_is_kept_out_until_then(stage: Stage) -> None:
    stage.capacity.expect({7: 3600.0})
    assert stage.capacity.room().but == {7}
    stage.capacity.expect({8: -1.0})
    until(lambda: stage.capacity.room().only == 8)
    assert stage.capacity.room().but == {7}
