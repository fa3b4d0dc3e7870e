"""A maker of one workflow and a decorator that leaves its mark, for tests of the makers together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from musings.makers.base import Chosen, Context, DefaultGround, Proposal, Wanted, Workflow
from musings.makers.simple import SimpleMaker
from musings.models import Job, Kind, Outcome, Prompt


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
