"""Makers for tests: small, real, and at the command of the test."""

import threading
from collections.abc import Callable, Mapping, Sequence

from musings.config.settings import Settings
from musings.makers.all import open_makers
from musings.makers.base import Chosen, Context, MakerList, Pipeline, Wanted
from musings.makers.choice import Makers
from musings.makers.simple import SimpleMaker
from musings.models import ArtifactType, FormField, Job, Kind, MadeFile, Outcome, Writing

Act = Callable[[Job, Context], Outcome]


def made_text(job: Job, _context: Context) -> Outcome:
    """One text file that says which attempt made it."""
    path = job.directory / "0001.md"
    path.write_text(f"{job.text}\n\nattempt {job.attempt}\n", encoding="utf-8")
    writing = Writing("A title", job.text, "poem") if job.kind is Kind.TEXT else None
    return Outcome((MadeFile(path, ArtifactType.TEXT, {"prompt": job.text}),), "double", writing)


class Double:
    """A pipeline that does what the test says; it remembers the jobs it was given."""

    name = "double"

    def __init__(self, act: Act = made_text) -> None:
        self.act = act
        self.jobs: list[Job] = []

    def run(self, job: Job, context: Context) -> Outcome:
        self.jobs.append(job)
        return self.act(job, context)


class DoubleMaker(SimpleMaker):
    """Whatever is asked of these kinds, its doubles make it; they take any parameters."""

    name = "double"

    def __init__(self, doubles: Mapping[str, Pipeline]) -> None:
        self._doubles = doubles

    def unnamed(self, kind: Kind) -> Sequence[FormField] | None:
        return () if kind.value in self._doubles else None

    def choose(self, wanted: Wanted) -> Chosen | None:
        double = self._doubles.get(wanted.kind.value)
        return Chosen(double, ()) if double is not None else None


def pipelines_of(double: Pipeline) -> Makers:
    """Makers of which ``double`` alone serves every kind."""
    return Makers(opened=MakerList((DoubleMaker({kind.value: double for kind in Kind}),)))


def makers_with(settings: Settings, **doubles: Pipeline) -> Makers:
    """The makers of the settings, after doubles for some kinds: ``image``, ``music`` …"""
    real = open_makers(settings)
    return Makers(opened=MakerList((DoubleMaker(doubles), *real.makers), real.decorators))


def patient(job: Job, context: Context) -> Outcome:
    """Runs until it is told to stop."""
    while True:
        context.check()
        threading.Event().wait(0.005)
