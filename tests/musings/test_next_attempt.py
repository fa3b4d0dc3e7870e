"""When to try again."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from musings.backoff import LONGEST_SECONDS, next_attempt

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("used", "chance", "seconds"), [(1, 0, 5), (2, 0, 20), (3, 0, 80), (4, 0, 300), (1, 1, 2.5), (10**9, 0, 300)]
)
def test_it_grows_to_a_cap_with_jitter(used: int, chance: float, seconds: float) -> None:
    assert (next_attempt(NOW, used, 5, chance) - NOW).total_seconds() == seconds


@pytest.mark.parametrize(("told", "seconds"), [(7.5, 7.5), (0, 0), (-3, 0), (1e9, 300), (float("nan"), 5)])
def test_the_other_side_may_say_how_long(told: float, seconds: float) -> None:
    assert (next_attempt(NOW, 1, 5, 0, told) - NOW).total_seconds() == seconds


@given(some.integers(1, 10**6), some.floats(0, 3600), some.floats(0, 1))
def test_it_is_never_in_the_past_nor_far_away(used: int, base: float, chance: float) -> None:
    assert 0 <= (next_attempt(NOW, used, base, chance) - NOW).total_seconds() <= LONGEST_SECONDS
