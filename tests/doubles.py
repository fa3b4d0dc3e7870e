"""Pipelines for tests: small, real, and at the command of the test."""

from collections.abc import Callable

from musings.makers.base import Context
from musings.makers.registry import Pipelines
from musings.models import ArtifactType, Job, Kind, MadeFile, Outcome, Writing

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


def pipelines_of(double: Double) -> Pipelines:
    """Pipelines in which ``double`` serves every kind."""
    return Pipelines(extra={kind.value: double for kind in Kind})
