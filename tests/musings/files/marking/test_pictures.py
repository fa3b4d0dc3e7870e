"""XMP in PNG, JPEG and GIF: where it stands, and what is left alone."""

import io
import zlib

from PIL import Image

from musings.files.marking import marking
from musings.files.marking.xmp import Mark, SourceType
from tests.musings.files.marking.samples import sample, told_type

MARK = Mark(SourceType.TRAINED)


def signed_png() -> bytes:
    plain = sample("png")
    chunk = b"caBX" + b"a manifest of C2PA"
    return plain[:33] + (len(chunk) - 4).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big") + plain[33:]


def signed_jpeg() -> bytes:
    plain = sample("jpg")
    return plain[:2] + b"\xff\xeb" + (20).to_bytes(2, "big") + b"JP\0\1 jumb c2pa   "[:18].ljust(18) + plain[2:]


def test_what_is_signed_is_left_as_it_is() -> None:
    """Its signature is over its bytes, and it says itself what made it."""
    for content in (signed_png(), signed_jpeg()):
        assert marking.marked(content, MARK) == content
        with Image.open(io.BytesIO(content)) as picture:
            picture.load()


def test_a_packet_of_somebody_else_stays() -> None:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "JPEG", xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
    assert marking.marked(out.getvalue(), MARK) == out.getvalue()


def test_a_png_that_is_cut_off_is_left_as_it_is() -> None:
    cut = sample("png")[:-20]
    assert marking.marked(cut, MARK) == cut


def test_jfif_and_exif_stay_in_front() -> None:
    left = marking.marked(sample("jpg", "a camera"), MARK)
    assert left.index(b"JFIF") < left.index(b"http://ns.adobe.com/xap/1.0/")
    with Image.open(io.BytesIO(left)) as picture:
        assert picture.getexif()[0x010F] == "a camera"


def test_long_words_have_no_room_in_a_segment() -> None:
    left = marking.marked(sample("jpg"), Mark(SourceType.TRAINED, "long " * 20_000))
    assert told_type(left, "jpg") == SourceType.TRAINED.address
    assert b"long long" not in left


def test_an_old_gif_becomes_a_newer_one() -> None:
    old = sample("gif").replace(b"GIF89a", b"GIF87a", 1)
    left = marking.marked(old, MARK)
    assert left.startswith(b"GIF89a")
    assert told_type(left, "gif") == SourceType.TRAINED.address
    with Image.open(io.BytesIO(left)) as picture:
        picture.load()
