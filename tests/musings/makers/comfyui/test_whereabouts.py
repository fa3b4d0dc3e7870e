"""Where the jobs of a prompt are, as it is written down and read again."""

from datetime import timedelta

import pytest

from musings.makers.comfyui.whereabouts import MOST_LEFT, Whereabouts
from musings.models import Kind, NewPrompt
from musings.store import times
from musings.store.database import Database
from musings.store.queue import cancellation, claims, endings, in_flight, retries, submission


def test_it_reads_what_it_writes() -> None:
    there = Whereabouts("http://a", ("1", "2")).moved_to("http://b").with_ids(["3"])
    assert there.written() == "comfy|http://b|3|http://a|1,2"
    assert Whereabouts.read(there.written()) == there


@pytest.mark.parametrize("said", [None, "", "process:12:3", "comfyui-job", "comfy", "comfy|http://a", "comfy|a|b|c"])
def test_what_is_not_its_own_is_nowhere(said: str | None) -> None:
    assert Whereabouts.read(said) == Whereabouts()


def test_what_an_earlier_version_wrote_is_read() -> None:
    assert Whereabouts.read("comfy|http://a:1|one,two") == Whereabouts("http://a:1", ("one", "two"))


def test_staying_changes_nothing_and_giving_up_leaves_the_jobs_behind() -> None:
    there = Whereabouts("http://a", ("1",))
    assert there.moved_to("http://a") == there
    given_up = there.nowhere()
    assert (given_up.url, given_up.ids, given_up.left) == (None, (), (("http://a", ("1",)),))
    assert Whereabouts.read(given_up.written()) == given_up


def test_coming_back_to_a_server_leaves_nothing_behind_there() -> None:
    there = Whereabouts("http://a", ("1",)).moved_to("http://b").with_ids(["2"]).moved_to("http://a")
    assert (there.ids, there.left) == ((), (("http://b", ("2",)),))


def test_it_does_not_grow_for_ever() -> None:
    there = Whereabouts()
    for number in range(20):
        there = there.moved_to(f"http://{number}").with_ids(["x"])
    assert len(there.left) == MOST_LEFT


def test_a_retry_by_hand_leaves_behind_what_a_server_may_still_have(database: Database) -> None:
    made, _ = database.writing(submission.add, NewPrompt("a fox", "image"))
    for expected in ((("http://a", ("1",)),), (("http://a", ("1",)),)):
        taken = database.writing(claims.claim, list(Kind))
        assert taken is not None
        if taken.attempt == 1:
            database.writing(in_flight.started_outside, made.id, 1, Whereabouts("http://a", ("1",)).written())
        database.writing(
            endings.put_back,
            taken,
            at=times.now() + timedelta(hours=1),
            error="x",
            error_class="Unavailable",
            seconds=0,
            log="",
            counted=False,
        )
        database.writing(cancellation.cancel, made.id)
        again = Whereabouts.read(database.writing(retries.retry, made.id).external_id)
        assert (again.url, again.ids, again.left) == (None, (), expected)
