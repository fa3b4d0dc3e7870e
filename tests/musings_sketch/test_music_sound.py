"""The sound of the musician, measured: levels, spectrum, pitch and time; the same score sounds the same."""

import os
import sys
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from musings.errors import Cancelled
from musings.media.sounds import loudness_lufs, read_sound, write_flac
from musings.process import run
from musings_sketch.music import Score, compose, render
from musings_sketch.music.score import ScorePart

RATE = 44_100
Sound = NDArray[np.float32]
TEXTS = (
    "techno club 128 bpm",
    "sad rain at night, solo piano in D minor",
    "epic battle march of the dragons",
    "smoky jazz",
)


@lru_cache(maxsize=8)
def heard(text: str) -> tuple[Score, Sound]:
    score = compose(text, 1, 24)
    return score, render(score)


def share(sound: Sound, low: float, high: float) -> float:
    power = np.abs(np.fft.rfft(sound.mean(axis=1))) ** 2
    at = np.fft.rfftfreq(len(sound), 1 / RATE)
    return float(power[(at >= low) & (at < high)].sum() / power.sum())


@pytest.mark.parametrize("text", TEXTS)
def test_levels(text: str) -> None:
    score, sound = heard(text)
    assert sound.shape == (round(score.duration * RATE), 2)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    assert 0.5 < np.abs(sound).max() <= 10 ** (-1 / 20)
    assert loudness_lufs(sound, RATE) == pytest.approx(-16, abs=1)
    assert abs(float(sound.mean())) < 1e-3
    flat = np.diff(sound, axis=0) == 0
    loud = np.abs(sound[1:]) > 0.8
    assert (flat & loud).sum() <= 2  # no run of equal samples at the top: nothing is clipped


@pytest.mark.parametrize("text", TEXTS)
def test_both_ends_are_silent_and_the_middle_is_not(text: str) -> None:
    _, sound = heard(text)
    assert np.abs(sound[:4]).max() < 0.003
    assert np.abs(sound[-20:]).max() < 0.001
    seconds = np.abs(sound[: len(sound) // RATE * RATE]).reshape(-1, RATE, 2).max(axis=(1, 2))
    assert seconds[1:-3].min() > 0.02


@pytest.mark.parametrize("text", TEXTS)
def test_it_is_stereo_but_works_in_mono(text: str) -> None:
    _, sound = heard(text)
    left, right = sound.T
    assert 0.2 < np.corrcoef(left, right)[0, 1] < 0.985
    mono = (left + right) / 2
    assert np.sqrt((mono**2).mean()) > 0.7 * np.sqrt((sound**2).mean())


def test_the_spectrum_is_that_of_music() -> None:
    for text in TEXTS:
        _, sound = heard(text)
        assert share(sound, 0, 25) < 0.01
        assert share(sound, 120, 2000) > 0.3
        assert share(sound, 2000, 12_000) > 0.004
        assert share(sound, 17_000, 22_050) < 0.02
    assert share(heard(TEXTS[0])[1], 30, 140) > 0.1
    assert share(heard(TEXTS[1])[1], 30, 140) < share(heard(TEXTS[0])[1], 30, 140)


def test_the_tempo_can_be_heard() -> None:
    """The energy of the low end comes back every beat, which is how a beat tracker hears 128 BPM."""
    _, sound = heard(TEXTS[0])
    spectrum = np.fft.rfft(sound.mean(axis=1))
    spectrum[np.fft.rfftfreq(len(sound), 1 / RATE) > 150] = 0
    low = np.abs(np.fft.irfft(spectrum, len(sound)))
    step = 441
    energy = low[: len(low) // step * step].reshape(-1, step).mean(axis=1)
    rises = np.maximum(0, np.diff(energy))
    rises -= rises.mean()
    lags = np.arange(25, 100)
    likeness = [float((rises[:-lag] * rises[lag:]).sum()) for lag in lags]
    beat = 60 / (lags[int(np.argmax(likeness))] * step / RATE)
    assert beat == pytest.approx(128, rel=0.03)


def test_the_key_can_be_heard() -> None:
    """Folded into twelve pitch classes, D, F and A stand out in D minor."""
    _, sound = heard(TEXTS[1])
    power = np.abs(np.fft.rfft(sound.mean(axis=1))) ** 2
    at = np.fft.rfftfreq(len(sound), 1 / RATE)
    used = (at > 110) & (at < 1800)
    classes = np.round(12 * np.log2(at[used] / 440) + 69).astype(int) % 12
    chroma = np.bincount(classes, power[used], 12)
    assert chroma[[2, 5, 9]].sum() / chroma.sum() > 0.4
    assert chroma[[1, 6, 8, 11]].max() < chroma[[2, 5, 9]].max() / 2


def test_the_same_score_gives_the_same_file(tmp_path: Path) -> None:
    score, sound = heard("smoky jazz")
    write_flac(sound, RATE, tmp_path / "a.flac", {"recipe": "x"})
    write_flac(render(score), RATE, tmp_path / "b.flac", {"recipe": "x"})
    assert (tmp_path / "a.flac").read_bytes() == (tmp_path / "b.flac").read_bytes()
    assert read_sound(tmp_path / "a.flac").duration == pytest.approx(score.duration, abs=0.001)


def test_another_process_plays_the_same() -> None:
    """Not even the order of a set, which differs from process to process, may be heard."""
    program = (
        "import hashlib; from musings_sketch.music import compose, render;"
        "sound = render(compose('rain and bells', 5, 20), sample_rate=11025);"
        "print(hashlib.sha256(sound.tobytes()).hexdigest())"
    )
    paths = os.pathsep.join(sys.path)
    played = [
        run([sys.executable, "-c", program], env={"PYTHONPATH": paths, "PYTHONHASHSEED": str(seed)}).stdout
        for seed in (1, 2)
    ]
    assert len(played[0].strip()) == 64
    assert played[0] == played[1]


def test_another_seed_sounds_different() -> None:
    other = render(compose("smoky jazz", 2, 24))
    assert np.abs(other - heard("smoky jazz")[1]).max() > 0.1


def test_another_sample_rate_has_the_same_length() -> None:
    score = compose("a waltz", 1, 20)
    assert render(score, sample_rate=22_050).shape == (20 * 22_050, 2)


def test_it_reports_and_can_be_stopped() -> None:
    done: list[float] = []
    calls = [0]

    def check() -> None:
        calls[0] += 1
        if calls[0] > 100:
            raise Cancelled("Enough.")

    with pytest.raises(Cancelled):
        render(compose("a waltz", 1, 20), sample_rate=22_050, check=check, progress=done.append)
    assert done == sorted(done)
    assert 0 < len(done) < 8
    heard_done: list[float] = []
    render(compose("solo harp", 1, 20), sample_rate=22_050, progress=heard_done.append)
    assert heard_done[-1] == 1.0


def test_a_part_without_notes_is_silent() -> None:
    score, _ = heard("smoky jazz")
    empty = ScorePart("lead", "flute", 0.0, 0.3, ())
    silent = Score(**{**score.__dict__, "parts": (empty,)})
    assert np.abs(render(silent, sample_rate=22_050)).max() == 0
