"""A sound or a picture in another format, for a caller that asks for one: made on the way out, never kept."""

import io
import tempfile
from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import IO

import av
from av.audio.stream import AudioStream
from PIL import Image, UnidentifiedImageError

from musings.errors import AttemptError
from musings.files.marking import marking
from musings.files.marking.edits import Edit, Revision
from musings.files.marking.xmp import Mark, packet
from musings.media.decoding import opened
from musings.media.formats import PICTURE_TYPES, SOUND_FORMATS, XMP_TAG, SoundFormat
from musings.media.pictures import FORMATS

__all__ = ["PICTURE_TYPES", "SOUND_FORMATS", "picture", "sound"]

CHUNK_BYTES = 64 * 1024


def sound(path: Path, name: str, *, mono: bool = True, mark: Mark | None = None) -> Iterator[bytes]:
    """A sound file in a format of ``SOUND_FORMATS``, in pieces as they are encoded: one channel, or two if it has more.

    Raw samples have no place for ``mark``.

    Raises ``AttemptError`` for a file that cannot be read as sound, some of it perhaps after the first pieces.
    """
    wanted = SOUND_FORMATS[name]
    if name != "wav":
        yield from _growing(path, wanted, mono, mark)
        return
    # A WAV says at its head how long it is, so its end must be known first.
    with tempfile.TemporaryFile() as whole:
        for _ in _encoding(path, wanted, whole, mono, None):
            pass
        whole.flush()
        size = whole.seek(0, io.SEEK_END)
        found = Revision(size, (), _edits(whole, mark))
        yield from found.pieces(whole, 0, found.length - 1)


def picture(path: Path, name: str, quality: int | None = None) -> bytes:
    """A picture file as a PNG, a JPEG or a WebP (``PICTURE_TYPES``); as it is where it is one of those already.

    ``quality`` is 0..100, for JPEG and WebP. Raises ``AttemptError`` for what cannot be read as a picture.
    """
    try:
        with Image.open(path, formats=FORMATS) as found:
            if found.format == PICTURE_TYPES[name] and quality is None:
                return path.read_bytes()
            shown = found.convert("RGB") if name == "jpeg" else found
            out = io.BytesIO()
            options = {} if quality is None or name == "png" else {"quality": max(1, quality)}
            shown.save(out, PICTURE_TYPES[name], **options)
            return out.getvalue()
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise AttemptError(f"{path.name} cannot be read as a picture ({error}).", log=repr(error)) from error


def masked(path: Path, mask: Path) -> bytes:
    """A picture file with the transparency of another one, which is made its size; as PNG.

    Raises ``AttemptError`` for what cannot be read as a picture.
    """
    try:
        with Image.open(path, formats=FORMATS) as found, Image.open(mask, formats=FORMATS) as painted:
            alpha = painted.convert("RGBA").getchannel("A").resize(found.size)
            shown = found.convert("RGBA")
            shown.putalpha(alpha)
            out = io.BytesIO()
            shown.save(out, "PNG")
            return out.getvalue()
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise AttemptError(f"{path.name} cannot be masked ({error}).", log=repr(error)) from error


def _edits(file: IO[bytes], mark: Mark | None) -> tuple[Edit, ...]:
    if mark is None:
        return ()
    with mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        return tuple(marking.edits_for(content, mark))


def _growing(path: Path, wanted: SoundFormat, mono: bool, mark: Mark | None) -> Iterator[bytes]:
    written = _Sink()
    for _ in _encoding(path, wanted, written, mono, mark):
        if piece := written.taken():
            yield piece


class _Sink:
    """Somewhere to write that cannot be sought, so that FFmpeg writes a stream and turns back to nothing."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))  # a copy: the buffer is FFmpeg's own
        return len(data)

    def taken(self) -> bytes:
        """What was written since the last time."""
        found, self._pieces = b"".join(self._pieces), []
        return found


def _encoding(
    path: Path, wanted: SoundFormat, target: IO[bytes] | _Sink, mono: bool, mark: Mark | None
) -> Iterator[None]:
    """Encode into ``target``, and stop now and then for whoever takes away what is there.

    The mark is a tag, because a stream is not touched again.
    """
    tags = {wanted.tag: packet(mark).decode() if wanted.tag == XMP_TAG else mark.source.address} if mark else {}
    options = {"write_id3v2": "1"} if wanted.container == "adts" else {}
    with opened(path) as (source, stream), av.open(target, "w", format=wanted.container, options=options) as out:
        out.metadata.update({name: text for name, text in tags.items() if name})
        rate = wanted.rates[0] if wanted.rates and stream.rate not in wanted.rates else int(stream.rate)
        layout = "mono" if mono or stream.channels == 1 else "stereo"
        encoder = out.add_stream(wanted.codec, rate=rate, layout=layout)
        if not isinstance(encoder, AudioStream):  # only to tell the types apart
            raise AttemptError(f"{wanted.codec} is not a sound codec.")
        encoder.format = wanted.sample_format
        resampler = av.AudioResampler(format=wanted.sample_format, layout=layout, rate=rate)
        for frame in source.decode(stream):
            for piece in resampler.resample(frame):
                out.mux(encoder.encode(piece))
            yield
        for piece in resampler.resample(None):
            out.mux(encoder.encode(piece))
        out.mux(encoder.encode(None))
    yield
