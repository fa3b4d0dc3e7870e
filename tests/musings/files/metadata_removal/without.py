"""A file as whoever has a link to it gets it, and what it shows and plays."""

import io
from typing import Any

import av
import numpy as np
from PIL import Image

from musings.files.metadata_removal import removal
from musings.files.metadata_removal.spans import patched

SECRET = "what nobody else is to read"
RAW = SECRET.encode()
TEXTS = {"prompt": f'{{"1": "{SECRET} {"x" * 3000}"}}', "comment": SECRET}


def exif() -> Image.Exif:
    """Texts of several kinds, how the picture is turned, and how wide it is."""
    made = Image.Exif()
    made[0x0110], made[0x010F] = f"workflow:{SECRET}", "ab"
    made[0x0112] = 6
    made.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + SECRET.encode("utf-16-be")
    made.get_ifd(0x8769)[0xA002] = 640
    return made


def without_texts(content: bytes) -> bytes:
    """The file after the removal. It has its length, and neither the text nor a part of it in any usual encoding."""
    left = patched(content, 0, removal.spans_without_texts(content))
    assert len(left) == len(content)
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        assert SECRET[5:20].encode(encoding) not in left
    return left


def shown(content: bytes) -> list[bytes]:
    """The pixels of each frame of a picture, as they are to be seen."""
    with Image.open(io.BytesIO(content)) as picture:
        frames = []
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            frames.append(picture.convert("RGBA").tobytes())
        return frames


def played(content: bytes) -> bytes:
    """All samples and all pixels of a sound or a film."""
    kept: list[Any] = []
    with av.open(io.BytesIO(content), "r") as container:
        for frame in container.decode(*container.streams):
            kept.append(np.ascontiguousarray(frame.to_ndarray()).tobytes())
    assert kept
    return b"".join(kept)


def plays_without_texts(content: bytes) -> bytes:
    """The file after the removal: it had the text, has it no more, and plays as before."""
    assert SECRET in tags(content)
    left = without_texts(content)
    assert played(left) == played(content)
    assert SECRET not in tags(left)
    return left


def tags(content: bytes) -> str:
    """What a player finds written in it."""
    with av.open(io.BytesIO(content)) as container:
        return repr([dict(container.metadata), *[dict(stream.metadata) for stream in container.streams]])
