"""The styles as data: each can be played with what there is."""

import pytest

from musings_sketch.music.accompany import BASSES, FIGURES
from musings_sketch.music.cast import CENTRES, place
from musings_sketch.music.instruments import INSTRUMENTS
from musings_sketch.music.space import ROOMS
from musings_sketch.music.styles import BY_NAME, INSTRUMENT_WORDS, STYLES, Style
from musings_sketch.music.theory import MODES

styles = pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)


@styles
def test_a_style_names_what_there_is(style: Style) -> None:
    assert style.room in ROOMS
    assert set(style.modes) <= set(MODES)
    assert {*style.leads, *style.pads, *(name for name, _ in (*style.chords, *style.basses))} <= set(INSTRUMENTS)
    assert {figure for _, figure in style.chords} <= set(FIGURES)
    assert {figure for _, figure in style.basses} <= set(BASSES)
    assert set(style.metres) <= {"4/4", "3/4", "6/8"}


@styles
def test_its_numbers_make_sense(style: Style) -> None:
    low, high = style.tempo
    assert 40 <= low < high <= 208
    assert 20 <= style.seconds <= 60
    assert 0 <= style.energy <= 1
    assert 0 <= style.swing <= 1
    assert style.density in (0, 1, 2)
    assert style.bars_per_chord in (1, 2)


@styles
def test_whoever_leads_has_a_register(style: Style) -> None:
    assert set(style.leads) <= set(CENTRES)


def test_no_two_styles_answer_to_one_word() -> None:
    words = [word for style in STYLES for word in style.words]
    assert len(set(words)) == len(words)
    assert len(BY_NAME) == len(STYLES)
    assert [word for word in words if word != word.casefold()] == []


def test_a_longer_name_stands_before_the_one_in_it() -> None:
    names = list(INSTRUMENT_WORDS)
    for at, name in enumerate(names):
        inner = [later for later in names[at + 1 :] if f" {name} " in f" {later} "]
        assert inner == [], name


def test_each_word_asks_for_an_instrument_in_a_role_that_has_a_place() -> None:
    for word, (instrument, role) in INSTRUMENT_WORDS.items():
        assert instrument == "drums" or instrument in INSTRUMENTS, word
        assert role in ("lead", "any", "pad", "bass", "drums"), word
        assert role != "lead" or instrument in CENTRES, word


@pytest.mark.parametrize("role", ["lead", "counter", "chords", "pad", "bass", "drums", "texture"])
def test_every_role_has_a_place_in_the_room(role: str) -> None:
    pan, send = place(role)
    assert -1 <= pan <= 1
    assert 0 <= send <= 1
