"""Everything that is known of, and made from, a picture file (docs/reference/api.md).

Recipes go into PNG text chunks: tEXt where Latin-1 holds the value, iTXt in UTF-8 where it does not (PNG, third
edition, section 11.3.3).
"""

import base64
import hashlib
import io
import struct
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

from musings.errors import AttemptError
from musings.media import thumbhash

MOST_PIXELS = 120_000_000
"""Larger pictures are refused: decoding one would take over half a gigabyte of memory."""
MOST_PIXELS_SUMMED = 3_000_000_000
"""Of all frames of an animation: some ten seconds. A small file can announce frames without number."""

THUMBNAIL_SIDE, THUMBNAIL_QUALITY, HASH_SIDE = 512, 80, 32
ORIENTATION = 0x0112
"""The EXIF tag."""
STRIP_ROWS = 64
"""A picture is worked on in strips of so many rows, so that no second one of its size is in memory."""
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "AVIF", "TIFF", "BMP")
"""What Pillow may read; among its others are some that start programs (EPS) or lead to other files."""

_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    IndexError,
    KeyError,
    OverflowError,
    MemoryError,
    RuntimeError,
    TypeError,
    AttributeError,
    ZeroDivisionError,
)
"""What Pillow's decoders raise on damaged files: AVIF, GIF and TIFF have words of their own for it."""


@dataclass(frozen=True)
class PictureFacts:
    """Size in pixels as it is to be shown (EXIF orientation applied), Pillow's mode and format, number of frames."""

    width: int
    height: int
    mode: str
    format: str
    frames: int = 1

    @property
    def animated(self) -> bool:
        return self.frames > 1


@dataclass(frozen=True)
class Looked:
    """Everything at once: the facts, the thumbnail (WebP) with its ThumbHash, and the sum of the pixels."""

    facts: PictureFacts
    thumbnail: bytes
    thumbhash: str
    pixels_sha256: str


def look_at(path: Path) -> Looked:
    """All that the functions below find out one by one, to the byte, by one decoding of a still picture.

    Raises ``AttemptError`` as :func:`read_picture` does.
    """
    with _opened(path) as picture:
        facts = _facts(picture)
        # First: a thumbnail takes the place of the picture that it is made of.
        summed = _summed(picture, path)
        small = None if facts.animated else _thumbnail(picture, THUMBNAIL_SIDE)
    if small is None:  # the pictures of an animation come one after another, and the first is gone
        with _opened(path) as picture:
            small = _thumbnail(picture, THUMBNAIL_SIDE)
    with _checked(path), Image.open(io.BytesIO(small), formats=("WEBP",)) as shown:
        return Looked(facts, small, _thumbhash(shown), summed)


def read_picture(path: Path) -> PictureFacts:
    """Decode the whole first frame and say what it is.

    Raises ``AttemptError`` when the file is missing, not a picture, damaged, or above ``MOST_PIXELS``.
    """
    with _opened(path) as picture:
        return _facts(picture)


def _facts(picture: Image.Image) -> PictureFacts:
    turned = picture.getexif().get(ORIENTATION, 1) in (5, 6, 7, 8)
    size = picture.size[::-1] if turned else picture.size
    return PictureFacts(*size, picture.mode, picture.format or "", getattr(picture, "n_frames", 1))


def write_thumbnail(source: Path, target: Path, side: int = THUMBNAIL_SIDE) -> None:
    """A WebP of the first frame, upright, at most ``side`` pixels long, never enlarged; transparency is kept.

    Raises ``AttemptError`` as :func:`read_picture` does.
    """
    with _opened(source) as picture:
        small = _thumbnail(picture, side)
    target.write_bytes(small)


def _thumbnail(picture: Image.Image, side: int) -> bytes:
    out = io.BytesIO()
    _shown(picture, side).save(out, "WEBP", quality=THUMBNAIL_QUALITY, method=4)
    return out.getvalue()


def thumbhash_of(path: Path) -> str:
    """The ThumbHash of the first frame, base64. Raises ``AttemptError`` as :func:`read_picture` does."""
    with _opened(path) as picture:
        return _thumbhash(picture)


def _thumbhash(picture: Image.Image) -> str:
    small = _shown(picture, HASH_SIDE).convert("RGBA")
    return base64.b64encode(thumbhash.encode(np.asarray(small))).decode("ascii")


def pixels_sha256(path: Path) -> str:
    """A sum of what a picture shows, frame by frame: the same for two files that differ only in how they are packed.

    Of an animation with more than ``MOST_PIXELS_SUMMED`` pixels the first frames count, and how many there are.
    Raises ``AttemptError`` as :func:`read_picture` does.
    """
    with _opened(path) as picture:
        return _summed(picture, path)


def _summed(picture: Image.Image, path: Path) -> str:
    digest = hashlib.sha256()
    frames, summed = getattr(picture, "n_frames", 1), 0
    for number in range(frames):
        if summed > MOST_PIXELS_SUMMED:
            digest.update(f"{frames} frames".encode())
            break
        summed += picture.width * picture.height
        frame = _frame(picture, number, path)
        plain = frame.convert("RGBA") if frame.mode in ("P", "PA", "1") else frame
        digest.update(f"{plain.mode} {plain.width} {plain.height} ".encode())
        for top in range(0, plain.height, STRIP_ROWS):
            digest.update(plain.crop((0, top, plain.width, min(top + STRIP_ROWS, plain.height))).tobytes())
    return digest.hexdigest()


def write_png(image: Image.Image, target: Path, recipe: Mapping[str, str]) -> None:
    """A PNG with one text chunk per entry of the recipe. The same image and recipe give the same bytes.

    A key must be 1 to 79 Latin-1 characters, as the format has it; raises ``ValueError`` for any other.
    """
    chunks = PngInfo()
    for key, value in recipe.items():
        if not 1 <= len(key.encode("latin-1", "replace")) <= 79 or not key.isascii():
            raise ValueError(f"{key!r} cannot name a text in a PNG: 1 to 79 ASCII characters are allowed.")
        text = value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
        if text.isascii():
            chunks.add_text(key, text)
        else:
            chunks.add_itxt(key, text)
    image.save(target, "PNG", pnginfo=chunks, compress_level=6)


def read_recipe(path: Path) -> dict[str, str]:
    """The texts in a PNG, by key; empty for a picture without any. Raises ``AttemptError`` as :func:`read_picture`."""
    with _opened(path) as picture:
        texts: Mapping[str, str] = getattr(picture, "text", {})
        return {key: str(value) for key, value in texts.items()}


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """A picture whose first frame is decoded; whatever goes wrong on the way becomes an ``AttemptError``.

    Also what is found later, when something is asked of it; a fault of the disk on which its preview is written is none
    of its own.
    """
    with ExitStack() as closing:
        picture = _decoded(path, closing)
        with _checked(path):
            yield picture


@contextmanager
def _checked(path: Path) -> Iterator[None]:
    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(path, "far too large to open") from error
    except _DAMAGE as error:
        if getattr(error, "errno", None) is not None:
            raise
        raise _damaged(path, error) from error


def _decoded(path: Path, closing: ExitStack) -> Image.Image:
    try:
        file = closing.enter_context(path.open("rb"))
        picture = closing.enter_context(Image.open(file, formats=FORMATS))
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise _too_large(path, f"of {width}×{height} pixels")
        picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(path, "far too large to open") from error
    except FileNotFoundError as error:
        raise AttemptError(f"{path.name} is not there, so there is no picture to read.") from error
    except UnidentifiedImageError as error:
        raise AttemptError(
            f"{path.name} is not a picture that can be read.", hint="PNG, JPEG, WebP, GIF, AVIF, TIFF and BMP can."
        ) from error
    except _DAMAGE as error:
        raise _damaged(path, error) from error
    return picture


def _damaged(path: Path, error: BaseException) -> AttemptError:
    why = str(error).rstrip(".") or type(error).__name__
    return AttemptError(f"{path.name} is a damaged picture: {why}.", hint="It was probably cut off; make it again.")


def _frame(picture: Image.Image, number: int, path: Path) -> Image.Image:
    try:
        picture.seek(number)
        picture.load()
    except _DAMAGE as error:
        raise AttemptError(f"Frame {number + 1} of {path.name} is damaged: {error}.", hint="Make it again.") from error
    return picture


def _too_large(path: Path, size: str) -> AttemptError:
    most = MOST_PIXELS // 1_000_000
    return AttemptError(
        f"{path.name} is a picture {size}; {most} million pixels are the most that is opened.",
        hint="Make it smaller.",
    )


def _shown(picture: Image.Image, side: int) -> Image.Image:
    """The first frame upright in RGB or RGBA, at most ``side`` long."""
    # Copies are made where something changes: a large picture is most of what a process may have of memory.
    upright = ImageOps.exif_transpose(picture) if picture.getexif().get(ORIENTATION, 1) != 1 else picture
    clear = upright.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in upright.info
    if upright.mode.startswith(("I;16", "I", "F")):
        upright = _eight_bits(upright)
    mode = "RGBA" if clear else "RGB"
    plain = upright if upright.mode == mode else upright.convert(mode)
    plain.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return plain


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Sixteen bits or floating point, scaled to eight; Pillow would clip them instead."""
    values = np.asarray(picture)
    top = 65535.0 if picture.mode.startswith("I") else max(float(values.max()), 1.0)
    small = np.empty(values.shape, np.uint8)
    for row in range(0, len(values), STRIP_ROWS):
        strip = values[row : row + STRIP_ROWS].astype(np.float64)
        small[row : row + STRIP_ROWS] = np.clip(strip / top * 255, 0, 255).astype(np.uint8)
    return Image.fromarray(small)
