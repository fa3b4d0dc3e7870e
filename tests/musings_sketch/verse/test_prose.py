"""Prose, stories and talks: paragraphs, names that stay, and a capital after each stop."""

import re
from collections.abc import Callable

import pytest

from musings_sketch.verse.poet import Poet
from musings_sketch.verse.prose import dialogue, prose, story
from tests.musings_sketch.verse.poets import poet, poets

FORMS: list[tuple[Callable[[Poet], str], int]] = [(prose, 3), (story, 6), (dialogue, 12)]


@pytest.mark.parametrize(("make", "count"), FORMS)
def test_paragraphs(make: Callable[[Poet], str], count: int) -> None:
    for writer in poets():
        paragraphs = make(writer).split("\n\n")
        assert len(paragraphs) == count
        assert all(each.strip() == each != "" for each in paragraphs)


@pytest.mark.parametrize(("make", "count"), FORMS)
def test_every_slot_is_filled_and_every_sentence_begins_with_a_capital(make: Callable[[Poet], str], count: int) -> None:
    for writer in poets():
        text = make(writer)
        assert not re.search(r"[{}]|\bNone\b", text)
        assert re.findall(r"[.?!] (?=[a-z])", text) == []
        assert re.findall(r"[.?!]” (?=[a-z])(?!said)", text) == []


@pytest.mark.parametrize("seed", range(5))
def test_two_voices_take_turns_and_are_two(seed: int) -> None:
    turns = re.findall(r"^\*\*(.+?):\*\* ", dialogue(poet("the sea", seed)), re.MULTILINE)
    assert len(turns) == 12
    assert turns[0] != turns[1]
    assert turns == turns[:2] * 6


@pytest.mark.parametrize("seed", range(5))
def test_the_people_of_the_prompt_are_the_voices(seed: int) -> None:
    text = dialogue(poet("a boat for Greta, with Bruno, at sea", seed))
    assert set(re.findall(r"^\*\*(.+?):\*\*", text, re.MULTILINE)) == {"Greta", "Bruno"}


@pytest.mark.parametrize("seed", range(5))
def test_one_of_the_prompt_is_given_another_who_is_not_the_same(seed: int) -> None:
    names = re.findall(r"^\*\*(.+?):\*\*", dialogue(poet("she told Clara about the sea", seed)), re.MULTILINE)
    assert names[0] == "Clara"
    assert names[1] != "Clara"


def test_a_story_is_about_what_was_asked_for() -> None:
    for seed in range(5):
        first, *_, last = story(poet("a lighthouse and a storm", seed)).split("\n\n")
        assert "the lighthouse" in first.lower()
        assert last.endswith((".", "”"))
