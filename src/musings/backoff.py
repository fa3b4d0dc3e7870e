"""When to try again: exponential backoff, with jitter for what many may have waited for together."""

import math
from datetime import datetime, timedelta

MOST_DOUBLINGS = 64  # beyond which no wait grows, and no number overflows
ATTEMPT_FACTOR = 4.0
LONGEST_SECONDS = 300.0


def backoff(tries: int, first: float, longest: float = math.inf, factor: float = 2.0) -> float:
    """Seconds to wait after so many tries that failed: ``first`` after one, ``factor`` times as many after each more.

    Never more than ``longest``. Before the first failure there is nothing to wait for: 0.
    """
    if tries < 1:
        return 0.0
    return float(min(longest, first * factor ** min(tries - 1, MOST_DOUBLINGS)))


def next_attempt(
    now: datetime, attempts_used: int, base_seconds: float, chance: float, told_seconds: float | None = None
) -> datetime:
    """When the attempt after ``attempts_used`` may start.

    ``chance`` is a random number from 0 to 1; it takes off up to half of the wait, so that prompts which failed
    together do not come back together. ``told_seconds`` is how long the other side said to wait, if it did.
    """
    if told_seconds is not None and math.isfinite(told_seconds):
        return now + timedelta(seconds=min(LONGEST_SECONDS, max(0.0, told_seconds)))
    wait = backoff(attempts_used, base_seconds, LONGEST_SECONDS, ATTEMPT_FACTOR)
    return now + timedelta(seconds=wait * (1 - chance / 2))


def patience(waits: int) -> float:
    """Seconds until we look again for something that can run a prompt: soon at first, every five minutes later."""
    return backoff(waits + 1, 5, LONGEST_SECONDS)
