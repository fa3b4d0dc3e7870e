"""What is found out about a file that was made, at once against one after the other: python -m benchmarks.media."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.figures import Figure, median, milliseconds
from musings.media import pictures, sounds, waveform

TIMES = 15
SIDE = 1024
SECONDS, RATE = 30, 44_100


def measure(folder: Path) -> Iterator[Figure]:
    """Processor time of this process, as a share of it is what a prompt takes from the others."""
    picture, sound, preview = folder / "picture.png", folder / "sound.flac", folder / "preview.webp"
    random = np.random.default_rng(1)
    _write_picture(picture, random)
    _write_sound(sound, random)

    def picture_one_by_one() -> None:
        pictures.read_picture(picture)  # whether it is whole, as it comes
        pictures.read_picture(picture)
        pictures.write_thumbnail(picture, preview)
        pictures.thumbhash_of(preview)
        pictures.pixels_sha256(picture)

    def sound_one_by_one() -> None:
        sounds.read_sound(sound)
        sounds.read_sound(sound)
        sounds.loudness_lufs(sound)
        waveform.drawn(sounds.peaks(sound))

    for what, at_once, one_by_one in (
        (f"PNG of {SIDE} × {SIDE}", lambda: pictures.look_at(picture), picture_one_by_one),
        (f"FLAC of {SECONDS} s, stereo", lambda: waveform.drawn(sounds.listen_to(sound).peaks), sound_one_by_one),
    ):
        first, second = _in_turns(one_by_one, at_once)
        yield Figure(f"{what}, one after the other", f"{milliseconds(first)} CPU")
        yield Figure(f"{what}, at once", f"{milliseconds(second)} CPU", "one after the other", second / first)


def _in_turns(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """The median of each, in seconds. In turns: what the machine does meanwhile meets both."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(TIMES):
        for act, seconds in zip((first, second), taken, strict=True):
            began = time.process_time()
            act()
            seconds.append(time.process_time() - began)
    return median(taken[0]), median(taken[1])


def _write_picture(path: Path, random: np.random.Generator) -> None:
    """Soft shapes with some grain: neither flat, which packs to nothing, nor noise, which does not pack."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    planes = [128 + 100 * np.sin(6 * x * (n + 1) + 4 * y) + random.normal(0, 2, x.shape) for n in range(3)]
    Image.fromarray(np.clip(np.stack(planes, axis=-1), 0, 255).astype(np.uint8)).save(path)


def _write_sound(path: Path, random: np.random.Generator) -> None:
    at = np.arange(SECONDS * RATE) / RATE
    tones = np.stack([0.3 * np.sin(2 * np.pi * tone * at) for tone in (220.0, 277.2)], axis=-1)
    sounds.write_flac((tones + random.normal(0, 0.01, tones.shape)).astype(np.float32), RATE, path)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="musings-benchmark-") as folder:
        for figure in measure(Path(folder)):
            print(figure, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
