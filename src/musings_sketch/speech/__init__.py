"""The sketch voice: a text, spoken by espeak-ng in a process of its own (``speak``)."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from musings_sketch.errors import SketchError
from musings_sketch.limiter import Block
from musings_sketch.speech import program
from musings_sketch.speech.chapters import Chapter, chapters
from musings_sketch.speech.espeak import said
from musings_sketch.speech.text import cleaned, pieces, speakable
from musings_sketch.speech.voices import VOICES, Voice, resolved, voices

__all__ = ["MAXIMUM_SPEED", "MINIMUM_SPEED", "VOICES", "Chapter", "Speech", "Voice", "speak", "voices"]

MINIMUM_SPEED = 80
MAXIMUM_SPEED = 400


@dataclass(frozen=True)
class Speech:
    """``blocks`` are float32 samples ``(frames, 1)`` in −1..1 that can be read once; ``sample_rate`` is in Hz.

    ``chapters`` tells where the paragraphs of a long text begin, once the blocks were read.
    """

    sample_rate: int
    blocks: Iterator[Block]
    chapters: Callable[[], tuple[Chapter, ...]] = tuple


@contextmanager
def speak(
    text: str,
    *,
    voice: str = "en",
    speed: int = 165,
    pitch: int = 50,
    scratch: Path | None = None,
    run: program.Run = program.run,
    check: Callable[[], None] = lambda: None,
    progress: Callable[[float], None] = lambda _: None,
) -> Iterator[Speech]:
    """Speak ``text``, of any length::

        with speak("Good evening.", voice="de+f3") as speech:
            samples = np.concatenate(list(speech.blocks))

    One channel at 22,050 Hz, −19 LUFS, peaks under −1 dBFS. ``voice`` is one of :func:`voices` or any other of
    espeak-ng's (``de+f3``); ``speed`` is in words per minute, 80..400; ``pitch`` 0..100. The same arguments give the
    same samples on the same machine.

    The samples are kept in a folder below ``scratch`` (the system's own by default), which is gone with the context,
    and are made fit block by block, so two hours need no more memory than a sentence. ``run`` runs the speech program
    (``python -I speaker.py``, a process of its own, since espeak-ng may die of a text). ``check`` is called many times
    a second and may raise to stop; ``progress`` receives 0..1, the last third while the blocks are read.

    Raises ``SketchError`` for an unknown voice, a number out of bounds, and a text with nothing to speak;
    ``LibraryError`` without espeak-ng; ``SpeechError`` when the speech program fails.
    """
    _within("speed", speed, MINIMUM_SPEED, MAXIMUM_SPEED, " words per minute")
    _within("pitch", pitch, 0, 100, "")
    name = resolved(voice)
    words = cleaned(text)
    if not speakable(words):
        raise SketchError(
            "There is nothing to speak: the text has no letters and no digits.",
            hint="Write some words; emoji and signs alone are not spoken.",
        )
    with tempfile.TemporaryDirectory(prefix=".speech-", dir=scratch) as folder:
        settings: dict[str, str | int] = {"voice": name, "speed": speed, "pitch": pitch}
        raw = said(pieces(words), settings, Path(folder), run, check, lambda done: progress(done * 0.7))
        gain = raw.gain(check)
        if gain is None:
            raise SketchError(
                f"The voice “{voice}” cannot speak this text: nothing but silence came out.",
                hint="Choose a voice of the text's own language.",
            )
        starts: dict[int, float] = {}
        blocks = raw.joined(gain, check, lambda done: progress(0.7 + done * 0.3), at=starts.__setitem__)
        yield Speech(raw.sample_rate, blocks, lambda: chapters(raw.texts, starts))


def _within(name: str, value: int, least: int, most: int, unit: str) -> None:
    if not least <= value <= most:
        raise SketchError(f"The {name} {value} is out of bounds.", hint=f"It may be {least} to {most}{unit}.")
