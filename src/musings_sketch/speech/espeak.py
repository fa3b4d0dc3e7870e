"""Runs ``speaker.py``, the program around espeak-ng, and goes on when a text brings it down.

espeak-ng 1.52 dies of certain signs in certain languages (a circled letter in Nepali, "©" before Hebrew in
Portuguese). What was spoken before is kept, and a new process goes on; a piece that killed two is made plainer.
A process that somebody else kills is no fault of the text: its piece is spoken again as it is.
"""

import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from musings_sketch.errors import CutShort, Killed, LibraryError, ProgramError, SketchError, SpeechError
from musings_sketch.speech.joining import RawSpeech
from musings_sketch.speech.program import Run
from musings_sketch.speech.speaker import NO_FILE, NO_LIBRARY, NO_VOICE
from musings_sketch.speech.text import pause_after, plainer
from musings_sketch.speech.voices import data, library

SPEAKER = Path(__file__).with_name("speaker.py")
COMMAND = (sys.executable, "-I", str(SPEAKER))

_HOME_LIMIT = 90  # espeak-ng builds file names in buffers of 160 bytes and up
_MOST_RUNS = 100
_MOST_KILLS = 3
_CRASHES = frozenset({signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL})
"""How a program ends by itself. Any other signal came from outside and says nothing about the text."""


def said(
    parts: list[str],
    settings: Mapping[str, str | int],
    scratch: Path,
    run: Run,
    check: Callable[[], None],
    progress: Callable[[float], None],
) -> RawSpeech:
    """Speak all pieces into a file in ``scratch``; ``settings`` are ``voice``, ``speed`` and ``pitch``.

    Raises ``LibraryError`` when espeak-ng cannot be used, ``SketchError`` when it refuses the voice, ``CutShort`` when
    it is killed again and again or leaves less than it should, ``SpeechError`` when it fails otherwise, ``OSError``
    when it cannot write, and whatever ``check`` raises.
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
        done = deaths = 0
        for _ in range(_MOST_RUNS):
            if done == len(parts):
                break
            tell = _counted(done, len(parts), progress)
            try:
                run(
                    COMMAND, stdin=json.dumps({**request, "pieces": parts[done:]}).encode(), check=check, on_stdout=tell
                )
                code = 0
            except ProgramError as error:
                if error.code == NO_FILE and (number := error.log.strip().rpartition("\n")[2]).isdecimal():
                    raise OSError(int(number), os.strerror(int(number))) from error
                if error.code is None or error.code >= 0:
                    raise explained(error, str(settings["voice"])) from error
                code = error.code
            before, done = done, _finished(samples, index)
            if code == 0:
                if done != len(parts):
                    raise CutShort(f"The speech program ended after {done} of {len(parts)} pieces of the text.")
                break
            # The same piece is tried once more before it is blamed: whatever comes from outside does not come twice.
            deaths = deaths + 1 if done == before else 1
            if deaths > 1 and -code in _CRASHES:
                parts, deaths = [*parts[:done], *plainer(parts[done]), *parts[done + 1 :]], 0
            elif deaths >= _MOST_KILLS:
                raise Killed(f"The speech program was ended by {signal.Signals(-code).name} {deaths} times in a row.")
        else:
            raise SpeechError("The speech program failed again and again on this text.", hint="Use plain words.")
    rate, ends = _read(index)
    return RawSpeech(samples, rate, ends, tuple(pause_after(part) for part in parts), tuple(parts))


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


def _finished(samples: Path, index: Path) -> int:
    """How many pieces are spoken; what a killed program left of the next one is cut off both files."""
    rate, ends = _read(index)
    samples.touch()
    # The index says what was flushed before; a piece whose samples are not all there is none.
    ends = tuple(end for end in ends if 2 * end <= samples.stat().st_size)
    os.truncate(samples, 2 * ends[-1] if ends else 0)
    index.write_text("".join(f"{rate} {end}\n" for end in ends))
    return len(ends)


def _read(index: Path) -> tuple[int, tuple[int, ...]]:
    """The sample rate, and where each finished piece ends, in frames."""
    text = index.read_text() if index.exists() else ""
    lines = [line.split() for line in text[: text.rfind("\n") + 1].splitlines()]  # without a line that is cut off
    return (int(lines[0][0]) if lines else 0), tuple(int(end) for _, end in lines)


def _counted(done: int, total: int, progress: Callable[[float], None]) -> Callable[[bytes], None]:
    def tell(chunk: bytes) -> None:
        nonlocal done
        done += chunk.count(b"\n")
        progress(min(1.0, done / total))

    return tell
