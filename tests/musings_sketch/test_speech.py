"""The sketch voice without any file: what it refuses, its voices, and the program behind it."""

import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from musings_sketch import speech
from musings_sketch.errors import LibraryError, ProgramError, SketchError
from musings_sketch.speech import VOICES, voices
from musings_sketch.speech.espeak import COMMAND, explained, short_home
from musings_sketch.speech.program import run
from musings_sketch.speech.speaker import NO_LIBRARY
from musings_sketch.speech.voices import data, library, resolved


def speak(text: str, scratch: Path, *, voice: str = "en", speed: int = 165, pitch: int = 50) -> NDArray[np.float32]:
    with speech.speak(text, voice=voice, speed=speed, pitch=pitch, scratch=scratch) as spoken:
        assert spoken.sample_rate == 22_050
        return np.concatenate(list(spoken.blocks))


def ended(stdin: bytes, on_stdout: Callable[[bytes], None] = lambda chunk: None) -> None:
    run(COMMAND, stdin=stdin, check=lambda: None, on_stdout=on_stdout)


@pytest.mark.parametrize("numbers", [{"speed": 79}, {"speed": 401}, {"pitch": -1}, {"pitch": 101}])
def test_refuses_numbers_out_of_bounds(tmp_path: Path, numbers: dict[str, int]) -> None:
    with pytest.raises(SketchError, match="out of bounds"):
        speak("Hello.", tmp_path, **numbers)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "  \n ", "🎉🎉🎉", "\x00\x01", "...---...", "“”", "\u200b\ufeff"])
def test_refuses_what_cannot_be_spoken(tmp_path: Path, text: str) -> None:
    with pytest.raises(SketchError, match="nothing to speak"):
        speak(text, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_refuses_silence(tmp_path: Path) -> None:
    """Arabic digits are digits, but the English voice passes over them."""
    with pytest.raises(SketchError, match="nothing but silence"):
        speak("٣", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_pauses_longer_between_paragraphs_than_sentences(tmp_path: Path) -> None:
    lengths = {}
    for name, gap in (("spaces", " "), ("lines", "\n\n")):
        lengths[name] = len(speak(f"First one here.{gap}Second one here.", tmp_path))
    assert lengths["lines"] > lengths["spaces"]


def test_knows_the_languages(tmp_path: Path) -> None:
    found = {one.code: one for one in voices()}
    assert {"en", "en-us", "de", "fr", "es", "it", "pt", "pt-br", "nl", "pl", "sv", "ru", "cmn"} <= set(found)
    assert set(VOICES) <= set(found)
    assert len(VOICES) == len(set(VOICES))
    assert found["de"].label == "German"
    assert found["en-us"].language == "en-us"
    assert found["de+f3"].gender == "female"
    assert "fo" not in found  # a language file without its dictionary


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("EN_us", "en-us"),
        ("en-gb", "en"),
        ("German", "de"),
        ("DE+F3", "de+f3"),
        (" pt-BR ", "pt-br"),
        ("zh", "cmn"),
    ],
)
def test_finds_a_voice_by_its_other_names(wanted: str, code: str) -> None:
    assert resolved(wanted) == code


@pytest.mark.parametrize(
    ("wanted", "near"),
    [("en-uk", "en"), ("de+f33", "de+f3"), ("", "en"), ("klingonisch", ""), ("../../x", "")],
)
def test_names_the_nearest_voices(tmp_path: Path, wanted: str, near: str) -> None:
    with pytest.raises(SketchError, match="no voice") as caught:
        speak("Hello.", tmp_path, voice=wanted)
    assert near in (caught.value.hint or "")


def test_speaks_from_a_deep_folder(tmp_path: Path) -> None:
    """espeak-ng cuts long paths off; a link with a short name stands in, and is gone afterwards."""
    deep = tmp_path / ("very-deep-" * 12) / ("folder-" * 12)
    deep.mkdir(parents=True)
    (deep / "espeak-ng-data").symlink_to(data(), target_is_directory=True)
    with pytest.raises(ProgramError, match=f"exit code {NO_LIBRARY}"):
        ended(request(tmp_path, deep))
    with ExitStack() as stack:
        short = short_home(deep, stack)
        ended(request(tmp_path, short))
    assert (tmp_path / "samples").stat().st_size > 10_000
    assert not short.exists()


def request(folder: Path, home: Path) -> bytes:
    words = {"voice": "de", "speed": 165, "pitch": 50, "pieces": ["Hallo."], "library": str(library())}
    files = {"home": str(home), "samples": str(folder / "samples"), "index": str(folder / "index")}
    return json.dumps({**words, **files}).encode()


def test_explains_a_speech_program_that_cannot_start() -> None:
    with pytest.raises(ProgramError) as failed:
        ended(b'{"library": "/nowhere/libespeak-ng.so"}')
    fault = explained(failed.value, "en")
    assert isinstance(fault, LibraryError)
    assert "cannot be used" in str(fault)
    assert "nowhere" in fault.log


def test_a_program_is_followed_and_its_complaints_are_kept() -> None:
    told: list[bytes] = []
    words = "import sys; print(sys.stdin.read()); sys.exit('no more')"
    with pytest.raises(ProgramError, match="ended with exit code 1") as failed:
        run([sys.executable, "-c", words], stdin=b"hello", check=lambda: None, on_stdout=told.append)
    assert (b"".join(told), failed.value.code, failed.value.log) == (b"hello\n", 1, "no more\n")
    with pytest.raises(ProgramError, match="could not be started") as missing:
        run(["/nowhere/at-all"], stdin=b"", check=lambda: None, on_stdout=told.append)
    assert missing.value.code is None


def test_a_program_is_killed_when_asked_to_stop() -> None:
    told: list[bytes] = []

    def check() -> None:
        if told:
            raise InterruptedError

    words = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    with pytest.raises(InterruptedError):
        run([sys.executable, "-c", words], stdin=b"", check=check, on_stdout=told.append)
    assert not Path(f"/proc/{int(told[0])}").exists()
