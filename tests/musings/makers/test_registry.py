"""The makers together: who is asked, in which order, and that the registry knows none of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pytest

from musings.errors import InvalidInputError, NotFoundError
from musings.makers import registry
from musings.makers.base import Chosen, Context, DefaultGround, MakerList, Proposal, Wanted, Workflow
from musings.makers.choice import Makers
from musings.makers.defaults import KindDefaults
from musings.makers.simple import SimpleMaker
from musings.models import Job, Kind, NewPrompt, Outcome, Prompt
from musings.store.database import Database
from musings.store.queue import submission


class Named(SimpleMaker):
    """Offers one workflow for pictures, and proposes it on some grounds."""

    def __init__(self, name: str, grounds: Mapping[DefaultGround, float] | None = None, rank: int = 0) -> None:
        self.name = name
        self.closed = 0
        self._grounds = grounds or {}
        self._rank = rank

    def workflows(self) -> Sequence[Workflow]:
        return [Workflow(self.name, Kind.IMAGE, self.name, "", self.name, (), rank=self._rank)]

    def propose(self, kind: Kind, ground: DefaultGround, *, wait: bool) -> Proposal | None:
        mine = kind is Kind.IMAGE and ground in self._grounds
        return Proposal(self.name, self._grounds[ground]) if mine else None

    def choose(self, wanted: Wanted) -> Chosen | None:
        return Chosen(self, ()) if wanted.name == self.name else None

    def run(self, job: Job, context: Context) -> Outcome:
        return Outcome((), self.name)

    def close(self) -> None:
        self.closed += 1


class Wrapped:
    """A decorator that leaves its mark on titles and pipelines."""

    def __init__(self, mark: str) -> None:
        self._mark = mark

    def shown(self, workflow: Workflow) -> Workflow:
        return replace(workflow, title=f"{workflow.title}{self._mark}")

    def around(self, chosen: Chosen, kind: Kind, prompt: Prompt) -> Chosen:
        return replace(chosen, pipeline=_Marked(f"{chosen.pipeline.name}{self._mark}"))


@dataclass
class _Marked:
    name: str

    def run(self, job: Job, context: Context) -> Outcome:
        raise NotImplementedError


@dataclass(frozen=True)
class Kept:
    workflow: str
    by_owner: bool = False


def asked(database: Database, workflow: str | None) -> Prompt:
    return database.writing(submission.add, NewPrompt("a fox", "image", workflow=workflow))[0]


def test_the_first_that_chooses_wins_and_the_last_decorator_is_outermost(database: Database) -> None:
    makers = Makers(opened=MakerList((Named("a"), Named("b")), (Wrapped("1"), Wrapped("2"))))
    assert makers.choose(Kind.IMAGE, asked(database, "b")).pipeline.name == "b12"
    assert [each.title for each in makers.offered()] == ["a12", "b12"]
    with pytest.raises(InvalidInputError, match="there is no workflow 'c' for image prompts; there are: a, b"):
        makers.choose(Kind.IMAGE, asked(database, "c"))
    with pytest.raises(NotFoundError):
        makers.check("c")


def test_ranks_order_the_list_and_the_default_comes_first() -> None:
    makers = Makers(opened=MakerList((Named("a", rank=2), Named("b"), Named("c", {DefaultGround.BUILT_IN: 0}, rank=1))))
    assert [each.name for each in makers.offered()] == ["b", "c", "a"]
    assert [each.name for each in makers.workflows()] == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("grounds", "kept", "default"),
    [
        ({}, None, "a"),
        ({"b": {DefaultGround.BUILT_IN: 0}}, None, "b"),
        ({"b": {DefaultGround.BUILT_IN: 0}, "c": {DefaultGround.FOUND: 0}}, None, "c"),
        ({"b": {DefaultGround.FOUND: 2}, "c": {DefaultGround.FOUND: 1}}, None, "c"),
        ({"c": {DefaultGround.FOUND: 1}}, Kept("b"), "b"),
        ({"c": {DefaultGround.FOUND: 1}}, Kept("gone"), "c"),
        ({"c": {DefaultGround.SET_UP: 1}}, Kept("b"), "c"),
        ({"c": {DefaultGround.SET_UP: 1}}, Kept("b", by_owner=True), "b"),
        ({"c": {DefaultGround.CONFIGURED: 1}}, Kept("b", by_owner=True), "c"),
    ],
)
def test_which_ground_for_a_default_counts_more(
    grounds: Mapping[str, Mapping[DefaultGround, float]], kept: Kept | None, default: str
) -> None:
    makers = [Named(name, grounds.get(name)) for name in ("a", "b", "c")]
    found: list[str] = []
    mine = KindDefaults(makers, {Kind.IMAGE: kept} if kept is not None else {})
    assert mine.find(Kind.IMAGE, ["a", "b", "c"], keep=lambda _, name: found.append(name)) == default
    is_new = DefaultGround.FOUND in grounds.get(default, {})
    assert found == ([default] if is_new else []), "only what was found just now is kept"


def test_makers_are_opened_when_needed_and_again_after_closing() -> None:
    opened: list[Named] = []

    def open_list() -> MakerList:
        opened.append(Named("a"))
        return MakerList((opened[-1],))

    mine = registry.Registry(open_list)
    mine.close()
    assert (mine.places(), opened) == (0, [])
    assert [each.name for each in mine.offered()] == ["a"]
    mine.close()
    mine.offered()
    assert [each.closed for each in opened] == [1, 0]
