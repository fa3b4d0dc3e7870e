"""Sound files as a stream of float samples: block by block, so an hour needs no more memory than a second.

Decoding is FFmpeg's, through PyAV. What FFmpeg passes over in silence (a file that ends before its own
header says it should) is found here: RIFF sizes (Microsoft, "Multimedia Programming Interface and Data
Specifications 1.0") and the end-of-stream flag of the last Ogg page (RFC 3533, section 6).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from musings.errors import AttemptError

Block = NDArray[np.float32]
"""``(frames, channels)``, in −1..1."""

DAMAGE = (av.error.FFmpegError, ValueError, AttributeError, TypeError, ArithmeticError, MemoryError)
"""What FFmpeg and PyAV raise on damaged files."""
ONLY_FILES = {
    "protocol_whitelist": "file",
    "format_whitelist": "aac,ac3,aiff,amr,ape,apng,asf,au,avi,caf,flac,flv,gif,h264,hevc,ivf,m4v,matroska,mjpeg,mov,"
    "mp3,mpeg,mpegts,mpegvideo,ogg,tta,w64,wav,wv,bmp_pipe,jpeg_pipe,png_pipe,tiff_pipe,webp_pipe",
}
"""FFmpeg also reads lists of other files and addresses (HLS, DASH, concat, SDP): none of those is a sound or a film."""
_OGG_TAIL = 65_536 + 282
_UNKNOWN_SIZES = (0, 0xFFFFFFFF)
_END_OF_STREAM = 4
_OGG_HEADER = 27
"""Bytes of a page before its table of segments; the last of them is how many there are."""


@contextmanager
def opened(path: Path) -> Iterator[tuple[InputContainer, AudioStream]]:
    """The container and its first sound stream.

    Raises ``AttemptError`` for what cannot be read as sound, also when that is found later, at a filter perhaps.
    """
    try:
        container = av.open(str(path), metadata_errors="replace", options=ONLY_FILES)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise broken(path, error) from error
    with container:
        if not container.streams.audio:
            raise AttemptError(f"{path.name} holds no sound.", hint="Check what the workflow saves.")
        stream = container.streams.audio[0]
        if stream.codec_context is None:
            raise broken(path, ValueError("no decoder knows what is in it"))
        if not stream.rate or not stream.channels:
            raise broken(path, ValueError("there is no sound behind its name"))
        with damage_told(path):
            yield container, stream


def blocks(path: Path) -> Iterator[Block]:
    """Every sample of a sound file, decoded. Raises ``AttemptError`` where the file is broken or cut off."""
    with opened(path) as (container, stream):
        yield from decoded(container, stream)


def decoded(container: InputContainer, stream: AudioStream) -> Iterator[Block]:
    """Like :func:`blocks`, from a stream that is open already."""
    resampler = av.AudioResampler(format="fltp", layout=stream.layout, rate=stream.rate)
    for frame in container.decode(stream):
        for piece in resampler.resample(frame):
            yield cast(Block, piece.to_ndarray().T)
    for piece in resampler.resample(None):
        yield cast(Block, piece.to_ndarray().T)


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """What FFmpeg and PyAV raise within the block is the file's fault, and becomes an ``AttemptError``."""
    try:
        yield
    except DAMAGE as error:
        raise broken(path, error) from error


def broken(path: Path, error: Exception) -> AttemptError:
    """What to raise for a file that FFmpeg cannot read."""
    reason = getattr(error, "strerror", None) or str(error)
    return AttemptError(
        f"{path.name} cannot be read: it is missing, broken or cut off ({reason}).",
        hint="Make it again; if it came over the network, the transfer may have been cut.",
        log=repr(error),
    )


def cut_off(path: Path) -> bool:
    """Whether the file ends before its own structure says so; False for formats that do not tell."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(8)
        if head[:4] == b"RIFF":
            announced = int.from_bytes(head[4:8], "little")
            return announced not in _UNKNOWN_SIZES and announced + 8 > size + 1
        if head[:4] != b"OggS":
            return False
        file.seek(max(0, size - _OGG_TAIL))
        tail = file.read()
    page = tail.rfind(b"OggS")
    if page < 0 or page + _OGG_HEADER > len(tail) or not tail[page + 5] & _END_OF_STREAM:
        return True
    # The last page too may have lost its end: its table says how long its segments are.
    body = page + _OGG_HEADER + tail[page + _OGG_HEADER - 1]
    return body + sum(tail[page + _OGG_HEADER : body]) > len(tail)
