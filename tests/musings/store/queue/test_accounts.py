"""What no attempt counts: crashes, waits, and who is passed over."""

from datetime import timedelta

import pytest

from musings.models import Kind, NewPrompt, Prompt
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import accounts, attempts, cancellation, endings, retries, snapshot, submission
from musings.store.queue import claims as claims_store

LATER = timedelta(hours=1)


def claimed(database: Database) -> Prompt:
    database.writing(submission.add, NewPrompt("a fox", "image"))
    taken = database.writing(claims_store.claim, list(Kind))
    assert taken is not None
    return taken


def put_back(database: Database, prompt: Prompt, waits_for: str | None, *, keep: bool = False) -> None:
    database.writing(
        endings.put_back,
        prompt,
        at=times.now() + LATER,
        error="Nobody is there. Start it.",
        error_class="Unavailable",
        seconds=0,
        log="",
        counted=False,
        waits_for=waits_for,
        keep=keep,
    )


def test_crashes_add_up_over_attempts_until_it_is_retried(database: Database) -> None:
    taken = claimed(database)
    assert [database.writing(accounts.count_crash, taken.id, taken.attempt) for _ in range(2)] == [1, 2]
    put_back(database, taken, "comfyui")
    database.writing(accounts.hasten, ["comfyui"])
    again = database.writing(claims_store.claim, list(Kind))
    assert again is not None
    assert database.writing(accounts.count_crash, again.id, again.attempt) == 3
    database.writing(endings.fail, again, error="x", error_class="ServerCrash", seconds=0, log="")
    fresh = database.writing(retries.retry, taken.id)
    assert (fresh.server_crashes, fresh.waits, fresh.attempts_used) == (0, 0, 0)


def test_a_cancelled_prompt_that_is_retried_begins_a_new_count(database: Database) -> None:
    taken = claimed(database)
    database.writing(endings.put_back, taken, at=times.now(), error="x", error_class="PassingFault", seconds=0, log="")
    assert database.reading(prompts.get, taken.id).attempts_used == 1
    database.writing(cancellation.cancel, taken.id)
    database.writing(retries.retry, taken.id)
    again = database.writing(claims_store.claim, list(Kind))
    assert again is not None
    assert (again.attempt, again.attempts_used) == (2, 1)


def test_waiting_says_why_and_uses_nothing_up(database: Database) -> None:
    taken = claimed(database)
    put_back(database, taken, "comfyui")
    found = database.reading(prompts.get, taken.id)
    assert (found.attempts_used, found.waits, found.waits_for) == (0, 1, "comfyui")
    assert found.waiting_reason == "Nobody is there. Start it."
    assert database.reading(attempts.of_prompts, [taken.id])[taken.id] == []


def test_an_attempt_that_lost_its_server_is_kept(database: Database) -> None:
    taken = claimed(database)
    put_back(database, taken, "comfyui", keep=True)
    assert [each.status for each in database.reading(attempts.of_prompts, [taken.id])[taken.id]] == ["failed"]


@pytest.mark.parametrize(
    ("waits_for", "comes", "due"),
    [
        ("comfyui", ["comfyui"], 1),
        ("place", ["comfyui"], 0),
        ("comfyui", ["place"], 0),
        (None, ["comfyui", "place"], 0),
    ],
)
def test_what_comes_ends_the_wait_of_those_who_wait_for_it(
    database: Database, waits_for: str | None, comes: list[str], due: int
) -> None:
    put_back(database, claimed(database), waits_for)
    assert database.writing(accounts.hasten, comes) == due
    assert (database.writing(claims_store.claim, list(Kind)) is not None) == bool(due)
    assert database.writing(accounts.hasten, comes) == 0


def test_recipes_of_busy_makers_are_passed_over(database: Database) -> None:
    wanted = [("image", "fox"), ("image", None), ("image", "cat"), ("music", "fox"), ("poem", None)]
    made = [database.writing(submission.add, NewPrompt("a fox", kind, workflow=name))[0].id for kind, name in wanted]

    def claims(*without: claims_store.Recipe) -> list[int]:
        found = []
        while (taken := database.writing(claims_store.claim, list(Kind), without=without)) is not None:
            found.append(taken.id)
        for each in found:
            database.writing(endings.release, database.reading(prompts.get, each), 0, "")
        return found

    assert claims((Kind.IMAGE, "fox")) == made[1:]
    assert claims((Kind.IMAGE, None)) == [made[0], *made[2:]]
    assert claims((Kind.IMAGE, "fox"), (Kind.IMAGE, None), (Kind.MUSIC, "fox")) == [made[2], made[4]]
    assert database.reading(snapshot.look, [Kind.MUSIC], without=[(Kind.MUSIC, "fox")]).kind is None


def test_one_alone_may_be_asked_for(database: Database) -> None:
    first, second = (database.writing(submission.add, NewPrompt("a fox", "image"))[0].id for _ in range(2))
    taken = database.writing(claims_store.claim, list(Kind), only=second)
    assert taken is not None
    assert taken.id == second
    assert database.writing(claims_store.claim, list(Kind), only=second) is None
    assert database.reading(prompts.get, first).status == "pending"


def test_servers_that_went_down_with_another_that_completed_are_remembered_from_then_on(database: Database) -> None:
    first = claimed(database)
    hit = claimed(database)
    database.writing(accounts.count_crash, hit.id, hit.attempt)
    assert not database.reading(accounts.others_crashed, first.id)  # it may be the other that brings them down
    database.writing(endings.complete, hit, artifacts=[], writing=None, seconds=0, log="")
    assert database.reading(accounts.others_crashed, first.id)
    assert not database.reading(accounts.others_crashed, hit.id)
    later = claimed(database)
    assert not database.reading(accounts.others_crashed, later.id)
