"""What we know of a sound file: its facts, loudness, shape and tags; and how we write one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from musings.errors import AttemptError
from musings.media.decoding import Block, blocks, cut_off, decoded, opened
from musings.media.encoding import FRAMES, write_blocks
from musings_sketch import loudness

_TOLERATED_SECONDS = 0.25  # encoders pad and trim a few frames; nobody hears a quarter of a second go
_CEILING = 64
_OWN_TAGS = frozenset({"encoder", "major_brand", "minor_version", "compatible_brands", "language", "handler_name"})


@dataclass(frozen=True)
class SoundFacts:
    """``duration`` in seconds, counted in decoded samples; ``bit_depth`` None for lossy codecs."""

    duration: float
    sample_rate: int
    channels: int
    codec: str
    container: str
    bit_depth: int | None = None


def read_sound(path: Path, most_seconds: float = float("inf")) -> SoundFacts:
    """The facts of a FLAC, WAV, MP3, Ogg, Opus, M4A … file, which is decoded whole.

    Raises ``AttemptError`` when the file is missing, holds no sound, is broken, ends early, or is longer than
    ``most_seconds``, beyond which it is not decoded.
    """
    with opened(path) as (container, stream):
        frames = 0
        for block in decoded(container, stream):
            frames += len(block)
            if frames > most_seconds * stream.rate:
                raise AttemptError(f"{path.name} is longer than {most_seconds:g} s.", hint="Send a shorter piece.")
        return _facts(path, container, stream, frames)


@dataclass(frozen=True)
class Heard:
    """Everything at once: the facts, the peaks for drawing, and the loudness in LUFS."""

    facts: SoundFacts
    peaks: list[float]
    loudness_lufs: float | None


def listen_to(path: Path, buckets: int = 400) -> Heard:
    """What :func:`read_sound`, :func:`peaks` and :func:`loudness_lufs` find out, by one decoding; raises as they do."""
    frames, shape = 0, _Shape(buckets * _CEILING)

    def passing(blocks_: Iterator[Block]) -> Iterator[Block]:
        nonlocal frames
        for block in blocks_:
            frames += len(block)
            shape.add(_levels(block))
            yield block

    with opened(path) as (container, stream):
        samples = passing(decoded(container, stream))
        lufs = loudness.integrated(samples, stream.rate, stream.channels)
        for _ in samples:
            pass  # with more channels than loudness is defined for, nothing was heard yet
        return Heard(_facts(path, container, stream, frames), _parts(shape, buckets), lufs)


def _facts(path: Path, container: InputContainer, stream: AudioStream, frames: int) -> SoundFacts:
    if frames == 0:
        raise AttemptError(f"{path.name} holds no samples.", hint="Make it again.")
    rate = stream.rate
    seconds = frames / rate
    announced = float((stream.duration or 0) * (stream.time_base or 0))
    if cut_off(path) or seconds < announced - _TOLERATED_SECONDS:
        said = "" if announced <= seconds else f" of {announced:.1f} s"
        raise AttemptError(
            f"{path.name} is cut off: it ends after {seconds:.1f} s{said}.",
            hint="Make it again; if it came over the network, the transfer may have been cut.",
        )
    return SoundFacts(
        duration=round(seconds, 3),
        sample_rate=rate,
        channels=stream.channels,
        codec=stream.codec_context.codec.canonical_name,
        container=_container_name(container.format.name, path),
        bit_depth=_bit_depth(stream),
    )


def loudness_lufs(source: Path | NDArray[np.float32], sample_rate: int = 44_100) -> float | None:
    """Integrated loudness (BS.1770-4) of a file, or of samples ``(frames, channels)`` at ``sample_rate`` Hz.

    None for silence and for less than 0.4 s. Raises ``AttemptError`` for a file that cannot be read.
    """
    if isinstance(source, Path):
        with opened(source) as (container, stream):
            return loudness.integrated(decoded(container, stream), stream.rate, stream.channels)
    return loudness.integrated(_pieces(source), sample_rate, source.shape[1])


def peaks(path: Path, buckets: int = 400) -> list[float]:
    """The loudest sample of each of ``buckets`` equal parts, 0..1, for drawing.

    Memory does not grow with the file. A file with fewer samples than buckets gives one number per sample.
    Raises ``AttemptError``.
    """
    shape = _Shape(buckets * _CEILING)
    for block in blocks(path):
        shape.add(_levels(block))
    return _parts(shape, buckets)


def _levels(block: Block) -> NDArray[np.float32]:
    levels: NDArray[np.float32] = np.abs(block).max(axis=1, initial=0.0)
    return levels


def _parts(shape: "_Shape", buckets: int) -> list[float]:
    heights = shape.heights()
    if len(heights) == 0:
        return []
    edges = np.linspace(0, len(heights), min(buckets, len(heights)), endpoint=False).astype(np.intp)
    return [round(float(min(1.0, height)), 3) for height in np.maximum.reduceat(heights, edges)]


def write_flac(
    samples: NDArray[np.float32], sample_rate: int, target: Path, tags: Mapping[str, str] | None = None
) -> None:
    """Write samples ``(frames, 1 or 2)`` in −1..1 as 16-bit FLAC with Vorbis comments.

    Nothing in the file depends on the time, so the same samples give the same bytes.
    Raises ``AttemptError`` when the file cannot be written.
    """
    write_blocks(_pieces(samples), sample_rate, samples.shape[1], target, tags or {})


def read_tags(path: Path) -> dict[str, str]:
    """The tags of a sound file, as they were written; what containers add about themselves is left out."""
    with opened(path) as (container, stream):
        return {name: text for name, text in {**stream.metadata, **container.metadata}.items() if name not in _OWN_TAGS}


class _Shape:
    """The maxima of equal stretches, at most ``ceiling`` of them: beyond that, neighbours are merged."""

    def __init__(self, ceiling: int) -> None:
        self._ceiling = ceiling
        self._stretch = 1
        self._maxima = np.zeros(0, np.float32)
        self._rest = np.zeros(0, np.float32)

    def add(self, levels: NDArray[np.float32]) -> None:
        pending = np.concatenate((self._rest, levels))
        whole = len(pending) // self._stretch * self._stretch
        self._rest = pending[whole:]
        self._maxima = np.concatenate((self._maxima, pending[:whole].reshape(-1, self._stretch).max(axis=1)))
        while len(self._maxima) > self._ceiling:
            self._merge()

    def heights(self) -> NDArray[np.float32]:
        last = self._rest.max(keepdims=True) if len(self._rest) else self._rest
        return np.concatenate((self._maxima, last))

    def _merge(self) -> None:
        if len(self._maxima) % 2:
            short, self._maxima = self._maxima[-1:], self._maxima[:-1]
            self._rest = np.concatenate((np.repeat(short, self._stretch), self._rest))
        self._maxima = self._maxima.reshape(-1, 2).max(axis=1)
        self._stretch *= 2


def _pieces(samples: NDArray[np.float32]) -> Iterator[Block]:
    step = FRAMES * 16
    for start in range(0, len(samples), step):
        yield samples[start : start + step]


def _container_name(name: str, path: Path) -> str:
    names = name.split(",")
    suffix = path.suffix.lower().lstrip(".")
    return suffix if suffix in names else names[0]


def _bit_depth(stream: AudioStream) -> int | None:
    codec = stream.codec_context
    if codec.name == "flac" and codec.extradata and len(codec.extradata) >= 14:
        streaminfo = codec.extradata  # RFC 9639, section 8.2: five bits that straddle two bytes
        return ((streaminfo[12] & 1) << 4 | streaminfo[13] >> 4) + 1
    pcm = re.match(r"pcm_[a-z](\d+)", codec.name)
    return int(pcm.group(1)) if pcm else None
