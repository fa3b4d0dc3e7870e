"""The dry run: what would become of a prompt, without a row, and each server asked once."""

import threading
from collections.abc import Iterator, Sequence

import pytest

from musings.errors import ConflictError, Fault, InvalidInputError
from musings.makers.base import Checked, Chosen, Lacking, MakerList, Wanted
from musings.makers.choice import Makers
from musings.makers.simple import SimpleMaker
from musings.models import FormField, Kind, NewPrompt
from musings.requests.rehearsal import CORRECT, Estimate, Rehearsal, Rehearsals
from tests.doubles import Double

FOX = NewPrompt("a fox", "image", workflow="fox")


class AskedMaker(SimpleMaker):
    """Serves pictures; ``answer`` is what its check finds, once ``gate`` is open."""

    name = "asked"

    def __init__(self, answer: Checked) -> None:
        self.answer = answer
        self.asked = 0
        self.gate = threading.Event()
        self.gate.set()

    def unnamed(self, kind: Kind) -> Sequence[FormField] | None:
        return ()

    def choose(self, wanted: Wanted) -> Chosen | None:
        return Chosen(Double(), ())

    def check(self, name: str) -> Checked | None:
        self.asked += 1
        self.gate.wait(10)
        return self.answer


@pytest.fixture
def maker() -> Iterator[AskedMaker]:
    made = AskedMaker(Checked(True, [], ["http://a"]))
    yield made
    made.gate.set()


def rehearse(
    maker: AskedMaker, *, took: Sequence[float] = (), seconds: float = 10.0, new: NewPrompt = FOX, full: bool = False
) -> Rehearsal:
    found = Rehearsals(Makers(opened=MakerList((maker,))), lambda kind, name, default: took, seconds=seconds)

    def admit(_: NewPrompt) -> None:
        if full:
            raise ConflictError("The queue is full.", hint="Wait.")

    return found.rehearse(lambda: new, admit)


def test_what_would_run_says_where_and_how_long(maker: AskedMaker) -> None:
    found = rehearse(maker, took=[float(second) for second in range(100, 0, -1)])
    assert (found.ok, found.problems, found.would_run_on) == (True, [], ["http://a"])
    assert found.estimate == Estimate(11.0, 51.0, 91.0)
    assert rehearse(maker, took=[3.14159]).estimate == Estimate(3.1, 3.1, 3.1)
    assert rehearse(maker).estimate is None


def test_what_a_server_lacks_is_told_with_a_remedy(maker: AskedMaker) -> None:
    maker.answer = Checked(False, [Lacking("http://a", "has no model fox")])
    found = rehearse(maker)
    assert (found.ok, found.would_run_on) == (False, [])
    assert [(each.where, each.what) for each in found.problems] == [("http://a", "has no model fox")]
    assert all(each.remedy for each in found.problems)


def test_a_request_that_is_wrong_is_not_asked_about(maker: AskedMaker) -> None:
    found = Rehearsals(Makers(opened=MakerList((maker,))), lambda *_: [])

    def take() -> NewPrompt:
        raise InvalidInputError([Fault("parameters.width", "is too large"), Fault("prompt_text", "is empty")])

    told = found.rehearse(take, lambda _: None)
    assert [(each.where, each.what, each.remedy) for each in told.problems] == [
        ("parameters.width", "is too large", CORRECT),
        ("prompt_text", "is empty", CORRECT),
    ]
    assert (told.ok, maker.asked) == (False, 0)


def test_a_full_queue_is_a_problem_beside_the_place(maker: AskedMaker) -> None:
    found = rehearse(maker, full=True)
    assert (found.ok, found.would_run_on) == (False, ["http://a"])
    assert [(each.where, each.what, each.remedy) for each in found.problems] == [
        ("queue", "The queue is full.", "Wait.")
    ]


def test_a_server_that_does_not_answer_holds_nobody_up(maker: AskedMaker) -> None:
    maker.gate.clear()
    found = rehearse(maker, seconds=0.05)
    assert not found.ok
    assert found.problems[0].what == "no answer within 0.05 s"


def test_many_dry_runs_ask_once(maker: AskedMaker) -> None:
    found = Rehearsals(Makers(opened=MakerList((maker,))), lambda *_: [])
    for _ in range(5):
        assert found.rehearse(lambda: FOX, lambda _: None).ok
    assert maker.asked == 1
    found.rehearse(lambda: NewPrompt("a fox", "image", workflow="bear"), lambda _: None)
    assert maker.asked == 2
