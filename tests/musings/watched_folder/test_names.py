"""What the name of a file says."""

import os

import pytest

from musings.watched_folder.names import TakenFile, TakenState, as_text, is_dropped, refusal_of, taken_as, taken_in


def test_a_mark_and_its_name_are_the_same() -> None:
    taken = taken_as("a-fox.v2.MD", 12)
    assert taken.name == "a-fox.v2-12.waiting.MD"
    assert taken_in(taken.name) == taken
    assert (taken.base, taken.original) == ("a-fox.v2-12", "a-fox.v2.MD")
    assert taken_in(taken.in_state(TakenState.FAILED).name) == TakenFile("a-fox.v2", 12, TakenState.FAILED, ".MD")


@pytest.mark.parametrize("name", ["fox.txt", "fox-0.waiting.txt", "fox-1.waiting.png", "-1.waiting.txt", "fox-1.txt"])
def test_other_names_are_no_marks(name: str) -> None:
    assert taken_in(name) is None


def test_ours_are_not_taken_again() -> None:
    ours = [taken_as("fox.txt", 1).name, taken_as("fox.txt", 1).in_state(TakenState.FAILED).name, refusal_of("fox.txt")]
    assert not any(is_dropped(name) for name in ours)
    assert is_dropped("fox-1.txt")


@pytest.mark.parametrize("name", ["x" * 251 + ".txt", "🦊" * 60 + ".txt"])
def test_a_long_name_leaves_room_for_the_mark(name: str) -> None:
    for made in (taken_as(name, 10**17).name, refusal_of(name), f".{taken_as(name, 10**17).base}.error.txt.partial"):
        assert len(os.fsencode(made)) <= 255


def test_a_name_that_is_no_text_is_shown_as_one() -> None:
    assert as_text(os.fsdecode(b"caf\xe9.txt")) == "caf\ufffd.txt"
