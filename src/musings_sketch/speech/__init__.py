"""A text, spoken by espeak-ng in a process of its own and written as a sound file."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from musings.errors import UserFault
from musings.media.encoding import write_blocks
from musings_sketch.speech.espeak import said
from musings_sketch.speech.text import cleaned, pieces, speakable
from musings_sketch.speech.voices import VOICES, Voice, resolved, voices

__all__ = ["MAXIMUM_SPEED", "MINIMUM_SPEED", "VOICES", "Voice", "speak", "voices"]

MINIMUM_SPEED = 80
MAXIMUM_SPEED = 400


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
    """Speak ``text`` into ``target``: one channel, 16 bit, 22,050 Hz, FLAC or WAV by the suffix.

    ``voice`` as :func:`voices` lists them or any other of espeak-ng's (``de+f3``); ``speed`` in words per
    minute, 80..400; ``pitch`` 0..100. Loudness is −19 LUFS, peaks stay under −1 dBFS. ``progress`` receives
    0..1, and ``on_start`` the identity of the child (see ``musings.process``).

    Raises ``UserFault`` for an unknown voice, a number out of bounds, and a text with nothing to speak;
    ``AttemptError`` when the speech program fails; and whatever ``check`` raises.
    """
    _within("speed", speed, MINIMUM_SPEED, MAXIMUM_SPEED, " words per minute")
    _within("pitch", pitch, 0, 100, "")
    name = resolved(voice)
    words = cleaned(text)
    if not speakable(words):
        raise UserFault(
            "There is nothing to speak: the text has no letters and no digits.",
            hint="Write some words; emoji and signs alone are not spoken.",
        )
    parts = pieces(words)
    with tempfile.TemporaryDirectory(prefix=".speech-", dir=target.parent) as scratch:
        settings: dict[str, str | int] = {"voice": name, "speed": speed, "pitch": pitch}
        speech = said(parts, settings, Path(scratch), check, lambda done: progress(done * 0.7), on_start)
        gain = speech.gain(check)
        if gain is None:
            raise UserFault(
                f"The voice “{voice}” cannot speak this text: nothing but silence came out.",
                hint="Choose a voice of the text's own language.",
            )
        blocks = speech.joined(gain, check, lambda done: progress(0.7 + done * 0.3))
        write_blocks(blocks, speech.sample_rate, 1, target, tags or {})


def _within(name: str, value: int, least: int, most: int, unit: str) -> None:
    if not least <= value <= most:
        raise UserFault(f"The {name} {value} is out of bounds.", hint=f"It may be {least} to {most}{unit}.")
