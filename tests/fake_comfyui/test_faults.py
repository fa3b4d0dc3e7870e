"""Switches of faults: how often each still shows, whoever asks."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_comfyui.faults import FAULTS, Switches, parse

times = st.none() | st.integers(0, 1000)


@given(st.dictionaries(st.sampled_from(sorted(FAULTS)), times))
def test_words_say_which_faults_and_how_often(wanted: dict[str, int | None]) -> None:
    words = [name if count is None else f"{name}={count}" for name, count in wanted.items()]
    usual = {name: FAULTS[name].times if count is None else count for name, count in wanted.items()}
    assert parse(words) == usual


def test_the_last_of_two_words_for_one_fault_counts() -> None:
    assert parse(["nan=3", "nan=1"]) == {"nan": 1}
    assert parse(["nan=3", "nan="]) == {"nan": None}


@pytest.mark.parametrize("word", ["nan=-1", "nan=1.5", "nan= 1", "nan=once"])
def test_a_number_that_is_none_is_quoted(word: str) -> None:
    with pytest.raises(ValueError, match="is not a number of times") as caught:
        parse([word])
    assert repr(word) in str(caught.value)


def test_an_unknown_fault_is_refused_with_the_list() -> None:
    with pytest.raises(ValueError, match="no fault 'Nan'") as caught:
        Switches().on("Nan")
    assert all(name in str(caught.value) for name in FAULTS)


def test_a_fault_of_no_times_is_off() -> None:
    switches = Switches(["nan=0"])
    assert not switches.active("nan")
    assert not switches.take("nan")


def test_to_look_uses_nothing_up() -> None:
    switches = Switches(["oom-once"])
    assert [switches.active("oom-once") for _ in range(3)] == [True] * 3
    assert switches.take("oom-once")
    assert not switches.active("oom-once")


def test_many_threads_are_shown_it_just_so_often() -> None:
    switches = Switches(["http-503=500"])
    with ThreadPoolExecutor(8) as pool:
        shown = list(pool.map(lambda _: switches.take("http-503"), range(2000)))
    assert sum(shown) == 500


def test_refusals_come_in_the_order_of_the_table() -> None:
    switches = Switches(["400-value-not-in-list=1", "400-no-prompt=1", "nan"])
    assert [switches.refusal() for _ in range(3)] == ["no_prompt", "value_not_in_list", None]


def test_a_switch_can_be_turned_again() -> None:
    switches = Switches(["oom-once"])
    switches.take("oom-once")
    switches.on("oom-once")
    assert switches.take("oom-once")
    switches.on("oom-once", 2)
    switches.off("oom-once")
    switches.off("never-heard-of")
    assert not switches.active("oom-once")
