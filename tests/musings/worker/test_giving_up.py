"""The end of an attempt that made nothing: what its row says, and when it is tried again."""

import threading
from collections.abc import Callable

import pytest

from musings.backoff import patience
from musings.errors import (
    AttemptError,
    Cancelled,
    ChildKilled,
    InfrastructureFault,
    PassingFault,
    ServerAway,
    Stopping,
    TimedOut,
    Unavailable,
    UserFault,
)
from musings.files.media_root import MediaRoot
from musings.models import Kind, NewPrompt, Prompt
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import attempts, claims, submission
from musings.worker.context import AttemptContext
from musings.worker.giving_up import MOST_KILLS_UNCOUNTED, give_up
from musings.worker.workshop import Workshop
from tests.doubles import Double, pipelines_of

Ended = Callable[..., Prompt]


@pytest.fixture
def ended(database: Database, media_root: MediaRoot) -> Ended:
    """A prompt whose attempts ended with these faults, one after the other, as its row is afterwards."""

    def end(
        *faults: AttemptError,
        backoff: float = 0.0,
        redact: Callable[[str], str] = str,
        outside: str | None = None,
    ) -> Prompt:
        workshop = Workshop(database, media_root, pipelines_of(Double()), 3, backoff, threading.Event(), redact=redact)
        made, _ = database.writing(submission.add, NewPrompt("a fox", "image"))
        for fault in faults:
            with database.write() as connection:
                connection.exec_driver_sql("UPDATE prompts SET next_attempt_at = NULL")
            taken = database.writing(claims.claim, [Kind.IMAGE], only=made.id)
            assert taken is not None
            context = AttemptContext(database, taken, 30)
            context.log("what it did")
            if outside is not None:
                context.started(outside)
            assert give_up(workshop, taken, context, fault)
        return database.reading(prompts.get, made.id)

    return end


def test_a_child_that_was_killed_is_no_fault_of_the_prompt_for_a_quarter_of_an_hour(ended: Ended) -> None:
    killed = ChildKilled("The program that decodes 0001.flac was ended 3 times.")
    found = ended(*[killed] * MOST_KILLS_UNCOUNTED)
    assert (found.status, found.attempts_used) == ("pending", 0)
    assert found.error_message == "The program that decodes 0001.flac was ended 3 times."
    assert found.next_attempt_at is not None
    assert sum(patience(kills) for kills in range(MOST_KILLS_UNCOUNTED)) > 900


def test_what_ends_its_child_again_and_again_fails_in_the_end(ended: Ended) -> None:
    """Also where something else ends it in between."""
    killed = ChildKilled("The program that decodes 0001.flac was ended 3 times.")
    found = ended(*[killed] * (MOST_KILLS_UNCOUNTED + 3))
    assert (found.status, found.attempts_used) == ("failed", 3)
    assert found.error_message == "The program that decodes 0001.flac was ended 3 times. (tried 3 times)"
    between = ended(*[killed] * 4, TimedOut("It took too long."), *[killed] * 6)
    assert (between.status, between.attempts_used) == ("failed", 3)


def test_the_users_fault_ends_it_at_once_with_words_and_what_to_do(ended: Ended) -> None:
    found = ended(UserFault("The model is missing.", hint="Install it."))
    assert (found.status, found.attempts_used) == ("failed", 1)
    assert found.error_message == "The model is missing. Install it."


def test_a_passing_fault_is_tried_again_until_its_attempts_are_used(ended: Ended) -> None:
    first = ended(PassingFault("It broke off."))
    assert first.status == "pending"
    assert first.error_message == "Attempt 1 of 3: It broke off."
    last = ended(*[PassingFault("It broke off.")] * 3)
    assert last.status == "failed"
    assert last.error_message == "It broke off. (tried 3 times)"


def test_the_wait_grows_and_what_the_server_says_counts_more(ended: Ended) -> None:
    def wait(*faults: AttemptError) -> float:
        at = ended(*faults, backoff=100.0).next_attempt_at
        assert at is not None
        return (at - times.now()).total_seconds()

    assert 40 < wait(PassingFault("x")) <= 100
    assert 140 < wait(PassingFault("x"), PassingFault("x")) <= 300
    assert 5 < wait(PassingFault("x", retry_after=7)) <= 7


def test_what_is_waited_for_uses_up_no_attempt(ended: Ended) -> None:
    found = ended(*[Unavailable("No ComfyUI is free.", waits_for="comfyui")] * 5)
    assert (found.status, found.attempts_used, found.attempt) == ("pending", 0, 5)
    assert found.error_message == "No ComfyUI is free."


def test_a_full_disk_is_no_fault_of_the_prompt(ended: Ended) -> None:
    found = ended(*[InfrastructureFault("The disk is full.")] * 5)
    assert (found.status, found.attempts_used) == ("pending", 0)


def test_a_cancel_and_a_stop_are_no_faults(ended: Ended) -> None:
    assert ended(Cancelled("Cancelled.")).status == "cancelled"
    released = ended(Stopping("bye"))
    assert (released.status, released.attempts_used, released.error_message) == ("pending", 0, None)


def test_an_attempt_that_only_waited_is_forgotten_and_one_whose_server_went_away_is_kept(
    database: Database, ended: Ended
) -> None:
    """A night without a server must not leave a hundred attempts to look at; where its job was is told all the same."""
    for fault, kept in ((Unavailable("none", waits_for="comfyui"), 0), (ServerAway("away", lasting=True), 1)):
        found = ended(fault, outside="comfy|http://a:1|job-1")
        assert len(database.reading(attempts.of_prompts, [found.id]).get(found.id, ())) == kept
        assert found.external_id == "comfy|http://a:1|job-1"


def test_secrets_are_in_neither_the_message_nor_the_log(database: Database, ended: Ended) -> None:
    found = ended(
        UserFault("The key s3cret is refused.", log="sent s3cret"), redact=lambda text: text.replace("s3cret", "…")
    )
    assert found.error_message == "The key … is refused."
    [attempt] = database.reading(attempts.of_prompts, [found.id])[found.id]
    assert "s3cret" not in (attempt.log_excerpt or "")
    assert "what it did" in (attempt.log_excerpt or "")


def test_an_attempt_that_lost_its_prompt_changes_nothing(database: Database, media_root: MediaRoot) -> None:
    workshop = Workshop(database, media_root, pipelines_of(Double()), 3, 0.0, threading.Event())
    database.writing(submission.add, NewPrompt("a fox", "image"))
    late = database.writing(claims.claim, [Kind.IMAGE])
    assert late is not None
    context = AttemptContext(database, late, 30)
    with database.write() as connection:  # somebody else has taken it since
        connection.exec_driver_sql("UPDATE prompts SET attempt = attempt + 1")
    assert not give_up(workshop, late, context, UserFault("no"))
    assert database.reading(prompts.get, late.id).status == "processing"
