"""The program that speaks: espeak-ng in a process of its own.

espeak-ng is GPL-3. This file is run as a program (``python -I speaker.py``) and imports nothing of this package;
the two only exchange files and text. The request comes as JSON on standard input, so that no text is ever an
argument; samples are added to the file it names, as raw 16-bit mono, and after each piece standard output
says how many are done. What is written stays when a later piece brings espeak-ng down. The calls are those of
espeak-ng's ``speak_lib.h`` (API revision 12) and ``espeak_ng.h``.

Exit codes: 0 done, 3 the library cannot be used, 4 the voice is unknown to it, 5 a file cannot be written: then the
number of the system's error (errno) is the last line of standard error.
"""

import ctypes
import json
import os
import sys
from pathlib import Path
from typing import Any, BinaryIO, TextIO

NO_LIBRARY = 3
NO_VOICE = 4
NO_FILE = 5

_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: samples to the callback, no sound card
_DO_NOT_EXIT = 0x8000
_UTF8 = 1
_RATE, _PITCH = 1, 3
_CHARACTERS = 1
_SEED = 1
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def main() -> int:
    request = json.load(sys.stdin.buffer)
    try:
        library = ctypes.CDLL(request["library"])
    except OSError as error:
        print(error, file=sys.stderr)  # noqa: T201 (a program of its own)
        return NO_LIBRARY
    sample_rate = library.espeak_Initialize(_SYNCHRONOUS, 0, os.fsencode(request["home"]), _DO_NOT_EXIT)
    if sample_rate <= 0:
        print(f"espeak-ng cannot use its data in {request['home']}", file=sys.stderr)  # noqa: T201
        return NO_LIBRARY
    if library.espeak_SetVoiceByName(request["voice"].encode()) != 0:
        print(f"espeak-ng does not know the voice {request['voice']}", file=sys.stderr)  # noqa: T201
        return NO_VOICE
    library.espeak_SetParameter(_RATE, request["speed"], 0)
    library.espeak_SetParameter(_PITCH, request["pitch"], 0)
    try:
        with Path(request["samples"]).open("ab") as out, Path(request["index"]).open("a") as index:
            _speak_all(library, sample_rate, request["pieces"], out, index)
    except OSError as error:
        print(f"{error}\n{error.errno}", file=sys.stderr)  # noqa: T201
        return NO_FILE
    return 0


def _speak_all(library: Any, sample_rate: int, pieces: list[str], out: BinaryIO, index: TextIO) -> None:
    """Speak piece after piece; a line of the index says the rate and where the piece ends, in frames."""

    refused: list[OSError] = []

    def keep(samples: Any, count: int, _events: Any) -> int:
        try:
            if samples and count > 0 and not refused:
                out.write(ctypes.string_at(samples, count * 2))
        except OSError as error:  # what a callback raises is lost
            refused.append(error)
        return len(refused)  # other than 0 stops espeak-ng

    callback = _CALLBACK(keep)
    library.espeak_SetSynthCallback(callback)
    for number, piece in enumerate(pieces, 1):
        text = piece.encode() + b"\0"
        library.espeak_ng_SetRandSeed(ctypes.c_long(_SEED))  # else breath and roughness follow the clock
        library.espeak_Synth(text, ctypes.c_size_t(len(text)), 0, _CHARACTERS, 0, _UTF8, None, None)
        library.espeak_Synchronize()
        if refused:
            raise refused[0]
        out.flush()
        index.write(f"{sample_rate} {out.tell() // 2}\n")
        index.flush()
        print(number, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
