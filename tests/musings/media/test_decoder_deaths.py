"""Whose fault it is when a decoding child dies."""

import signal

import pytest

from musings.errors import ChildKilled, CommandError, PassingFault, UserFault
from musings.media.decoder_deaths import CRASHES, MOST_KILLS, MOST_KILLS_AMONG_OTHERS, Deaths


def of(code: int | None) -> CommandError:
    return CommandError("python ended.", command=("python",), code=code, stderr="what it said")


@pytest.mark.parametrize("number", sorted(CRASHES))
def test_a_crash_is_the_files_fault_when_it_comes_twice(number: signal.Signals) -> None:
    deaths = Deaths("a.png")
    deaths.died(of(-number))
    assert deaths.blames, "the second time in a child that has read nothing else"
    with pytest.raises(UserFault, match=rf"a\.png brings its decoder down \({number.name}\)"):
        deaths.died(of(-number))


@pytest.mark.parametrize("code", [-signal.SIGKILL, -signal.SIGTERM, -signal.SIGHUP, 0, 1, None])
def test_any_other_end_is_no_fault_of_the_file(code: int | None) -> None:
    deaths = Deaths("a.png")
    for _ in range(MOST_KILLS - 1):
        deaths.died(of(code))
    assert not deaths.blames
    with pytest.raises(PassingFault, match=r"decodes a\.png was ended 3 times") as caught:
        deaths.died(of(code))
    assert caught.value.log == "what it said"
    assert isinstance(caught.value, ChildKilled) == (code is not None and code < 0)


def test_who_is_killed_among_others_has_more_patience() -> None:
    """Something on this machine ends them all, and the others were read in the end."""
    deaths = Deaths("a.png", lambda: True)
    for _ in range(MOST_KILLS_AMONG_OTHERS - 1):
        deaths.died(of(-signal.SIGKILL))
    with pytest.raises(PassingFault, match=r"was ended 9 times"):
        deaths.died(of(-signal.SIGKILL))


def test_time_that_is_used_up_is_the_files_fault_at_once() -> None:
    with pytest.raises(UserFault, match="more time than any file may"):
        Deaths("a.png").died(of(-signal.SIGXCPU))


def test_want_of_memory_counts_in_a_child_that_has_read_nothing_else() -> None:
    deaths = Deaths("a.png")
    deaths.wanted_memory(2_000_000_000, fresh=False)
    assert deaths.blames
    with pytest.raises(UserFault, match=r"a\.png could not be decoded within 2,000 MB of memory"):
        deaths.wanted_memory(2_000_000_000, fresh=True)
