"""Runs ``speaker.py``, the program around espeak-ng, and goes on when a text brings it down.

espeak-ng 1.52 dies of certain signs in certain languages (a circled letter in Nepali, "©" before Hebrew in
Portuguese). What was spoken before is kept, the piece that killed it is made plainer, and a new process goes
on.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from musings_sketch.errors import LibraryError, ProgramError, SketchError, SpeechError
from musings_sketch.speech.joining import RawSpeech
from musings_sketch.speech.program import Run
from musings_sketch.speech.speaker import NO_LIBRARY, NO_VOICE
from musings_sketch.speech.text import pause_after, plainer
from musings_sketch.speech.voices import data, library

SPEAKER = Path(__file__).with_name("speaker.py")
COMMAND = (sys.executable, "-I", str(SPEAKER))

_HOME_LIMIT = 90  # espeak-ng builds file names in buffers of 160 bytes and up
_MOST_CRASHES = 50


def said(
    parts: list[str],
    settings: Mapping[str, str | int],
    scratch: Path,
    run: Run,
    check: Callable[[], None],
    progress: Callable[[float], None],
) -> RawSpeech:
    """Speak all pieces into a file in ``scratch``; ``settings`` are ``voice``, ``speed`` and ``pitch``.

    Raises ``LibraryError`` when espeak-ng cannot be used, ``SketchError`` when it refuses the voice, ``SpeechError``
    when it fails otherwise, and whatever ``check`` raises.
    """
    samples, index = scratch / "samples.raw", scratch / "index.txt"
    with ExitStack() as stack:
        request = {
            **settings,
            "library": str(library()),
            "home": str(short_home(data().parent, stack)),
            "samples": str(samples),
            "index": str(index),
        }
        for _ in range(_MOST_CRASHES):
            _, ends = _read(index)
            tell = _counted(len(ends), len(parts), progress)
            try:
                pieces = {**request, "pieces": parts[len(ends) :]}
                run(COMMAND, stdin=json.dumps(pieces).encode(), check=check, on_stdout=tell)
                break
            except ProgramError as error:
                if error.code is None or error.code >= 0:
                    raise explained(error, str(settings["voice"])) from error
                parts = _without_the_culprit(parts, samples, index)
        else:
            raise SpeechError("The speech program failed again and again on this text.", hint="Use plain words.")
    rate, ends = _read(index)
    return RawSpeech(samples, rate, ends, tuple(pause_after(part) for part in parts))


def short_home(home: Path, stack: ExitStack) -> Path:
    """``home``, or a link to it with a short name: espeak-ng cannot work from a deep folder."""
    if len(os.fsencode(home)) <= _HOME_LIMIT:
        return home
    link = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="speech-"))) / "e"
    link.symlink_to(home, target_is_directory=True)
    return link


def explained(error: ProgramError, voice: str) -> SketchError:
    """What to tell whoever asked when the program ended with ``error``."""
    if error.code == NO_LIBRARY:
        return LibraryError(
            "The speech library espeak-ng cannot be used on this machine.",
            hint="Install the package espeakng-loader again.",
            log=error.log,
            found=True,
        )
    if error.code == NO_VOICE:
        message = f"espeak-ng does not take the voice “{voice}”."
        return SketchError(message, hint="Choose another.", log=error.log)
    return SpeechError(f"The speech program failed: {error}", log=error.log)


def _without_the_culprit(parts: list[str], samples: Path, index: Path) -> list[str]:
    """The piece after the last that was finished is the one; half-spoken samples of it are cut off."""
    _, ends = _read(index)
    done = len(ends)
    samples.touch()
    os.truncate(samples, 2 * ends[-1] if ends else 0)
    return [*parts[:done], *plainer(parts[done]), *parts[done + 1 :]]


def _read(index: Path) -> tuple[int, tuple[int, ...]]:
    """The sample rate, and where each finished piece ends, in frames."""
    lines = [line.split() for line in index.read_text().splitlines()] if index.exists() else []
    return (int(lines[0][0]) if lines else 0), tuple(int(end) for _, end in lines)


def _counted(done: int, total: int, progress: Callable[[float], None]) -> Callable[[bytes], None]:
    def tell(chunk: bytes) -> None:
        nonlocal done
        done += chunk.count(b"\n")
        progress(min(1.0, done / total))

    return tell
