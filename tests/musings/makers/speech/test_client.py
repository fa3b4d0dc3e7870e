"""One request to a speech server: tried again, refused in words, broken off."""

import itertools
from pathlib import Path

import openai
import pytest

from musings.errors import Cancelled, PassingFault, Unavailable
from musings.makers.speech.client import SpeechServer, say
from tests.fakes.speech import FakeSpeech, Sound
from tests.musings.makers.speech.texts import spoken


def in_order(*given: Sound) -> object:
    steps = itertools.chain(given, itertools.repeat(given[-1]))
    return lambda seen: next(steps)


PASSING: dict[str, tuple[list[Sound], int]] = {
    "too many once": ([Sound(status=429, headers=(("Retry-After", "0"),)), Sound()], 2),
    "broken once": ([Sound(status=500, headers=(("Retry-After", "0"),)), Sound()], 2),
}


@pytest.mark.parametrize("name", PASSING)
def test_a_passing_refusal_is_asked_again(fake: FakeSpeech, server: SpeechServer, tmp_path: Path, name: str) -> None:
    answers, asked = PASSING[name]
    fake.script = in_order(*answers)  # type: ignore[assignment]
    spoken(server, tmp_path / "a.flac", "Salt.")
    assert len(fake.asked) == asked


def test_a_slow_server_is_left_after_its_time(fake: FakeSpeech, tmp_path: Path) -> None:
    fake.script = lambda seen: Sound(delay=30)
    slow = SpeechServer(fake.address, "k", "wav", timeout_seconds=0.2, max_retries=0)
    with pytest.raises(PassingFault, match=r"took longer than 0\.2 s"):
        spoken(slow, tmp_path / "a.flac", "Salt.")


def test_nobody_there_is_waited_for(tmp_path: Path) -> None:
    nobody = SpeechServer("http://127.0.0.1:1/v1", "k", "wav", max_retries=0)
    with pytest.raises(Unavailable, match="does not answer"):
        spoken(nobody, tmp_path / "a.flac", "Salt.")


def test_cancelling_breaks_the_request_off(fake: FakeSpeech, tmp_path: Path) -> None:
    """Neither an answer nor a time limit would end it within an hour."""
    fake.script = lambda seen: Sound(delay=3600)
    server = SpeechServer(fake.address, "k", "wav", timeout_seconds=3600, max_retries=0)

    def check() -> None:
        if fake.asked:
            raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        say(server, "Salt.", "nova", 1, tmp_path / "a.wav", check)


def test_the_fields_own_client_speaks_to_the_scripted_server(fake: FakeSpeech) -> None:
    with openai.OpenAI(base_url=fake.address, api_key="none", max_retries=0) as client:
        made = client.audio.speech.create(model="kokoro", voice="nova", input="Salt.", response_format="wav")
        assert made.content[:4] == b"RIFF"
