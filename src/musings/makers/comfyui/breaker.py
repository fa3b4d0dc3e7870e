"""A circuit breaker: after some failures in a row a server is left alone for a while, then tried by one job. Pure."""

from dataclasses import dataclass, replace
from enum import StrEnum

from musings.backoff import backoff


class Circuit(StrEnum):
    """``closed`` lets jobs through, ``open`` none, ``half_open`` a single one, to see."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True)
class Breaker:
    """A circuit breaker as a value; every method is given the time, in seconds, and returns the next state.

    It opens after ``threshold`` failures in a row, for ``rest_seconds``, twice as long each time it fails again, at
    most ``longest_seconds``.
    """

    # A program that crashes needs about as long to start again.
    threshold: int = 3
    rest_seconds: float = 15.0
    longest_seconds: float = 300.0
    failures: int = 0
    opened_at: float | None = None
    rests: int = 0
    trying: bool = False

    def circuit(self, now: float) -> Circuit:
        if self.opened_at is None:
            return Circuit.CLOSED
        return Circuit.OPEN if now < self.opened_at + self._rest() else Circuit.HALF_OPEN

    def allows(self, now: float) -> bool:
        """Whether a job may be sent."""
        circuit = self.circuit(now)
        # Half open for a single job: many at once would all fail if it is not well.
        return circuit is Circuit.CLOSED or (circuit is Circuit.HALF_OPEN and not self.trying)

    def tried(self, now: float) -> "Breaker":
        """A job is being sent."""
        return replace(self, trying=self.circuit(now) is Circuit.HALF_OPEN)

    def succeeded(self) -> "Breaker":
        return replace(self, failures=0, opened_at=None, rests=0, trying=False)

    def failed(self, now: float) -> "Breaker":
        failures = self.failures + 1
        if self.opened_at is None and failures < self.threshold:
            return replace(self, failures=failures, trying=False)
        # Each failure after a rest doubles the next rest.
        return replace(self, failures=failures, opened_at=now, rests=self.rests + 1, trying=False)

    def gave_out(self, now: float) -> "Breaker":
        """There is no doubt: it opens at once."""
        return replace(self, failures=self.threshold - 1).failed(now)

    def _rest(self) -> float:
        return backoff(max(1, self.rests), self.rest_seconds, self.longest_seconds)
