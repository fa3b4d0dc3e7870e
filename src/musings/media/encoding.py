"""Samples into FLAC or WAV files, one block at a time, the same bytes every time.

FLAC is RFC 9639; its tags are Vorbis comments, any name and any text. WAV keeps only the handful of names
that RIFF INFO knows. FFmpeg's ``bitexact`` flag leaves out dates and encoder versions.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from numpy.typing import NDArray

from musings.errors import AttemptError
from musings.media.decoding import Block

FRAMES = 4096
"""Frames per packet: FLAC's own block size at compression level 5."""

_CODECS = {".flac": "flac", ".wav": "pcm_s16le"}
_LAYOUTS = {1: "mono", 2: "stereo"}
_DITHER_SEED = 20_240_919
_NOT_IN_A_NAME = re.compile(r"[^ -<>-}]")
_NOT_IN_A_VALUE = re.compile("[\x00\ud800-\udfff]")


def write_blocks(
    source: Iterable[Block], sample_rate: int, channels: int, target: Path, tags: Mapping[str, str]
) -> int:
    """Write a 16-bit file, FLAC or WAV by the suffix of ``target``; returns the number of frames.

    Quantised with TPDF dither of one step peak (S. P. Lipshitz, R. A. Wannamaker, J. Vanderkooy,
    "Quantization and Dither", J. AES 40, 1992) from a fixed seed.
    Raises ``AttemptError`` when the file cannot be written.
    """
    codec = _CODECS.get(target.suffix.lower())
    if codec is None:
        raise AttemptError(f"{target.name} is neither .flac nor .wav; those are the sound files we write.")
    with written(target, tags) as container:
        return _encode(container, codec, sample_rate, channels, source)


@contextmanager
def written(
    target: Path, tags: Mapping[str, str], *, container: str | None = None, **options: str
) -> Iterator[OutputContainer]:
    """A container to write into, the same bytes every time; ``options`` are its muxer's.

    What it is called ends as what it is, or ``container`` says so by FFmpeg's name.

    Raises ``AttemptError`` when the file cannot be written. Whatever is raised within the block, no half of it is left.
    """
    try:
        with av.open(str(target), "w", format=container, options={"fflags": "+bitexact", **options}) as out:
            out.metadata.update(_clean(tags))
            yield out
    except (av.error.FFmpegError, OSError) as error:
        target.unlink(missing_ok=True)
        raise AttemptError(f"{target.name} could not be written ({error}).", log=repr(error)) from error
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _encode(container: OutputContainer, codec: str, sample_rate: int, channels: int, source: Iterable[Block]) -> int:
    stream = container.add_stream(codec, rate=sample_rate, layout=_LAYOUTS[channels])
    if not isinstance(stream, AudioStream):  # only to tell the types apart
        raise AttemptError(f"{codec} is not a sound codec.")
    stream.format = "s16"
    total = 0
    for block in _regular(_quantised(source)):
        frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="s16", layout=_LAYOUTS[channels])
        frame.sample_rate = sample_rate
        frame.pts = total
        total += len(block)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
    return total


def _quantised(source: Iterable[Block]) -> Iterator[NDArray[np.int16]]:
    random = np.random.default_rng(_DITHER_SEED)
    for block in source:
        dither = random.random(block.shape, np.float32) - random.random(block.shape, np.float32)
        yield np.clip(np.rint(block * 32767.0 + dither), -32768, 32767).astype(np.int16)


def _regular(source: Iterable[NDArray[np.int16]]) -> Iterator[NDArray[np.int16]]:
    """The same samples in blocks of ``FRAMES``; only the last may be shorter."""
    kept: NDArray[np.int16] | None = None
    for block in source:
        kept = block if kept is None else np.concatenate((kept, block))
        whole = len(kept) // FRAMES * FRAMES
        for start in range(0, whole, FRAMES):
            yield np.ascontiguousarray(kept[start : start + FRAMES])
        kept = kept[whole:]
    if kept is not None and len(kept):
        yield np.ascontiguousarray(kept)


def _clean(tags: Mapping[str, str]) -> dict[str, str]:
    return {_NOT_IN_A_NAME.sub("_", name): _NOT_IN_A_VALUE.sub("", value) for name, value in tags.items() if name}
