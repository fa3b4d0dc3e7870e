"""That work grows with its input and no faster, by CPU time of the same process: no clock on a wall decides."""

import time
from collections.abc import Callable

TIMES = 10
"""How much larger the second input has to be."""


NOISE_SECONDS = 0.2
"""Of CPU: a text that costs less is too cheap to compare with."""
TRIES = 3
"""A machine that paused looks slow once; work that grows too fast looks so each time."""


def grows_gently(act: Callable[[str], object], small: str, large: str, *, noise_seconds: float = NOISE_SECONDS) -> bool:
    """Whether ten times the text costs less than sixty times the work, as anything quadratic would at these sizes."""
    assert len(large) >= TIMES * len(small), "the second text has to be ten times the first"
    return any(_once(act, small, large) < noise_seconds for _ in range(TRIES))


def _once(act: Callable[[str], object], small: str, large: str) -> float:
    """How much longer (s) the large text took than sixty times the small one."""
    began = time.process_time()
    act(small)
    middle = time.process_time()
    act(large)
    return time.process_time() - middle - 60 * (middle - began)
