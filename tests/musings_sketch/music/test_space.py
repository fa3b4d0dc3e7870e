"""Rooms and the last filter, by what they do to one click and to a tone."""

import numpy as np
import pytest

from musings_sketch.music.space import ROOMS, reverberated, tilted
from musings_sketch.music.waves import Wave
from tests.musings_sketch.music.hearing import level

RATE = 22_050


def tone(hertz: float, seconds: float = 1.0) -> Wave:
    wave = np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave, wave], axis=1).astype(np.float32)


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_answers_after_its_delay_and_dies_away(name: str) -> None:
    room = ROOMS[name]
    click = np.zeros((round((room.seconds + 0.5) * RATE), 2), np.float32)
    click[100] = 1.0
    answer = reverberated(click, room, RATE)
    assert answer.shape == click.shape
    assert np.abs(answer[:100]).max() < 1e-3
    early, late = answer[100 : 100 + RATE // 5], answer[100 + round(room.seconds * RATE * 0.9) :]
    assert level(late) < level(early) / 30


def test_both_sides_hear_another_room() -> None:
    click = np.zeros((RATE, 2), np.float32)
    click[0] = 1.0
    left, right = reverberated(click, ROOMS["hall"], RATE).T
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.5


def test_silence_stays_silent_and_twice_as_loud_is_twice_as_much() -> None:
    assert not reverberated(np.zeros((500, 2), np.float32), ROOMS["club"], RATE).any()
    once, twice = (reverberated(gain * tone(500, 0.2), ROOMS["club"], RATE) for gain in (np.float32(1), np.float32(2)))
    assert twice == pytest.approx(2 * once, abs=1e-4)


def test_deep_notes_stay_dry() -> None:
    deep, middle = (level(reverberated(tone(hertz), ROOMS["hall"], RATE)) for hertz in (60, 800))
    assert deep < middle / 4


@pytest.mark.parametrize(("hertz", "decibels"), [(10, -25), (440, 0), (1000, 0.3), (10_000, 2.4)])
def test_the_last_filter(hertz: float, decibels: float) -> None:
    whole = tone(hertz, 2)
    gain = 20 * np.log10(level(tilted(whole, RATE)[RATE // 2 : -RATE // 2]) / level(whole))
    assert gain == pytest.approx(decibels, abs=2 if hertz < 100 else 0.3)
