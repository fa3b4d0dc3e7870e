"""A figure with what it is compared to, and how it is printed. Medians and ratios: machines differ, ratios less."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """``against`` names the yardstick of the same run, ``ratio`` is ours over it; both None where there is none."""

    what: str
    value: str
    against: str | None = None
    ratio: float | None = None

    def __str__(self) -> str:
        compared = f"   {self.ratio:6.2f} × {self.against}" if self.ratio is not None else ""
        return f"{self.what:<52} {self.value:>16}{compared}"


def timed(act: Callable[[], object], times: int) -> list[float]:
    """Seconds that each of so many calls took."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        found.append(time.perf_counter() - began)
    return found


def median(seconds: Sequence[float]) -> float:
    return statistics.median(seconds)


def percentile(seconds: Sequence[float], share: float) -> float:
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * share))]


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"
