"""A text of any length through a scripted speech server: whole, level, without clicks."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.errors import AttemptError, Cancelled, PassingFault, UserFault
from musings.makers.speech import speaking
from musings.makers.speech.client import MOST_WORD_BYTES, SpeechServer
from musings.makers.speech.speaking import speak
from musings.media import sounds
from musings.media.decoding import blocks
from musings_sketch.speech.text import cleaned, pieces
from tests.fakes.server import Seen
from tests.fakes.speech import RATE, FakeSpeech, Sound, tone
from tests.musings.makers.speech.texts import TEXT, spoken


def clicks(path: Path) -> float:
    """The loudest click, in dBFS: how far a sample lies from where its neighbours say it should.

    A tone of 220 Hz at this level bends by 0.0013 at most; anything sharper is an edge.
    """
    samples = np.concatenate(list(blocks(path)))[:, 0]
    bend = np.abs(np.diff(samples, 2)).max()
    return float(20 * np.log10(bend / 2))


def test_a_long_text_is_spoken_whole_and_without_clicks(fake: FakeSpeech, server: SpeechServer, tmp_path: Path) -> None:
    target = tmp_path / "0001.flac"
    told = spoken(server, target)

    asked = [seen.body for seen in fake.asked]
    assert len(asked) > 5
    assert all(len(body["input"]) <= 80 for body in asked)
    assert " ".join(body["input"] for body in asked).split() == TEXT.split()
    first = {key: value for key, value in asked[0].items() if key != "input"}
    assert first == {"model": "kokoro", "voice": "nova", "response_format": "wav", "speed": 1.25}
    assert fake.asked[0].headers["authorization"] == "Bearer s3cret"
    facts = sounds.read_sound(target)
    assert (facts.sample_rate, facts.channels, facts.codec) == (RATE, 1, "flac")
    assert facts.duration > len(TEXT) / 15 - 1
    assert clicks(target) < -40
    assert sounds.loudness_lufs(target) == pytest.approx(-19, abs=1)
    assert told == sorted(told)
    assert told[-1] == 1


def test_a_long_text_has_a_chapter_for_each_paragraph(fake: FakeSpeech, server: SpeechServer, tmp_path: Path) -> None:
    paragraphs = [f"{name} " + "It goes on and on, and nobody knows why. " * 20 for name in ("First.", "Second.")]
    found = speak(server, "\n\n".join(paragraphs), tmp_path / "0001.flac", voice="nova", speed=1.0, max_characters=80)
    assert [each.title.split()[0] for each in found] == ["First.", "Second."]
    length = sounds.read_sound(tmp_path / "0001.flac").duration
    assert found[0].start == 0
    assert found[1].start == pytest.approx(length / 2, abs=2)
    assert spoken_chapters(server, tmp_path, "Two words.\n\nAnd two.") == ()


def spoken_chapters(server: SpeechServer, folder: Path, text: str) -> tuple[object, ...]:
    return speak(server, text, folder / "short.flac", voice="nova", speed=1.0, max_characters=80)


def test_the_tones_would_click_if_they_were_merely_put_together(tmp_path: Path) -> None:
    """Else the test above proved nothing."""
    path = tmp_path / "raw.wav"
    edges = [np.zeros(100), *itertools.repeat(0.4 * np.cos(np.arange(2400) * 2 * np.pi * 220 / RATE), 3)]
    sounds.write_flac(np.concatenate(edges).astype(np.float32).reshape(-1, 1), RATE, path.with_suffix(".flac"))
    assert clicks(path.with_suffix(".flac")) > -20


@given(st.text(st.characters(exclude_categories=()), max_size=400), st.integers(20, 200))
def test_any_text_is_cut_into_pieces_that_are_the_text(text: str, limit: int) -> None:
    words = cleaned(text)
    found = pieces(words, limit)
    assert "".join(found) == words
    assert all(len(piece) <= limit for piece in found)


def test_pieces_of_different_rates_become_one_sound(fake: FakeSpeech, server: SpeechServer, tmp_path: Path) -> None:
    rates = itertools.cycle([24_000, 16_000, 44_100])
    fake.script = lambda seen: Sound(rate=next(rates))
    spoken(server, tmp_path / "a.flac")
    facts = sounds.read_sound(tmp_path / "a.flac")
    assert facts.sample_rate == 24_000
    assert facts.duration > len(TEXT) / 15 - 1


FAULTS: dict[str, tuple[Sound, type[AttemptError], str]] = {
    "no such voice": (
        Sound(b'{"detail": "no voice nova"}', 400),
        UserFault,
        "cannot take the request (HTTP 400): no voice",
    ),
    "bad key": (Sound(status=401), UserFault, "refuses the key"),
    "words": (Sound(b'{"error": "busy"}', media_type="application/json"), UserFault, "words instead of sound"),
    "nothing": (Sound(b""), PassingFault, "answered with nothing"),
    "garbage": (Sound(b"RIFFnothing of the kind"), PassingFault, "sent no whole sound"),
    "half a file": (Sound(tone("x" * 30)[:-9000]), PassingFault, "sent no whole sound"),
    "cut off": (Sound(cut=True), PassingFault, "broke off in the middle"),
    "overloaded": (Sound(status=503, headers=(("Retry-After", "600"),)), PassingFault, "is overloaded (HTTP 503)"),
    "silence": (Sound(level=0.0), UserFault, "nothing but silence"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_ends_with_words(fake: FakeSpeech, server: SpeechServer, tmp_path: Path, name: str) -> None:
    sound, kind, words = FAULTS[name]
    fake.script = lambda seen: sound
    quick = SpeechServer(server.url, "kokoro", "wav", timeout_seconds=2, max_retries=0)
    with pytest.raises(kind) as caught:
        spoken(quick, tmp_path / "a.flac", "Salt on the rail.")
    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    if name == "overloaded":
        assert isinstance(caught.value, PassingFault)
        assert caught.value.retry_after == 600


@pytest.mark.parametrize("text", ["", "…", "💡✨", "---\n***"])
def test_nothing_to_speak_is_told_before_the_server_is_asked(
    fake: FakeSpeech, server: SpeechServer, tmp_path: Path, text: str
) -> None:
    with pytest.raises(UserFault, match="nothing to speak"):
        spoken(server, tmp_path / "a.flac", text)
    assert fake.asked == []


@pytest.mark.parametrize(
    "odd", [{"status": 500, "headers": (("Retry-After", "600"),)}, {"media_type": "application/json"}]
)
def test_of_a_long_answer_in_words_the_beginning_is_read(
    fake: FakeSpeech, server: SpeechServer, tmp_path: Path, odd: dict[str, Any]
) -> None:
    fake.script = lambda seen: Sound(body=b"x" * 5_000_000, **odd)
    with pytest.raises(AttemptError) as caught:
        spoken(server, tmp_path / "a.flac", "One.")
    assert len(caught.value.log) == MOST_WORD_BYTES


def test_a_cancel_while_a_sound_is_decoded_is_a_cancel(fake: FakeSpeech, server: SpeechServer, tmp_path: Path) -> None:
    """It was told as a broken sound, and the prompt was tried again."""
    answered: list[bool] = []

    def script(seen: Seen) -> Sound:
        answered.append(True)
        return Sound()

    def check() -> None:
        if answered and (list(tmp_path.glob(".speech-*/answer.wav")) or [Path()])[0].is_file():
            raise Cancelled("stop")

    fake.script = script
    with pytest.raises(Cancelled, match="stop"):
        speak(server, "One.", tmp_path / "a.flac", voice="nova", speed=1, max_characters=80, check=check)


def test_a_sound_of_days_is_given_up(
    fake: FakeSpeech, server: SpeechServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speaking, "MOST_SECONDS", 0.05)
    with pytest.raises(PassingFault, match=r"sent no whole sound: answer\.wav is longer than 0\.05 s"):
        spoken(server, tmp_path / "a.flac", "One.")
