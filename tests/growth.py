"""That work grows with its input and no faster, by CPU time of the same process: no clock on a wall decides."""

import time
from collections.abc import Callable

TIMES = 10
"""How much larger the second input has to be."""


def grows_gently(act: Callable[[str], object], small: str, large: str) -> bool:
    """Whether ten times the text costs less than sixty times the work, as anything quadratic would at these sizes.

    The fifth of a second beside it is for texts that cost nothing that could be measured.
    """
    assert len(large) >= TIMES * len(small), "the second text has to be ten times the first"
    began = time.process_time()
    act(small)
    middle = time.process_time()
    act(large)
    return time.process_time() - middle < 60 * (middle - began) + 0.2
