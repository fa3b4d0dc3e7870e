"""What the sketch engine speaks, as files: measured, since nobody listens here."""

import itertools
import json
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from musings.errors import Cancelled, ChildKilled
from musings.makers.sketch import runner, translated
from musings.media.decoding import blocks
from musings.media.encoding import write_blocks
from musings.media.sounds import loudness_lufs, read_sound, read_tags
from musings.process import alive
from musings_sketch import speech
from musings_sketch.errors import CutShort, Killed
from musings_sketch.speech import VOICES
from musings_sketch.speech.espeak import said
from musings_sketch.speech.joining import RawSpeech
from musings_sketch.speech.program import Run

RATE = 22_050
WORDS = (
    "The rain had stopped by the time we reached the harbour, and the boats were still. "
    "She said nothing for a while. Then she laughed, and the evening went on.\n\n"
    "Nobody asked what had happened! The lamps were lit, one after the other."
)


def speak(
    text: str,
    target: Path,
    *,
    voice: str = "en",
    speed: int = 165,
    pitch: int = 50,
    tags: Mapping[str, str] | None = None,
    check: Callable[[], None] = lambda: None,
    progress: Callable[[float], None] = lambda _: None,
    on_start: Callable[[str], None] = lambda _: None,
) -> None:
    """Speak into a file, as the maker does."""
    with speech.speak(
        text,
        voice=voice,
        speed=speed,
        pitch=pitch,
        scratch=target.parent,
        run=runner(on_start),
        check=check,
        progress=progress,
    ) as spoken:
        write_blocks(spoken.blocks, spoken.sample_rate, 1, target, tags or {})


def heard(path: Path) -> NDArray[np.float32]:
    return np.concatenate(list(blocks(path)))[:, 0]


def silences(sound: NDArray[np.float32], seconds: float) -> list[tuple[int, int]]:
    """Stretches at least so long in which nothing but dither is left."""
    quiet = np.flatnonzero(np.diff(np.concatenate(([0], np.abs(sound) < 3 / 32768, [0]))))
    return [(start, end) for start, end in quiet.reshape(-1, 2) if end - start >= seconds * RATE]


def test_speaks_a_text(tmp_path: Path) -> None:
    speak(WORDS, tmp_path / "a.flac", tags={"prompt": WORDS})
    facts = read_sound(tmp_path / "a.flac")
    assert (facts.sample_rate, facts.channels, facts.codec, facts.bit_depth) == (RATE, 1, "flac", 16)
    assert read_tags(tmp_path / "a.flac") == {"prompt": WORDS}
    minutes = facts.duration / 60
    assert 120 < len(WORDS.split()) / minutes < 190
    sound = heard(tmp_path / "a.flac")
    assert 0.7 < np.abs(sound).max() < 10 ** (-1 / 20)
    assert loudness_lufs(tmp_path / "a.flac") == pytest.approx(-19, abs=0.3)
    assert abs(sound.mean()) < 0.001
    levels = np.sqrt((sound[: len(sound) // 441 * 441].reshape(-1, 441) ** 2).mean(axis=1))
    assert 0.05 < (levels < 0.003).mean() < 0.35


def test_the_energy_is_where_a_voice_has_it(tmp_path: Path) -> None:
    speak(WORDS, tmp_path / "a.flac")
    power = np.abs(np.fft.rfft(heard(tmp_path / "a.flac"))) ** 2
    hertz = np.fft.rfftfreq(len(heard(tmp_path / "a.flac")), 1 / RATE)
    assert power[(hertz > 80) & (hertz < 4000)].sum() / power.sum() > 0.9


@pytest.mark.parametrize("code", ["en-us+f3", "en+whisper", "en+klatt"])
def test_the_same_words_give_the_same_bytes(tmp_path: Path, code: str) -> None:
    """Also in another second of the clock, from which espeak-ng takes its noise when nobody stops it."""
    first = time.time()
    made: list[bytes] = []
    while len(made) < 2 or time.time() < first + 1.1:
        speak(WORDS, tmp_path / "a.flac", voice=code, tags={"prompt": WORDS})
        made.append((tmp_path / "a.flac").read_bytes())
    assert len(set(made)) == 1


def test_nothing_else_is_left_in_the_folder(tmp_path: Path) -> None:
    speak("One.", tmp_path / "a.wav")
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]
    assert read_sound(tmp_path / "a.wav").container == "wav"


def test_speed_and_pitch_are_heard(tmp_path: Path) -> None:
    lengths = {}
    for speed in (80, 165, 400):
        speak(WORDS, tmp_path / f"{speed}.flac", speed=speed)
        lengths[speed] = read_sound(tmp_path / f"{speed}.flac").duration
    assert lengths[80] > lengths[165] * 1.5
    assert lengths[400] < lengths[165] * 0.7
    speak(WORDS, tmp_path / "low.flac", pitch=10)
    speak(WORDS, tmp_path / "high.flac", pitch=90)
    assert (tmp_path / "low.flac").read_bytes() != (tmp_path / "high.flac").read_bytes()


@pytest.mark.parametrize(
    "text",
    [
        "--help",
        "-v de; rm -rf /",
        '<speak version="1.1">loud <break time="9000s"/></speak>',
        "[[h@l'oU]] &amp; %s %n {0} $(reboot)",
        "one\x00two\x01three\x1b[31m four\ud800five\uffff",
        "a" * 3000,
        "Zal" + "\u0301\u0323" * 2000 + "go",
        "1" * 700,
        "العربية 中文 Ελληνικά हिन्दी 👩‍👩‍👧‍👦 ends here",
        "\ufeff\u202eright to left\u202c",
        "x",
        "\n\n\nline\r\n\r\n\r\n",
    ],
)
def test_speaks_hostile_texts_as_text(tmp_path: Path, text: str) -> None:
    speak(text, tmp_path / "a.flac")
    assert read_sound(tmp_path / "a.flac").duration > 0.4
    assert np.abs(heard(tmp_path / "a.flac")).max() > 0.2


@pytest.mark.parametrize(("code", "killer"), [("ne", "ⓜ"), ("pt", "©ל")])
def test_outlives_the_signs_that_kill_espeak(tmp_path: Path, code: str, killer: str) -> None:
    """Skipping nothing but the sign: the words around it take as long as they do alone."""
    around = "1 2 3 4 5.\n\n", "\n\n6 7 8 9 10."
    started: list[str] = []
    speak(f"{around[0]}{killer} 77{around[1]}", tmp_path / "a.flac", voice=code, on_start=started.append)
    speak(f"{around[0]}77{around[1]}", tmp_path / "b.flac", voice=code)
    assert len(started) > 1
    assert heard(tmp_path / "a.flac").size == pytest.approx(heard(tmp_path / "b.flac").size, rel=0.2)


PIECES = [f"Number {n} of the pieces, which is long enough to be heard." for n in range(6)]


def raw(folder: Path, run: Run) -> tuple[RawSpeech, bytes]:
    """The pieces as spoken by ``run``: what is known of them, and their samples."""
    folder.mkdir()
    spoken = said(PIECES, {"voice": "en", "speed": 165, "pitch": 50}, folder, run, lambda: None, lambda _: None)
    return spoken, spoken.samples.read_bytes()


def killing(number: signal.Signals, after: Sequence[int]) -> Run:
    """Runs the speech program, and kills its runs in turn when they have spoken so many pieces."""
    left = list(after)

    def run(
        command: Sequence[str], *, stdin: bytes, check: Callable[[], None], on_stdout: Callable[[bytes], None]
    ) -> None:
        wanted, told = (left.pop(0) if left else None), [0]
        who: list[str] = []

        def tell(chunk: bytes) -> None:
            told[0] += chunk.count(b"\n")
            on_stdout(chunk)
            if wanted is not None and told[0] >= wanted and who:
                os.kill(int(who[0].partition(":")[0]), number)

        def begun(identity: str) -> None:
            who.append(identity)
            if wanted == 0:
                os.kill(int(identity.partition(":")[0]), number)

        runner(begun)(command, stdin=stdin, check=check, on_stdout=tell)

    return run


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
@pytest.mark.parametrize("after", [(0,), (1,), (2, 1, 1), (6,)])
def test_a_killed_speech_program_loses_no_sound(tmp_path: Path, number: signal.Signals, after: tuple[int, ...]) -> None:
    whole, samples = raw(tmp_path / "whole", runner(lambda _: None))
    found, again = raw(tmp_path / "killed", killing(number, after))
    assert found.pauses == whole.pauses
    # To the hundredth: espeak-ng's own state goes with its process.
    assert found.ends == pytest.approx(whole.ends, rel=0.01)
    assert len(again) == 2 * found.ends[-1] == pytest.approx(len(samples), rel=0.01)


def test_one_that_is_killed_again_and_again_is_no_fault_of_the_text(tmp_path: Path) -> None:
    with pytest.raises(Killed, match="SIGKILL 3 times in a row") as caught:
        raw(tmp_path / "killed", killing(signal.SIGKILL, [0] * 10))
    assert type(translated(caught.value)) is ChildKilled


def test_one_that_ends_well_before_its_work_is_done_is_no_result(tmp_path: Path) -> None:
    def half(
        command: Sequence[str], *, stdin: bytes, check: Callable[[], None], on_stdout: Callable[[bytes], None]
    ) -> None:
        asked = json.loads(stdin)
        less = json.dumps({**asked, "pieces": asked["pieces"][:3]}).encode()
        runner(lambda _: None)(command, stdin=less, check=check, on_stdout=on_stdout)

    with pytest.raises(CutShort, match="after 3 of 6 pieces"):
        raw(tmp_path / "half", half)


def test_joins_a_long_text_without_a_click(tmp_path: Path) -> None:
    text = "\n\n".join([WORDS] * 12)
    done: list[float] = []
    speak(text, tmp_path / "a.flac", progress=done.append)
    sound = heard(tmp_path / "a.flac")
    seams = silences(sound, 0.3)
    assert len(seams) >= 12
    for start, end in seams[1:-1]:
        near = sound[start - 441 : start], sound[end : end + 441]
        for side, edge in zip(near, (near[0][-1], near[1][0]), strict=True):
            slope = np.abs(np.diff(side)).max()
            assert abs(edge) <= max(0.01, slope)
    assert done == sorted(done)
    assert done[-1] == 1.0


def test_every_choice_can_be_spoken(tmp_path: Path) -> None:
    sounds = set()
    for code in VOICES:
        speak("1 2 3", tmp_path / "a.flac", voice=code)
        sounds.add((tmp_path / "a.flac").read_bytes())
    assert len(sounds) > len(VOICES) * 0.95


def test_stops_when_asked_and_leaves_no_child(tmp_path: Path) -> None:
    identities: list[str] = []

    def check() -> None:
        if identities:
            raise Cancelled("Somebody changed their mind.")

    with pytest.raises(Cancelled):
        speak(WORDS * 400, tmp_path / "a.flac", check=check, on_start=identities.append)
    assert not alive(identities[0])
    with pytest.raises(ProcessLookupError):
        os.killpg(int(identities[0].partition(":")[0]), 0)
    assert list(tmp_path.iterdir()) == []


def test_stops_between_pieces_while_joining(tmp_path: Path) -> None:
    counter = itertools.count()
    stage = [0.0]

    def check() -> None:
        if stage[0] > 0.75 and next(counter):
            raise Cancelled("Enough.")

    with pytest.raises(Cancelled):
        speak(WORDS * 10, tmp_path / "a.flac", check=check, progress=lambda done: stage.__setitem__(0, done))
    assert list(tmp_path.iterdir()) == []
