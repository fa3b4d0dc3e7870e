"""MP4 and AVIF: texts become free space; what shows and plays stays."""

import io

from PIL import Image

from musings.files.metadata_removal import mp4
from musings.files.metadata_removal.spans import patched
from tests.comfyui_workflows import carriers
from tests.comfyui_workflows.metadata.chunks import box
from tests.musings.files.metadata_removal.without import (
    RAW,
    TEXTS,
    exif,
    played,
    plays_without_texts,
    shown,
    without_texts,
)


def test_the_texts_of_a_film_go() -> None:
    content = carriers.film("mp4", "libx264", TEXTS)
    plays_without_texts(content)


def test_xmp_goes_and_what_is_signed_stays() -> None:
    film = carriers.film("mp4", "libx264", {})
    xmp, signed = box(b"uuid", mp4.XMP + RAW), box(b"uuid", bytes(16) + b"signed")
    left = without_texts(film + xmp + signed)
    assert signed in left
    assert played(left) == played(film)


def test_the_texts_of_a_picture_go() -> None:
    target = io.BytesIO()
    Image.effect_noise((40, 30), 80).save(target, "AVIF", exif=exif(), xmp=b"<x>" + RAW + b"</x>")
    content = target.getvalue()
    assert content.count(RAW) >= 2
    left = without_texts(content)
    assert shown(left) == shown(content)


def test_sizes_that_cannot_be_end_the_file() -> None:
    for size in (0, 1, 7, 2**32 - 1):
        content = box(b"ftyp", b"isom") + box(b"moov", box(b"udta", b"text", size=size))
        assert len(patched(content, 0, list(mp4.blanked(content)))) == len(content)


def test_boxes_in_each_other_without_end_are_read_so_far() -> None:
    content = b"".join((8 * (5000 - deep)).to_bytes(4, "big") + b"moov" for deep in range(5000))
    assert list(mp4.blanked(content)) == []
