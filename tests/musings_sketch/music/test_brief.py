"""What the musician reads out of a text."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings_sketch.music.brief import Brief, read
from musings_sketch.music.cast import CENTRES, chosen
from musings_sketch.music.styles import STYLES
from musings_sketch.music.theory import MODES


def reading(text: str, seed: int = 1) -> Brief:
    return read(text, Random(seed))


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("A lullaby for my daughter", "lullaby"),
        ("victory march of the toys", "march"),
        ("a slow waltz", "waltz"),
        ("techno for a dark club", "dance"),
        ("smoky jazz at midnight", "jazz"),
        ("epic orchestral battle", "epic"),
        ("ambient drone, deep space", "ambient"),
        ("lo-fi beats to study to", "lo-fi"),
        ("8-bit boss fight", "chiptune"),
        ("bossa nova by the pool", "bossa"),
        ("stadium rock", "rock"),
        ("a hymn in an old church", "hymn"),
        ("Irish tavern tune", "folk"),
    ],
)
def test_the_words_choose_the_style(text: str, style: str) -> None:
    assert {reading(text, seed).style.name for seed in range(5)} == {style}


@pytest.mark.parametrize(
    ("text", "tonic", "mode"),
    [
        ("something in D minor", 2, "minor"),
        ("a song in F# major", 6, "major"),
        ("in the key of B flat major", 10, "major"),
        ("Eb dorian groove", 3, "dorian"),
        ("a waltz in c-sharp minor", 1, "minor"),
        ("E phrygian", 4, "phrygian"),
        ("in G♭ major", 6, "major"),
        ("a rondo in A", 9, None),
    ],
)
def test_the_words_choose_the_key(text: str, tonic: int, mode: str | None) -> None:
    key = reading(text).key
    assert key.tonic == tonic
    assert mode is None or key.mode == mode


@pytest.mark.parametrize("text", ["a sad song", "melancholy autumn evening", "funeral", "in a minor key", "doom"])
def test_sad_words_choose_a_minor_third(text: str) -> None:
    assert all(reading(text, seed).key.dark for seed in range(12))


@pytest.mark.parametrize("text", ["a happy song", "joyful celebration", "cheerful playful tune", "in a major key"])
def test_happy_words_choose_a_major_third(text: str) -> None:
    assert not any(reading(text, seed).key.dark for seed in range(12))


def test_a_major_disaster_is_no_key() -> None:
    assert {reading("a major disaster", seed).key.tonic for seed in range(20)} != {9}


@pytest.mark.parametrize(
    ("text", "tempo"), [("techno 128 bpm", 128), ("140BPM jazz", 140), ("at 72 beats per minute", 72)]
)
def test_an_exact_tempo_is_kept(text: str, tempo: float) -> None:
    assert (reading(text).tempo, reading(text).explicit_tempo) == (tempo, True)


@pytest.mark.parametrize(
    ("slow", "fast"), [("a slow song", "a fast song"), ("adagio", "presto"), ("slow jazz", "quick jazz")]
)
def test_slow_is_slower_than_fast(slow: str, fast: str) -> None:
    assert max(reading(slow, seed).tempo for seed in range(8)) < min(reading(fast, seed).tempo for seed in range(8))


@pytest.mark.parametrize(
    ("text", "metre"),
    [("a waltz", "3/4"), ("in 6/8 please", "6/8"), ("a pop song in 3/4", "3/4"), ("techno", "4/4")],
)
def test_the_words_choose_the_metre(text: str, metre: str) -> None:
    assert reading(text).metre == metre


@pytest.mark.parametrize(
    ("text", "instruments"),
    [
        ("solo piano", {"piano"}),
        ("a duet for flute and harp", {"flute", "harp"}),
        ("cello over strings", {"cello", "strings"}),
        ("electric piano and double bass", {"electric piano", "upright bass"}),
        ("bells and organ", {"bells", "organ"}),
        ("guitars and drums", {"steel guitar"}),
    ],
)
def test_named_instruments_play(text: str, instruments: set[str]) -> None:
    for seed in range(6):
        cast = chosen(reading(text, seed), Random(seed))
        playing = {cast.lead, cast.counter, cast.chords[0], cast.pad, cast.bass[0] if cast.bass else None}
        assert instruments <= playing


def test_drums_can_be_asked_for_and_refused() -> None:
    for seed in range(6):
        assert chosen(reading("a hymn with drums", seed), Random(seed)).groove == "soft"
        assert chosen(reading("rock without drums", seed), Random(seed)).groove is None
        assert chosen(reading("solo violin", seed), Random(seed)).groove is None


def test_no_flute_means_no_flute() -> None:
    for seed in range(20):
        cast = chosen(reading("a lullaby, no flute", seed), Random(seed))
        assert "flute" not in (cast.lead, cast.counter)


@pytest.mark.parametrize(
    ("text", "sound"), [("rain", "rain"), ("by the sea", "waves"), ("train", None), ("a brain", None)]
)
def test_weather_is_heard(text: str, sound: str | None) -> None:
    assert reading(text).texture == sound


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("45 seconds of jazz", 45), ("a 30s jingle", 30), ("one minute of rain", 60), ("x", None)],
)
def test_a_length_can_be_written(text: str, seconds: float | None) -> None:
    assert reading(text).seconds == seconds


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    found = reading(text)
    assert 40 <= found.tempo <= 208
    assert found.key.mode in MODES
    assert chosen(found, Random(1)).lead in CENTRES


def test_every_style_can_be_asked_for() -> None:
    for style in STYLES:
        assert reading(style.words[0]).style == style
