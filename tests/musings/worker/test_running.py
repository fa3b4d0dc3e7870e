"""The table of running attempts: what is in it, and what frees a place."""

import threading
from collections.abc import Callable

import pytest

from musings.files.media_root import MediaRoot
from musings.makers.base import Context
from musings.models import Job, Kind, NewPrompt, Outcome, Prompt
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import cancellation, claims, submission
from musings.worker.running import AttemptLimits, Running, RunningAttempts
from musings.worker.workshop import Workshop
from tests.doubles import Double, made_text, pipelines_of
from tests.musings.engine.toy import ToyChanges

OnEnd = Callable[[Running, str], None]


@pytest.fixture
def workshop(database: Database, media_root: MediaRoot) -> Workshop:
    return Workshop(database, media_root, pipelines_of(Double()), 3, 0.0, threading.Event())


def taken(workshop: Workshop, attempts: RunningAttempts) -> Prompt:
    workshop.database.writing(submission.add, NewPrompt("a fox", "poem", max_attempts=1))
    found = workshop.database.writing(claims.claim, list(Kind))
    assert found is not None
    attempts.take(found, "double")
    return found


def attempts_of(workshop: Workshop, on_end: OnEnd = lambda running, how: None, **limits: float) -> RunningAttempts:
    seconds = AttemptLimits(**{"timeout": 30.0, "shutdown": 0.0, **limits})
    return RunningAttempts(workshop, seconds, ToyChanges(), on_end=on_end)


def test_from_its_claim_to_its_end_it_has_a_place(workshop: Workshop) -> None:
    ended: list[tuple[str | None, str, int]] = []
    attempts = attempts_of(workshop, lambda running, how: ended.append((running.maker, how, len(attempts))))
    told: list[int] = []
    attempts.tell_room = lambda: told.append(len(attempts))
    prompt = taken(workshop, attempts)
    assert [each.prompt.id for each in attempts.listed()] == [prompt.id]
    assert attempts.process(prompt) == "completed"
    assert ended == [("double", "completed", 1)], "told while its place is not free yet"
    assert (len(attempts), told[-1]) == (0, 0)
    assert attempts.summary.ended == {"completed": 1}


def test_a_mistake_at_the_end_frees_the_place_all_the_same(workshop: Workshop) -> None:
    def mistake(running: Running, how: str) -> None:
        raise ZeroDivisionError

    attempts = attempts_of(workshop, mistake)
    prompt = taken(workshop, attempts)
    with pytest.raises(ZeroDivisionError):
        attempts.process(prompt)
    assert len(attempts) == 0


def test_what_is_cancelled_is_asked_to_stop(workshop: Workshop) -> None:
    attempts = attempts_of(workshop)
    prompt = taken(workshop, attempts)
    workshop.database.writing(cancellation.cancel, prompt.id)
    attempts.look_for_cancelled()
    assert attempts.process(prompt) == "Cancelled"
    assert workshop.database.reading(prompts.get, prompt.id).status == "cancelled"


def test_an_overdue_one_is_given_up_on_and_what_it_makes_is_dropped(database: Database, media_root: MediaRoot) -> None:
    gate, runs = threading.Event(), threading.Event()

    def deaf(job: Job, context: Context) -> Outcome:
        runs.set()
        gate.wait(30)
        return made_text(job, context)

    workshop = Workshop(database, media_root, pipelines_of(Double(deaf)), 1, 0.0, threading.Event())
    attempts = attempts_of(workshop, timeout=0.0, overdue=0.0)
    prompt = taken(workshop, attempts)
    thread = threading.Thread(target=attempts.process, args=(prompt,))
    thread.start()
    assert runs.wait(30)
    attempts.abandon_overdue()
    assert len(attempts) == 0
    gate.set()
    thread.join(30)
    assert attempts.summary.ended == {"abandoned": 1}
    assert database.reading(prompts.get, prompt.id).status == "failed"


def test_it_insists_only_when_the_time_to_end_is_over(workshop: Workshop) -> None:
    attempts = attempts_of(workshop, shutdown=3600.0)
    prompt = taken(workshop, attempts)
    attempts.insist()
    attempts.ask_to_stop()
    attempts.insist()
    assert attempts.process(prompt) == "completed"
    attempts = attempts_of(workshop, shutdown=0.0)
    prompt = taken(workshop, attempts)
    attempts.ask_to_stop()
    attempts.insist()
    assert attempts.process(prompt) == "Stopping"
