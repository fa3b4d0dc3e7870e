"""How long whoever guesses must wait, told by a clock that the test holds."""

import pytest

from musings.security import rate_limits
from musings.security.rate_limits import LoginThrottle, TokenBuckets, neighbourhood


def tries(limit: LoginThrottle, address: str, count: int, now: float) -> list[bool]:
    return [limit.attempt(address, now) == 0 for _ in range(count)]


def test_the_waits_of_an_address_double_up_to_a_limit() -> None:
    limit, now, waits = LoginThrottle(), 0.0, []
    assert tries(limit, "10.0.0.1", 5, now) == [True] * 5
    for _ in range(14):
        wait = limit.attempt("10.0.0.1", now)
        waits.append(wait)
        assert limit.attempt("10.0.0.1", now + wait * 0.99) > 0
        now += wait
        assert limit.attempt("10.0.0.1", now) == 0
    assert waits[:6] == [1, 2, 4, 8, 16, 32]
    assert waits[-1] == rate_limits.LONGEST_WAIT


def test_many_at_once_do_not_slip_through() -> None:
    assert sum(tries(LoginThrottle(), "10.0.0.1", 100, 0)) == rate_limits.FREE_TRIES


def test_a_login_is_forgiven_and_time_forgives() -> None:
    limit = LoginThrottle()
    tries(limit, "10.0.0.1", 4, 0)
    assert limit.attempt("10.0.0.1", 0) == 0
    limit.succeeded("10.0.0.1")
    assert tries(limit, "10.0.0.1", 5, 0) == [True] * 5
    assert limit.attempt("10.0.0.1", 0) > 0
    assert tries(limit, "10.0.0.1", 5, rate_limits.FORGIVEN_AFTER + 1) == [True] * 5


def test_a_thousand_addresses_share_one_limit() -> None:
    limit = LoginThrottle()
    limit.attempt("192.168.1.7", 0)
    limit.succeeded("192.168.1.7")
    granted = sum(limit.attempt(f"10.0.{n // 250}.{n % 250}", 0) == 0 for n in range(1000))
    assert granted == rate_limits.FREE_TRIES_OF_ALL
    assert 0 < limit.attempt("10.9.9.9", 0) <= rate_limits.LONGEST_WAIT_OF_ALL
    assert limit.attempt("192.168.1.7", 0) == 0, "who has logged in before is not locked out by strangers"


def test_memory_is_bounded() -> None:
    limit, buckets = LoginThrottle(), TokenBuckets()
    for n in range(rate_limits.MOST_KEYS + 50):
        limit.attempt(f"host-{n}", 0)
        limit.succeeded(f"host-{n}")
        buckets.take(f"host-{n}", 0)
    assert len(limit._each) + len(limit._known) <= 2 * rate_limits.MOST_KEYS
    assert len(buckets._filled) == rate_limits.MOST_KEYS


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("testclient", "testclient", True),
        ("", "x", False),
    ],
)
def test_what_counts_as_one_address(one: str, other: str, same: bool) -> None:
    assert (neighbourhood(one) == neighbourhood(other)) is same


def test_a_bucket_empties_and_fills() -> None:
    buckets = TokenBuckets(at_once=3, per_second=2)
    assert [buckets.take("a", 0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert buckets.take("b", 0) == 0
    assert buckets.take("a", 0.5) == 0
    assert buckets.take("a", 0.5) == 0.5
    assert [buckets.take("a", 100) for _ in range(4)] == [0, 0, 0, 0.5]
