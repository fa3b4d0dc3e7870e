"""The plan of a piece: whole bars that fill the time."""

import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from musings_sketch.music.brief import Brief, read
from musings_sketch.music.form import LEAD_IN, plan

texts = st.sampled_from(["a waltz", "techno", "ambient drone", "jig in 6/8", "rock at 208 bpm", "a song at 40 bpm"])


def brief(text: str, seed: int = 1) -> Brief:
    return read(text, Random(seed))


@limits(max_examples=60)
@given(texts, st.integers(0, 50), st.floats(20, 60), st.booleans())
def test_phrases_fill_the_bars_without_a_gap(text: str, seed: int, wanted: float, exact: bool) -> None:
    made = plan(brief(text, seed), wanted, exact)
    at = 0
    for phrase in made.phrases:
        assert phrase.start == at
        assert phrase.bars >= 1
        assert 0 < phrase.energy <= 1.1
        at += phrase.bars
    assert at == made.bars
    assert made.phrases[-1].section == "outro"
    assert made.phrases[0].first
    assert [each.ending for each in made.phrases[:-1]][-1] == "full"


@limits(max_examples=60)
@given(texts, st.integers(0, 50), st.floats(20, 60))
def test_the_last_bar_begins_in_time_to_ring(text: str, seed: int, wanted: float) -> None:
    made = plan(brief(text, seed), wanted, True)
    assert made.duration == pytest.approx(wanted, abs=1e-3)
    last = made.seconds((made.bars - 1) * made.beats, True)
    assert last + 2 < made.duration
    about = plan(brief(text, seed), wanted, False)
    assert about.duration == pytest.approx(wanted, abs=4 * 60 / (about.tempo) + 0.5)


def test_a_tempo_that_was_named_is_not_bent() -> None:
    for wanted in (20, 33, 47.5, 60):
        assert plan(brief("a song at 100 bpm"), wanted, True).tempo == 100
    bent = plan(brief("a song"), 33, True).tempo
    assert bent == pytest.approx(brief("a song").tempo, rel=0.061)


def test_time_goes_forward_and_broadens_at_the_end() -> None:
    made = plan(brief("a waltz"), 40, True)
    beats = [made.seconds(beat, False) for beat in range(made.bars * made.beats + 1)]
    steps = [later - before for before, later in itertools.pairwise(beats)]
    assert beats[0] == LEAD_IN
    assert min(steps) > 0
    assert steps[-1] > steps[0] * 1.02
    even = [made.seconds(beat, True) for beat in range(8)]
    assert [later - before for before, later in itertools.pairwise(even)] == pytest.approx([60 / made.tempo] * 7)


def test_the_metre_gives_the_beats() -> None:
    assert plan(brief("in 4/4"), 30, False).beats == 4
    assert plan(brief("in 3/4"), 30, False).beats == 3
    six = brief("in 6/8")
    assert plan(six, 30, False).beats == 3
    assert plan(six, 30, False).tempo == pytest.approx(six.tempo * 1.5)


def test_the_form_is_named_section_by_section() -> None:
    form = plan(brief("pop at 120 bpm"), 60, True).form
    assert form[-1] == "outro"
    assert {"A", "B", "A'"} <= set(form)
    assert [one for one, other in itertools.pairwise(form) if one == other] == []
