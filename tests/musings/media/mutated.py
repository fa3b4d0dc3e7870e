"""Files of every format that is known, small and sound; and the same with bytes changed, cut, added and taken."""

import io
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

SIDE, FRAMES, RATE = 40, 4, 48_000
PICTURES = ("PNG", "JPEG", "WEBP", "GIF", "AVIF", "TIFF", "BMP")
ANIMATIONS = ("PNG", "WEBP", "GIF", "AVIF")
SOUNDS = (("flac", "flac"), ("wav", "pcm_s16le"), ("mp3", "libmp3lame"), ("m4a", "aac"), ("opus", "libopus"))
FILMS = (("mp4", "mpeg4"), ("mov", "mpeg4"), ("webm", "libvpx"))


def sound_files(folder: Path) -> Mapping[str, bytes]:
    """One of each format, by a name with its suffix."""
    numbers = np.random.default_rng(1)
    pictures = [Image.fromarray(numbers.integers(0, 255, (SIDE, SIDE, 3), np.uint8)) for _ in range(FRAMES)]
    found = {f"still.{name.lower()}": _saved(pictures[0], name) for name in PICTURES}
    found |= {f"moving.{name.lower()}": _saved(pictures[0], name, pictures[1:]) for name in ANIMATIONS}
    found |= {f"sound.{suffix}": _sound(folder / f"sound.{suffix}", codec, numbers) for suffix, codec in SOUNDS}
    return found | {f"film.{suffix}": _film(folder / f"film.{suffix}", codec, numbers) for suffix, codec in FILMS}


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The same file, damaged in one of five ways, near its beginning more often than elsewhere."""
    changed, way = bytearray(data), chance.randrange(5)
    if way == 0:
        return data[: chance.randrange(1, len(data))]
    for _ in range(chance.choice((1, 2, 5, 20))):
        at = chance.randrange(min(len(changed), chance.choice((64, 512, len(changed)))))
        if way == 1:
            changed[at] = chance.randrange(256)
        elif way == 2:
            changed[at : at + 4] = chance.choice((b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff", b"\x80\0\0\0"))
        elif way == 3 and len(changed) > 64:
            del changed[at : at + chance.randrange(1, 30)]
        else:
            changed[at:at] = chance.randbytes(chance.randrange(1, 30))
    return bytes(changed)


def _saved(picture: Image.Image, name: str, more: list[Image.Image] | None = None) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, name, **({"save_all": True, "append_images": more} if more else {}))
    return buffer.getvalue()


def _sound(path: Path, codec: str, numbers: np.random.Generator) -> bytes:
    with av.open(str(path), "w") as opened:
        container: Any = opened  # its types depend on names that are given here
        stream = container.add_stream(codec, rate=RATE, layout="mono")
        samples = (numbers.standard_normal((1, 20_000)) * 5000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = RATE
        size = stream.codec_context.frame_size or 1024
        resampler = av.AudioResampler(stream.format, "mono", RATE, size)
        for piece in [*resampler.resample(frame), None]:
            container.mux(stream.encode(piece))
    return path.read_bytes()


def _film(path: Path, codec: str, numbers: np.random.Generator) -> bytes:
    with av.open(str(path), "w") as opened:
        container: Any = opened  # its types depend on names that are given here
        stream = container.add_stream(codec, rate=10, width=64, height=48, pix_fmt="yuv420p")
        for _ in range(12):
            frame = av.VideoFrame.from_ndarray(numbers.integers(0, 255, (48, 64, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path.read_bytes()
