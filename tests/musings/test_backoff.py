"""Waits between tries."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.backoff import backoff


def test_each_wait_is_twice_the_one_before() -> None:
    assert [backoff(tries, 5, 300) for tries in range(9)] == [0, 5, 10, 20, 40, 80, 160, 300, 300]


def test_another_factor() -> None:
    assert [backoff(tries, 1, 100, factor=4) for tries in (1, 2, 3, 4, 5)] == [1, 4, 16, 64, 100]


def test_no_wait_at_all_stays_none() -> None:
    assert backoff(3, 0, 300) == 0


@given(st.integers(-5, 10**9), st.floats(0, 3600), st.floats(0, 10**6), st.sampled_from([2.0, 4.0]))
def test_a_wait_is_a_number_within_its_bound(tries: int, first: float, longest: float, factor: float) -> None:
    wait = backoff(tries, first, longest, factor)
    assert math.isfinite(wait)
    assert 0 <= wait <= longest
    assert backoff(tries + 1, first, longest, factor) >= wait


@pytest.mark.parametrize("tries", [0, -1])
def test_before_the_first_failure_nothing_waits(tries: int) -> None:
    assert backoff(tries, 5, 300) == 0
