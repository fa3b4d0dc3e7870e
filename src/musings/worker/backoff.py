"""When to try again: exponential backoff with jitter (DESIGN D7)."""

import math
from datetime import datetime, timedelta

from musings.backoff import backoff

# Quadrupled: the first repeats are quick, because most faults are short; a server that is down is soon left alone.
FACTOR = 4.0
# Five minutes, the usual interval of a schedule: a longer wait would only make the owner wait.
LONGEST_SECONDS = 300.0


def next_attempt(
    now: datetime, attempts_used: int, base_seconds: float, chance: float, told_seconds: float | None = None
) -> datetime:
    """When the attempt after ``attempts_used`` may start.

    ``chance`` is a random number from 0 to 1; it takes off up to half of the wait, so that prompts which failed
    together do not come back together. ``told_seconds`` is how long the other side said to wait, if it did.
    """
    # What the other side asks for is bounded as well: a wrong header must not put a prompt off for a day.
    if told_seconds is not None and math.isfinite(told_seconds):
        return now + timedelta(seconds=min(LONGEST_SECONDS, max(0.0, told_seconds)))
    wait = backoff(attempts_used, base_seconds, LONGEST_SECONDS, FACTOR)
    # At most half of it: the jitter spreads prompts and must not defeat the backoff.
    return now + timedelta(seconds=wait * (1 - chance / 2))
