"""XMP in AVIF and HEIC: found by others, and every pixel is where the lists say that it is."""

import io
from pathlib import Path

import pytest
from PIL import Image

from musings.files.marking import marking
from musings.files.marking.films import C2PA
from musings.files.marking.xmp import Mark, SourceType
from musings.files.metadata_removal import removal
from musings.files.metadata_removal.spans import patched
from tests.musings.files.marking.heic import Still, box
from tests.musings.files.marking.samples import exiftool, sample, told_type
from tests.musings.files.metadata_removal.without import played

MARK = Mark(SourceType.TRAINED)
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'

BUILDS = {
    "plain": Still(),
    "with a place of each item": Still(version=1, base_size=4),
    "with wide numbers": Still(version=2, base_size=8),
    "with places alone": Still(version=1, base_size=4, offset_size=0),
    "with the lists last": Still(meta_last=True),
    "with another reference": Still(has_reference=True),
    "with a group": Still(extra=box(b"grpl", box(b"altr", bytes(4) + b"\0\0\0\x02" + bytes(4)))),
}


def found_by_exiftool(content: bytes, path: Path) -> str | None:
    path.write_bytes(content)
    found = exiftool(path)
    if found is None:
        pytest.skip("exiftool is not installed")
    return found.get("XMP:DigitalSourceType")


@pytest.mark.parametrize("build", BUILDS)
def test_a_heic_is_marked_however_it_is_built(build: str) -> None:
    before = BUILDS[build].content()
    left = marking.marked(before, MARK)
    assert left != before
    assert played(left) == played(before)
    assert marking.marked(left, MARK) == left


@pytest.mark.parametrize("build", BUILDS)
def test_exiftool_finds_it(build: str, tmp_path: Path) -> None:
    before = BUILDS[build].content()
    assert found_by_exiftool(before, tmp_path / "a.heic") is None
    left = marking.marked(before, MARK)
    assert found_by_exiftool(left, tmp_path / "a.heic") == SourceType.TRAINED.address


def test_words_that_were_taken_out_make_room_for_the_mark(tmp_path: Path) -> None:
    before = Still((XMP,)).content()
    left = marking.marked(patched(before, 0, removal.spans_without_texts(before)), MARK)
    assert left.count(b"application/rdf+xml") == 1
    assert played(left) == played(before)
    assert found_by_exiftool(left, tmp_path / "a.heic") == SourceType.TRAINED.address


@pytest.mark.parametrize(
    "odd",
    [
        Still((XMP,)).content(),
        Still((b" " * 40, b" " * 40)).content(),
        Still().content() + box(b"uuid", C2PA + b"a manifest"),
        Still().content() + box(b"moov", b""),
        Still().content() + box(b"meta", bytes(4)),
        Still().content()[:-3],
        Still().content() + b"\0\0\0\0free",
        Still().content().replace(b"pict", b"soun"),
        Still().content().replace(b"pitm", b"free"),
        Still().content().replace(b"infe\x02", b"infe\x01"),
        Still().content().replace(b"infe\x02", b"infx\x02"),
        Still().content().replace(b"iloc\0", b"iloc\x03"),
        Still().content().replace(b"iloc\0\0\0\0\x44", b"iloc\0\0\0\0\x40"),
        Still().content().replace(b"iloc\0\0\0\0\x44", b"iloc\0\0\0\0\x45"),
        Still().content().replace(b"\x44\0\0\x01\0\x01", b"\x44\0\0\x02\0\x01"),
        Still(extra=bytes(3)).content(),
        Still(extra=box(b"idat", bytes(1 << 20))).content(),
    ],
    ids=[
        "of another program", "two texts", "signed", "a sequence", "two lists", "cut off", "to the end", "no picture",
        "no first item", "old entries", "odd entries", "later places", "no lengths", "odd sizes", "more than there are",
        "a gap", "huge",
    ],
)  # fmt: skip
def test_what_is_odd_or_signed_is_left_as_it_is(odd: bytes) -> None:
    assert marking.marked(odd, MARK) == odd


def test_an_item_within_the_lists_is_left_where_it_is() -> None:
    """Its place would have to be looked for in what is written anew."""
    plain = Still().content()
    size = int.from_bytes(plain[24:28], "big")
    place = plain.index(b"iloc") + 18
    inside = plain[:place] + (24 + size - 4).to_bytes(4, "big") + plain[place + 4 :]
    assert marking.marked(inside, MARK) == inside


@pytest.mark.parametrize("moving", [False, True])
def test_an_avif_is_marked_and_one_that_moves_is_not(moving: bool) -> None:
    picture = Image.effect_mandelbrot((64, 48), (-2, -1, 1, 1), 20).convert("RGB")
    out = io.BytesIO()
    picture.save(out, "AVIF", save_all=moving, append_images=[picture.rotate(90)] if moving else [])
    left = marking.marked(out.getvalue(), MARK)
    assert told_type(left, "avif") == (None if moving else SourceType.TRAINED.address)


def test_the_bytes_of_the_picture_stay_what_they_were() -> None:
    before = sample("avif")
    left = marking.marked(before, MARK)
    assert before[before.index(b"mdat") - 4 :] in left
