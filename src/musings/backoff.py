"""How long to wait before another try: longer after each one, up to a bound."""

import math

MOST_DOUBLINGS = 64  # beyond which no wait grows, and no number overflows


def backoff(tries: int, first: float, longest: float = math.inf, factor: float = 2.0) -> float:
    """Seconds to wait after so many tries that failed: ``first`` after one, ``factor`` times as many after each more.

    Never more than ``longest``. Before the first failure there is nothing to wait for: 0.
    """
    if tries < 1:
        return 0.0
    return float(min(longest, first * factor ** min(tries - 1, MOST_DOUBLINGS)))
