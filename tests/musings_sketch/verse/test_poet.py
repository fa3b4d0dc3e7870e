"""Choosing words: slots, repeats, rhymes, and lines that pass their test."""

import re

import pytest

from musings_sketch.verse import lexicon
from musings_sketch.verse.poet import metrical, of_syllables, sentence
from musings_sketch.verse.sound import iambic, rhyme_of, syllables
from tests.musings_sketch.verse.poets import poet, poets


def test_slots_are_filled_and_articles_mended() -> None:
    for writer in poets():
        line = writer.fill("a {adj} {noun}, {np}", np="an boat")
        assert re.fullmatch(r"an? \S+ \S+, a boat", line)
        assert line.startswith("an ") == (line.split()[1][0] in "aeiou") or line.split()[1].startswith(("uni", "hon"))


def test_no_word_comes_twice_in_a_line() -> None:
    writer = poet("a red fox in the snow")
    lines = [writer.fill("{noun} {noun} {noun}").split() for _ in range(50)]
    assert [line for line in lines if len(set(line)) < 3] == []


def test_an_unknown_slot_is_a_fault_of_the_template() -> None:
    with pytest.raises(KeyError, match="colour"):
        poet("").fill("the {colour} sea")


def test_words_that_were_kept_are_drawn_less() -> None:
    writer = poet("", 3)
    for word in lexicon.ADVERBS.split()[:-1]:
        for _ in range(50):
            writer.keep(word)
    rest = lexicon.ADVERBS.split()[-1]
    drawn = [writer.word("adv") for _ in range(200)]
    assert drawn.count(rest) > 200 / len(lexicon.ADVERBS.split()) * 2


def test_templates_take_turns() -> None:
    writer = poet("the sea")
    shapes = [f"{number} {{noun}}" for number in range(6)]
    assert sorted(int(writer.say(shapes).split()[0]) for _ in shapes) == list(range(6))
    assert writer.say(shapes)


def test_a_line_is_not_written_twice() -> None:
    writer = poet("the sea")
    writer.keep("still")
    assert writer.line(["still"], lambda _: True) is None
    assert writer.line(["still", "moving"], lambda _: True) == "moving"


def test_the_second_best_line_is_taken_only_when_none_passes() -> None:
    assert poet("").line(["the {noun}"], lambda _: False) is None
    second = poet("").line(["the {noun}"], lambda _: False, fallback=lambda line: line.startswith("the"))
    assert second is not None
    assert poet("").line(["a b", "c d"], lambda line: line == "c d", fallback=lambda _: True) == "c d"


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_endings_rhyme_and_come_from_another_group_each_time(count: int) -> None:
    writer = poet("the sea")
    groups = []
    for _ in range(12):
        ends = writer.ending(count, thing=True)
        assert len({word for word, _ in ends}) == count
        assert ends[0][1] in "np"
        (group,) = {rhyme_of(word) for word, _ in ends}
        groups.append(group)
    assert len(set(groups)) == 12


def test_tests_of_a_line() -> None:
    line = "the silver moon above the quiet sea"
    assert iambic(line, 5) is metrical(5)(line) is True
    assert not metrical(4)(line)
    assert of_syllables(syllables(line))(line)
    assert not of_syllables(9)(line)


def test_the_words_and_the_mood_choose_the_themes() -> None:
    for text, theme in (
        ("the stormy sea", "rain"),
        ("a sad song", "time"),
        ("winter night", "winter"),
        ("a robot", "machine"),
    ):
        assert theme in poet(text).themes, text
    for writer in poets():
        assert 2 <= len(writer.themes) == len(set(writer.themes)) <= 3


def test_people_are_not_what_it_is_about_where_there_is_more() -> None:
    writer = poet("I met Anna by the lighthouse")
    assert writer.people == ["Anna"]
    assert {writer.topic(at).bare for at in range(4)} == {"lighthouse"}
    assert poet("I met Anna").topic().bare == "Anna"
    assert poet("a train to Paris").people == []


@pytest.mark.parametrize(("text", "said"), [("", ""), ("élan", "Élan"), ("“a", "“a"), ("aB", "AB")])
def test_a_sentence_begins_with_a_capital(text: str, said: str) -> None:
    assert sentence(text) == said
