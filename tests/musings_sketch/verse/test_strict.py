"""Metre, rhyme and count: every template can be filled, and what comes out keeps its form."""

import re
from collections.abc import Sequence

import pytest

from musings_sketch.verse import strict
from musings_sketch.verse.sound import rhyme_of, syllables, words_of
from tests.musings_sketch.verse.poets import poet, poets

SLOTS = {"noun", "thing", "nouns", "adj", "does", "do", "does_to", "i_do", "doing", "prep", "adv", "end", "np"}
TABLES: list[Sequence[str]] = [*strict.OPEN.values(), *strict.ON.values(), strict.ABOUT]


@pytest.mark.parametrize("templates", TABLES)
def test_templates_end_where_the_rhyme_is(templates: Sequence[str]) -> None:
    for template in templates:
        assert template.endswith("{end}"), template
        assert template.count("{end}") == 1, template


@pytest.mark.parametrize("templates", [*TABLES, *strict.HAIKU])
def test_templates_ask_for_words_that_there_are(templates: Sequence[str]) -> None:
    assert {slot for template in templates for slot in re.findall(r"\{(\w+)\}", template)} <= SLOTS
    assert len(set(templates)) == len(templates)


def ends(stanza: str) -> list[int | None]:
    return [rhyme_of(words_of(line)[-1]) for line in stanza.split("\n")]


def test_sonnets_have_fourteen_lines_and_three_turns() -> None:
    for writer in poets()[::3]:
        stanzas = strict.sonnet(writer).split("\n\n")
        assert [len(each.split("\n")) for each in stanzas] == [4, 4, 4, 2]
        for stanza in stanzas[:3]:
            first, second, third, fourth = ends(stanza)
            assert (first, second) == (third, fourth)
            assert first != second
        assert len(set(ends(stanzas[3]))) == 1


def test_stanzas_end_with_a_stop_and_begin_with_a_capital() -> None:
    for writer in poets()[::6]:
        for stanza in [*strict.ballad(writer).split("\n\n"), *strict.couplets(writer).split("\n\n")]:
            lines = stanza.split("\n")
            assert [line[-1] for line in lines] == [",", ";", ",", "."]
            assert not lines[0][0].islower()


def test_haiku_count_five_seven_five_for_any_subject() -> None:
    for text in ("a fox", "the extraordinarily complicated refrigerators", "Anna", "日本", "", "1234"):
        for seed in range(3):
            lines = strict.haiku(poet(text, seed)).split("\n")
            assert [syllables(line) for line in lines] == [5, 7, 5], (text, seed)


def test_a_quatrain_names_its_subject_or_nothing_of_it() -> None:
    about = [strict.quatrain(poet("a lighthouse", seed), 0).lower() for seed in range(4)]
    assert [text for text in about if "lighthouse" in text]
    for seed in range(4):
        _first, second, _third, fourth = ends(strict.quatrain(poet("a fox", seed), None))
        assert second == fourth is not None
