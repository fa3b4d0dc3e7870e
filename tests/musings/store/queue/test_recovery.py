"""What the next runner makes of what a dead one left."""

from datetime import timedelta

import pytest

from musings.models import Kind, NewPrompt, Prompt
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import (
    accounts,
    attempts,
    cancellation,
    claims,
    endings,
    in_flight,
    recovery,
    retries,
    submission,
    workers,
)
from musings.store.queue.states import Step
from tests.musings.store.queue.taking import claimed, shell


@pytest.mark.parametrize(("prompt_type", "media"), [("image", "pending"), ("poem", None)])
def test_a_running_prompt_goes_back_to_the_queue(database: Database, prompt_type: str, media: str | None) -> None:
    left = claimed(database, prompt_type)
    assert database.writing(recovery.recover, 3) == 1
    found = database.reading(prompts.get, left.id)
    assert (found.status, found.artifact_status, found.attempts_used) == ("pending", media, 0)
    [attempt] = database.reading(attempts.of_prompts, [left.id])[left.id]
    assert (attempt.status, attempt.error_class) == ("lost", "Lost")
    assert database.writing(recovery.recover, 3) == 0


def killed(database: Database, only: int, deaths: int = 1) -> Prompt:
    """The worker dies while it works on this prompt, so many times in a row."""
    for _ in range(deaths):
        shell(database, "UPDATE prompts SET next_attempt_at = NULL")
        assert database.writing(claims.claim, list(Kind), only=only) is not None
        database.writing(recovery.recover, 3)
    return database.reading(prompts.get, only)


def add(database: Database, *, max_attempts: int = 3, priority: int = 5) -> int:
    wanted = NewPrompt("a fox", "poem", max_attempts=max_attempts, priority=priority)
    return database.writing(submission.add, wanted)[0].id


@pytest.mark.parametrize("max_attempts", [1, 3])
def test_no_death_of_the_worker_uses_up_an_attempt(database: Database, max_attempts: int) -> None:
    found = killed(database, add(database, max_attempts=max_attempts), deaths=8)
    assert (found.status, found.attempts_used, found.attempt) == ("pending", 0, 8)


def test_one_that_stops_the_worker_again_and_again_by_itself_fails_and_says_why(database: Database) -> None:
    found = killed(database, add(database), deaths=9)
    assert (found.status, found.attempts_used) == ("failed", 0)
    assert "The worker stopped 9 times in a row while it worked on this prompt" in (found.error_message or "")


def test_a_death_that_another_prompt_shares_ends_neither(database: Database) -> None:
    poison, other = add(database), add(database)
    killed(database, poison, deaths=8)
    shell(database, "UPDATE prompts SET next_attempt_at = NULL")
    for each in (poison, other):
        database.writing(claims.claim, list(Kind), only=each)
    database.writing(recovery.recover, 3)
    assert database.reading(prompts.get, poison).status == "pending"
    assert killed(database, poison).status == "failed"
    assert database.reading(prompts.get, other).status == "pending"


def test_a_worker_that_dies_without_it_clears_a_prompt(database: Database) -> None:
    """Whatever killed the worker beside others, or beside nothing, may have killed it beside this one, too."""
    long = add(database)
    killed(database, long, deaths=8)
    database.writing(workers.sign_in, "idle", "1:1", "text")
    database.writing(recovery.recover, 3)
    assert killed(database, long, deaths=8).status == "pending"
    killed(database, add(database))
    assert killed(database, long, deaths=8).status == "pending"
    assert killed(database, long).status == "failed"


def test_two_that_stop_the_worker_in_turns_do_not_clear_each_other(database: Database) -> None:
    pair = [add(database), add(database)]
    for _ in range(2):  # together at first, which makes both suspects
        for each in pair:
            database.writing(claims.claim, list(Kind), only=each)
        database.writing(recovery.recover, 3)
    assert database.reading(recovery.suspects, 3) == pair
    for _ in range(7):
        for each in pair:
            if database.reading(prompts.get, each).status == "pending":
                killed(database, each)
    assert [database.reading(prompts.get, each).status for each in pair] == ["failed"] * 2


def test_between_two_tries_of_a_suspect_others_have_their_turn(database: Database) -> None:
    poison, other = add(database, priority=1), add(database)
    killed(database, poison, deaths=5)
    assert database.reading(recovery.suspects, 3) == []
    [(expected, seconds)] = database.reading(recovery.later_suspects, 3).items()
    assert (expected, 1 < seconds <= 2) == (poison, True)
    taken = database.writing(claims.claim, list(Kind))
    assert taken is not None
    assert taken.id == other


def test_one_that_was_to_be_cancelled_is(database: Database) -> None:
    left = claimed(database)
    database.writing(cancellation.cancel, left.id)
    database.writing(recovery.recover, 3)
    found = database.reading(prompts.get, left.id)
    assert (found.status, found.cancel_requested) == ("cancelled", False)
    assert database.writing(retries.retry, left.id).status == "pending"


def test_one_that_another_program_left_is_taken_as_unattempted(database: Database) -> None:
    shell(database, "INSERT INTO prompts (prompt_text, status) VALUES ('stuck', 'processing')")
    assert database.writing(recovery.recover, 3) == 1
    assert database.reading(prompts.get, 1).status == "pending"


@pytest.mark.parametrize(("external", "kept"), [("process:1:2", None), ("comfyui-job", "comfyui-job")])
def test_what_runs_elsewhere_is_remembered_and_a_killed_child_is_not(
    database: Database, external: str, kept: str | None
) -> None:
    left = claimed(database)
    database.writing(in_flight.started_outside, left.id, 1, external)
    [found] = database.reading(recovery.orphans)
    assert found.external_id == external
    database.writing(recovery.recover, 3)
    assert database.reading(prompts.get, left.id).external_id == kept


def test_places_of_attempts_that_did_not_complete_are_told_once(database: Database) -> None:
    for n, end in enumerate(("complete", "fail", "put_back", "none"), 1):
        taken = claimed(database)
        database.writing(in_flight.announce, taken.id, 1, f"image/{n}_20260101T000000")
        if end == "complete":
            database.writing(endings.complete, taken, artifacts=[], writing=None, seconds=0, log="")
        elif end == "fail":
            database.writing(endings.fail, taken, error="", error_class="", seconds=0, log="")
        elif end == "put_back":
            late = times.now() + timedelta(hours=1)
            database.writing(endings.put_back, taken, at=late, error="", error_class="", seconds=0, log="")
    found = {each.directory: each.status for each in database.reading(recovery.orphans)}
    assert found == {
        "image/2_20260101T000000": "failed",
        "image/3_20260101T000000": "failed",
        "image/4_20260101T000000": "running",
    }
    database.writing(recovery.recover, 3)
    assert database.reading(recovery.orphans) == []


def die(database: Database, step: str | None, *, external: str = "comfy|http://a|one", times: int = 1) -> Prompt:
    """The worker dies while it is at a step of the prompt, so many times in a row."""
    for _ in range(times):
        taken = database.writing(claims.claim, list(Kind), maker_of=lambda _: "comfyui")
        assert taken is not None
        database.writing(in_flight.started_outside, taken.id, taken.attempt, external)
        if step is not None:
            database.writing(accounts.note_step, taken.id, taken.attempt, step)
        database.writing(recovery.recover, 3)
    return database.reading(prompts.get, 1)


class TestAJobThatAServerHas:
    @pytest.fixture(autouse=True)
    def prompt(self, database: Database) -> None:
        database.writing(submission.add, NewPrompt("a fox", "image"))

    def test_costs_no_attempt_and_is_remembered(self, database: Database) -> None:
        found = die(database, None, times=20)
        assert (found.status, found.attempts_used, found.external_id) == ("pending", 0, "comfy|http://a|one")

    def test_keeps_no_other_from_its_turn_while_the_worker_only_waits(self, database: Database) -> None:
        die(database, Step.OUTSIDE, times=21)
        assert database.reading(recovery.suspects, 3) == []
        assert die(database, Step.OUTSIDE).status == "pending"
        assert list(database.reading(recovery.later_suspects, 3)) == [1]

    def test_ends_when_the_worker_dies_of_the_waiting_itself(self, database: Database) -> None:
        for _ in range(30):
            shell(database, "UPDATE prompts SET next_attempt_at = NULL")
            found = die(database, Step.OUTSIDE)
        assert found.status == "failed"
        assert "30 times in a row while it waited" in (found.error_message or "")

    def test_costs_none_before_it_is_sent_either(self, database: Database) -> None:
        for _ in range(5):
            assert database.writing(claims.claim, list(Kind), maker_of=lambda _: "comfyui") is not None
            database.writing(recovery.recover, 3)
        found = database.reading(prompts.get, 1)
        assert (found.status, found.attempts_used) == ("pending", 0)

    def test_ends_when_the_worker_dies_at_one_step_of_it_again_and_again(self, database: Database) -> None:
        assert die(database, Step.FETCHING, times=8).status == "pending"
        found = die(database, Step.FETCHING)
        assert found.status == "failed"
        assert "9 times in a row while it fetched" in (found.error_message or "")
        assert database.writing(retries.retry, 1).status == "pending"
        assert die(database, Step.FETCHING).status == "pending"

    def test_other_steps_between_begin_the_count_anew(self, database: Database) -> None:
        for step in (Step.FETCHING, Step.FINISHING, Step.OUTSIDE) * 8:
            assert die(database, step).status == "pending"

    def test_an_end_that_the_worker_lived_to_write_begins_it_anew(self, database: Database) -> None:
        die(database, Step.FETCHING, times=8)
        taken = database.writing(claims.claim, list(Kind))
        assert taken is not None
        database.writing(endings.release, taken, 0, "")
        assert die(database, Step.FETCHING, times=8).status == "pending"


def test_whoever_one_more_death_would_end_is_suspect(database: Database) -> None:
    for _ in range(2):
        database.writing(submission.add, NewPrompt("a fox", "image"))
    first = database.writing(claims.claim, list(Kind))
    assert first is not None
    assert database.reading(recovery.suspects, 3) == []
    database.writing(recovery.recover, 3)
    assert database.reading(recovery.suspects, 3) == []
    database.writing(claims.claim, list(Kind), only=first.id)
    database.writing(recovery.recover, 3)
    assert database.reading(recovery.suspects, 3) == [first.id]
