"""When to try again: exponential backoff with jitter (DESIGN D7)."""

from datetime import datetime, timedelta

FACTOR = 4.0
LONGEST_SECONDS = 300.0


def next_attempt(now: datetime, attempts_used: int, base_seconds: float, chance: float) -> datetime:
    """When the attempt after ``attempts_used`` may start.

    ``chance`` is a random number from 0 to 1; it takes off up to half of the wait, so that prompts which failed
    together do not come back together.
    """
    wait = min(LONGEST_SECONDS, base_seconds * FACTOR ** (attempts_used - 1))
    return now + timedelta(seconds=wait * (1 - chance / 2))
