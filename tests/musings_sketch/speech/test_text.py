"""Cleaning and cutting a text, without any sound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings_sketch.speech.text import cleaned, pause_after, pieces, plainer, speakable

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=3000)
WORDY = st.lists(st.sampled_from(["word ", "ein\n", "\n\n", "end. ", "Ja! ", "也好。", ", ", "x" * 90, "\u0301"])).map(
    "".join
)


@given(ANYTHING | WORDY, st.integers(20, 600))
def test_pieces_are_the_text_again(text: str, limit: int) -> None:
    found = pieces(text, limit)
    assert "".join(found) == text
    assert all(0 < len(piece) <= limit for piece in found)


@given(ANYTHING)
def test_cleaning_leaves_nothing_that_could_hurt(text: str) -> None:
    found = cleaned(text)
    found.encode()
    assert not set(found) & set("\x00\x01\x1b\r\ufeff\u202e")
    assert cleaned(found) == found


@given(WORDY)
def test_every_piece_has_a_pause(text: str) -> None:
    assert all(0 < pause_after(piece) < 1 for piece in pieces(text))


def test_cuts_after_sentences_and_fills_pieces() -> None:
    found = pieces("One is here. Two is here. Three is here. ", 27)
    assert found == ["One is here. Two is here. ", "Three is here. "]


def test_cuts_a_long_sentence_at_a_clause_then_at_a_word() -> None:
    assert pieces("a clause of it, and then more words", 20) == ["a clause of it, ", "and then more words"]
    assert pieces("no clause in here at all", 12) == ["no clause ", "in here at ", "all"]


def test_keeps_a_letter_and_its_marks_together() -> None:
    assert pieces("xxxxxxxxxe\u0301", 10) == ["xxxxxxxxx", "e\u0301"]


def test_a_paragraph_and_a_line_of_verse_end_a_piece() -> None:
    assert pieces("First.\n\nSecond.") == ["First.\n\n", "Second."]
    assert pieces("Roses are red\nviolets are blue") == ["Roses are red\n", "violets are blue"]
    prose = "a line of prose that was wrapped at seventy-two columns by an editor\nand goes on"
    assert pieces(prose) == [prose]


@pytest.mark.parametrize(("longer", "shorter"), [("End.\n\n", "End. "), ("End. ", "clause, "), ("clause, ", "word ")])
def test_pauses_grow_with_the_cut(longer: str, shorter: str) -> None:
    assert pause_after(longer) > pause_after(shorter)


def test_cleaning_shortens_ruled_lines_and_joins_blank_lines() -> None:
    assert cleaned("Title\r\n=======\r\n\r\n\r\n  text\t\there ") == "Title\n===\n\ntext here"


@pytest.mark.parametrize(("text", "fit"), [("a", True), ("٣", True), ("中", True), ("🎉", False), ("!?", False)])
def test_speakable_means_a_letter_or_a_digit(text: str, fit: bool) -> None:
    assert speakable(text) is fit


@given(ANYTHING.filter(len))
def test_a_piece_gets_plainer_until_nothing_is_left(text: str) -> None:
    left, steps = [text], 0
    while left:
        left = plainer(left[0]) + left[1:]
        steps += 1
    assert steps <= 1 + len(text)


def test_plainer_keeps_words_and_drops_signs() -> None:
    assert plainer("Déjà vu ⓜ, © 2024!") == ["Déjà vu , 2024!"]
    assert plainer("x" * 70) == [f"{'x' * 30} {'x' * 30} {'x' * 10}"]
    assert plainer("one two three four") == ["one two ", "three four"]
    assert plainer("one two") == []
