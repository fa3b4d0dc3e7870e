"""JPEG: what holds texts goes, the picture and its colours stay."""

import io

from PIL import Image, ImageCms

from musings.files.metadata_removal import jpeg
from musings.files.metadata_removal.spans import patched
from tests.musings.files.metadata_removal.without import RAW, SECRET, exif, shown, without_texts

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def picture() -> bytes:
    target = io.BytesIO()
    packet = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{SECRET}</x:xmpmeta>".encode()
    noise = Image.effect_noise((40, 30), 80)
    noise.save(target, "JPEG", exif=exif(), comment=RAW, xmp=packet, icc_profile=PROFILE)
    return target.getvalue()


def test_comments_exif_texts_and_xmp_go() -> None:
    content = picture()
    assert content.count(RAW) == 3
    left = without_texts(content)
    assert shown(left) == shown(content)
    with Image.open(io.BytesIO(left)) as opened:
        assert opened.getexif()[0x0112] == 6
        assert opened.info["icc_profile"] == PROFILE


def test_what_is_signed_stays() -> None:
    signed = b"\xff\xeb\x00\x08signed"
    content = picture()
    assert signed in without_texts(content[:2] + signed + content[2:])


def test_what_stands_behind_the_scan_is_the_picture() -> None:
    content = picture()
    scan = content.index(b"\xff\xda")
    assert without_texts(content)[scan:] == content[scan:]


def test_bytes_between_and_segments_of_no_length_end_in_order() -> None:
    for tail in (b"\xff\xff\xff\xfe\0\x06" + b"abcd", b"\xff\xfe\0\0abcd", b"\xff\xfe", b"\xff\xd0\xff\xfe\xff\xffab"):
        content = b"\xff\xd8" + tail
        left = patched(content, 0, list(jpeg.blanked(content)))
        assert len(left) == len(content)
    filled = b"\xff\xd8\xff\xff\xfe\0\x06abcd"
    assert patched(filled, 0, list(jpeg.blanked(filled))) == filled[:-4] + bytes(4)
