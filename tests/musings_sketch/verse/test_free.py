"""Free verse: its stanzas, and capitals only where a sentence begins."""

import itertools
import re

from musings_sketch.verse.free import free_verse
from tests.musings_sketch.verse.poets import poet, poets


def test_five_or_six_stanzas() -> None:
    counts = {len(free_verse(each).split("\n\n")) for each in poets()}
    assert counts == {5, 6}


def test_every_slot_is_filled() -> None:
    assert [text for text in map(free_verse, poets()) if re.search(r"[{}]|  |\bNone\b", text)] == []


def test_a_capital_stands_where_a_sentence_begins() -> None:
    for writer in poets():
        for stanza in free_verse(writer).split("\n\n"):
            lines = stanza.split("\n")
            begins = [
                lines[0],
                *(after for before, after in itertools.pairwise(lines) if before[-1] in ".!?"),
            ]
            assert [line for line in begins if line[0].islower()] == []


def test_it_begins_and_ends_with_what_was_asked_for() -> None:
    for seed in range(8):
        stanzas = free_verse(poet("a lighthouse keeper and the rain", seed)).split("\n\n")
        assert "lighthouse keeper" in stanzas[0].lower()
        assert len(set(stanzas)) == len(stanzas)


def test_what_many_are_is_not_one() -> None:
    for seed in range(8):
        assert not re.search(r"\ban? wild horses", free_verse(poet("wild horses", seed)), re.IGNORECASE)
