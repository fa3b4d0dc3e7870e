"""What every pipeline offers and is given.

A pipeline is a way to make something: a function of a job that leaves files in the job's directory and says what
it made, or raises an :class:`~musings.errors.AttemptError`. It never sees the database, and the worker never sees
how the thing is made.
"""

from typing import Protocol

from musings.models import Job, Outcome


class Context(Protocol):
    """How a running attempt talks to whoever runs it. Every method is cheap and safe to call from any thread."""

    def check(self) -> None:
        """Go on, or stop: raises ``Cancelled``, ``Stopping`` or ``TimedOut``. Call it at least once a second."""

    def progress(self, value: float, maximum: float, stage: str) -> None:
        """Say how far the attempt is; ``stage`` is a few words for the page (``"rendering"``)."""

    def preview(self, picture: bytes, media_type: str) -> None:
        """Show an unfinished picture on the page. It is not kept."""

    def started(self, external_id: str) -> None:
        """Write down what is about to run outside, and return when it is on disk (DESIGN D5)."""

    def log(self, text: str) -> None:
        """Add to the attempt's log: the command or the request, its output, its durations."""

    @property
    def remaining(self) -> float:
        """Seconds until the attempt's time limit; never negative."""


class Pipeline(Protocol):
    """One way to make things."""

    name: str

    def run(self, job: Job, context: Context) -> Outcome:
        """Make what ``job`` asks for."""
