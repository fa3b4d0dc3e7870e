"""When a server is left alone, and when it is tried again."""

from musings.makers.comfyui.breaker import Breaker, Circuit


def test_the_breaker_opens_rests_tries_and_closes() -> None:
    breaker = Breaker(threshold=2, rest_seconds=10)
    breaker = breaker.failed(0.0)
    assert breaker.allows(0.0)
    breaker = breaker.failed(1.0)
    assert breaker.circuit(10.9) is Circuit.OPEN
    assert not breaker.allows(10.9)
    assert breaker.circuit(11.0) is Circuit.HALF_OPEN
    assert breaker.allows(11.0)
    trying = breaker.tried(11.0)
    assert not trying.allows(11.0)
    assert trying.succeeded() == Breaker(threshold=2, rest_seconds=10)
    again = trying.failed(12.0)
    assert again.circuit(31.9) is Circuit.OPEN
    assert again.circuit(32.0) is Circuit.HALF_OPEN


def test_the_rest_has_a_limit() -> None:
    breaker = Breaker(threshold=1, rest_seconds=10, longest_seconds=25)
    for now in (0.0, 100.0, 200.0, 300.0):
        breaker = breaker.failed(now)
    assert breaker.circuit(324.9) is Circuit.OPEN
    assert breaker.circuit(325.0) is Circuit.HALF_OPEN


def test_a_success_forgets_failures() -> None:
    breaker = Breaker(threshold=2).failed(0.0).succeeded().failed(1.0)
    assert breaker.circuit(1.0) is Circuit.CLOSED
