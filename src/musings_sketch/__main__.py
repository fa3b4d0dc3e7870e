"""``python -m musings_sketch``: the five doors from a terminal."""

import argparse
import sys
import wave
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from musings_sketch import film, music, painting, speech, verse
from musings_sketch.errors import SketchError
from musings_sketch.limiter import Block

# Small enough for an animated picture, which needs no encoder of films.
FILM_SIZE, FILM_SECONDS, FILM_FPS = (384, 216), 5, 12


def main(words: Sequence[str] | None = None) -> int:
    """Make one thing and write it to a file. Exit codes: 0 done, 1 it cannot be made, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m musings_sketch", description=__doc__.partition(": ")[2])
    parser.add_argument("door", choices=list(_DOORS))
    parser.add_argument("text")
    parser.add_argument("--seed", type=int, default=0, help="another seed gives another work (0); a voice has none")
    parser.add_argument("--out", type=Path, help="the file: a picture, a .wav, a text or, for a film, a .webp or .gif")
    options = parser.parse_args(words)
    if options.out is None and options.door != "write":
        parser.error(f"{options.door} needs --out FILE")
    try:
        _DOORS[options.door](options.text, options.seed, options.out)
    except (SketchError, OSError, ValueError) as error:
        sys.stderr.write(f"{error} {getattr(error, 'hint', None) or ''}".rstrip() + "\n")
        return 1
    return 0


def _paint(text: str, seed: int, out: Path) -> None:
    painting.paint(text, seed).save(out)


def _film(text: str, seed: int, out: Path) -> None:
    if out.suffix.lower() not in (".webp", ".gif", ".png"):
        raise SketchError(f"{out} has no ending of an animated picture.", hint="Call it .webp, .gif or .png.")
    first, *rest = film.frames(text, seed, FILM_SIZE, FILM_SECONDS * FILM_FPS, FILM_FPS)
    first.save(out, save_all=True, append_images=rest, duration=1000 // FILM_FPS, loop=0)


def _play(text: str, seed: int, out: Path) -> None:
    _write_wav(out, 44_100, [music.render(music.compose(text, seed))])


def _write(text: str, seed: int, out: Path | None) -> None:
    made = verse.write(text, seed)
    content = f"# {made.title}\n\n{made.content}\n"
    if out is None:
        sys.stdout.write(content)
    else:
        out.write_text(content, "utf-8")


def _speak(text: str, _seed: int, out: Path) -> None:
    with speech.speak(text) as spoken:
        _write_wav(out, spoken.sample_rate, spoken.blocks)


def _write_wav(out: Path, sample_rate: int, blocks: Iterable[Block]) -> None:
    """16 bit, as many channels as the blocks have."""
    with wave.open(str(out), "wb") as file:
        file.setframerate(sample_rate)
        file.setsampwidth(2)
        for block in blocks:
            if file.getnframes() == 0:
                file.setnchannels(block.shape[1])
            file.writeframes(np.rint(block * 32767).astype("<i2").tobytes())


_DOORS: Mapping[str, Callable[[str, int, Path], None]] = {
    "paint": _paint,
    "film": _film,
    "play": _play,
    "write": _write,
    "speak": _speak,
}

if __name__ == "__main__":
    raise SystemExit(main())
