"""A text of any length, spoken by a speech server: cut at sentences, joined without clicks, levelled."""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from musings.errors import AttemptError, Cancelled, PassingFault, Stopping, Unavailable, UserFault
from musings.makers.speech.client import SpeechServer, say
from musings.media import decoder
from musings.media.encoding import write_blocks
from musings_sketch.speech.chapters import Chapter, chapters
from musings_sketch.speech.joining import RawSpeech
from musings_sketch.speech.text import cleaned, pause_after, pieces, speakable

MOST_SECONDS = 3600.0
"""Of one piece of the text; a small file can hold days of silence."""


def speak(
    server: SpeechServer,
    text: str,
    target: Path,
    *,
    voice: str,
    speed: float,
    max_characters: int,
    tags: Mapping[str, str] | None = None,
    check: Callable[[], None] = lambda: None,
    progress: Callable[[float], None] = lambda _: None,
) -> tuple[Chapter, ...]:
    """Speak ``text`` into ``target``: one channel, 16 bit, the server's rate, FLAC or WAV by the suffix.

    Pieces of at most ``max_characters`` are sent one after another. Loudness is −19 LUFS, peaks stay under −1 dBFS.
    ``progress`` receives 0..1. Returns where the paragraphs of a long text begin. Raises ``UserFault`` for a text with
    nothing to speak, and what the server's answers mean (see ``speech.client``).
    """
    words = cleaned(text)
    if not speakable(words):
        raise UserFault(
            "There is nothing to speak: the text has no letters and no digits.",
            hint="Write some words; emoji and signs alone are not spoken.",
        )
    parts = [part for part in pieces(words, max_characters) if speakable(part)]
    with tempfile.TemporaryDirectory(prefix=".speech-", dir=target.parent) as scratch:
        speech = _said(server, parts, voice, speed, Path(scratch), check, lambda done: progress(done * 0.9))
        gain = speech.gain(check)
        if gain is None:
            raise UserFault(
                f"The voice “{voice}” cannot speak this text: nothing but silence came out.", hint="Choose another."
            )
        starts: dict[int, float] = {}
        blocks = speech.joined(gain, check, lambda done: progress(0.9 + done * 0.1), at=starts.__setitem__)
        write_blocks(blocks, speech.sample_rate, 1, target, tags or {})
        return chapters(speech.texts, starts)


def _said(
    server: SpeechServer,
    parts: list[str],
    voice: str,
    speed: float,
    scratch: Path,
    check: Callable[[], None],
    progress: Callable[[float], None],
) -> RawSpeech:
    """Every piece asked for and decoded, one after another, into one file of raw samples."""
    samples, piece, answer = scratch / "samples.raw", scratch / "piece.raw", scratch / f"answer.{server.format}"
    rate, ends, written = 0, [], 0
    with samples.open("wb") as out:
        for number, part in enumerate(parts, 1):
            try:
                say(server, part.strip(), voice, speed, answer, check)
            except Unavailable as error:
                if number == 1:
                    raise
                raise PassingFault(str(error), hint=error.hint) from error  # it went away in the middle of our text
            try:
                found = decoder.ask(
                    "raw", answer, check, target=str(piece.absolute()), rate=rate or None, most_seconds=MOST_SECONDS
                )
            except (Cancelled, Stopping, PassingFault):
                raise
            except AttemptError as error:
                raise PassingFault(f"The speech server sent no whole sound: {error}", log=error.log) from error
            with piece.open("rb") as decoded:
                shutil.copyfileobj(decoded, out)
            rate, written = found["rate"], written + found["frames"]
            ends.append(written)
            progress(number / len(parts))
    return RawSpeech(samples, rate, tuple(ends), tuple(pause_after(part) for part in parts), tuple(parts))
