"""Who plays: what the words ask for, what they refuse, and nobody twice."""

from itertools import product
from random import Random

import pytest

from musings_sketch.music.brief import Brief, read
from musings_sketch.music.cast import Cast, chosen
from musings_sketch.music.instruments import INSTRUMENTS
from musings_sketch.music.styles import STYLES
from musings_sketch.music.theory import Key


def brief(text: str, seed: int = 1) -> Brief:
    return read(text, Random(seed))


def cast(text: str, seed: int = 1) -> Cast:
    return chosen(brief(text, seed), Random(seed))


def players(made: Cast) -> list[str]:
    rest = [made.counter, made.pad, made.bass[0] if made.bass else None]
    return [made.lead, made.chords[0], *(name for name in rest if name)]


@pytest.mark.parametrize(("style", "seed"), list(product((style.words[0] for style in STYLES), range(4))))
def test_all_who_are_chosen_can_play(style: str, seed: int) -> None:
    made = cast(style, seed)
    assert set(players(made)) <= set(INSTRUMENTS)
    assert made.counter != made.lead


@pytest.mark.parametrize("seed", range(4))
def test_what_was_refused_does_not_play(seed: int) -> None:
    for text, name in (
        ("a waltz without violin", "violin"),
        ("a ballad, no piano", "piano"),
        ("jazz without a sax", "saxophone"),
    ):
        assert name not in players(cast(text, seed)), text
    assert cast("rock without drums", seed).groove is None
    assert cast("rock without bass", seed).bass is None


@pytest.mark.parametrize("seed", range(4))
def test_what_was_named_plays(seed: int) -> None:
    assert cast("a song for cello", seed).lead == "cello"
    two = cast("a duet for flute and violin", seed)
    assert (two.lead, two.counter) == ("flute", "violin")
    assert cast("a hymn with a choir", seed).pad == "choir"
    assert (cast("lullaby with tuba", seed).bass or ("",))[0] == "tuba"


def test_drums_come_where_they_were_asked_for() -> None:
    assert cast("a lullaby").groove is None
    assert cast("a lullaby with drums").groove == "soft"


@pytest.mark.parametrize(
    ("text", "lead"), [("solo piano", "piano"), ("solo flute", "flute"), ("a cappella choir lead, solo cello", "cello")]
)
def test_a_solo_is_played_alone(text: str, lead: str) -> None:
    made = cast(text)
    assert set(players(made)) == {lead}
    assert (made.counter, made.pad, made.groove) == (None, None, None)
    assert (made.bass is None) == (lead != "piano")


def test_an_instrument_sounds_where_it_sounds_best() -> None:
    made = cast("a waltz")
    for key in (Key(0, "major"), Key(6, "major"), Key(7, "minor"), Key(11, "minor")):
        assert made.register("cello", key) < made.register("piano", key) < made.register("celesta", key)
        assert abs(made.register("cello", key) - round((57 - 60) * 7 / 12)) <= 4
