"""Facts, thumbnails, ThumbHashes and recipes of picture files."""

import base64
import contextlib
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from musings.errors import AttemptError
from musings.media import pictures, thumbhash
from musings.media.pictures import PictureFacts, read_picture, read_recipe, thumbhash_of, write_png, write_thumbnail
from tests.musings.media.drawn import slope
from tests.paths import ROOT


def bomb(path: Path, side: int) -> Path:
    """A small PNG that says it is ``side`` pixels square."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )
    return path


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "gif", "bmp", "tiff", "avif"])
def test_facts_of_each_format(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"picture.{suffix}"
    slope(60, 40).save(path)
    facts = read_picture(path)
    assert (facts.width, facts.height, facts.frames, facts.animated) == (60, 40, 1, False)
    assert facts.format


def test_facts_of_an_animation(tmp_path: Path) -> None:
    path = tmp_path / "moving.gif"
    frames = [Image.new("RGB", (30, 20), colour) for colour in ("red", "green", "blue")]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    facts = read_picture(path)
    assert facts == PictureFacts(30, 20, facts.mode, "GIF", 3)
    assert facts.animated


def turned(path: Path, orientation: int) -> Path:
    image = Image.new("RGB", (80, 40), "white")
    image.paste("red", (0, 0, 40, 40))
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(path, exif=exif, quality=95)
    return path


def test_orientation_is_respected(tmp_path: Path) -> None:
    source, target = turned(tmp_path / "turned.jpg", 6), tmp_path / "small.webp"
    write_thumbnail(source, target, 40)
    assert (read_picture(source).width, read_picture(source).height) == (40, 80)
    with Image.open(target) as small:
        assert small.size == (20, 40)
        red, white = small.convert("RGB").getpixel((10, 5)), small.convert("RGB").getpixel((10, 35))
    assert isinstance(red, tuple)
    assert isinstance(white, tuple)
    assert red[0] > 200 > 100 > red[1]
    assert min(white) > 200


@pytest.mark.parametrize(
    ("size", "wanted"),
    [((1024, 1024), (512, 512)), ((2000, 500), (512, 128)), ((100, 60), (100, 60)), ((3000, 1), (512, 1))],
)
def test_thumbnails_keep_the_aspect_and_never_grow(
    tmp_path: Path, size: tuple[int, int], wanted: tuple[int, int]
) -> None:
    source, target = tmp_path / "big.png", tmp_path / "small.webp"
    Image.new("RGB", size, "teal").save(source)
    write_thumbnail(source, target)
    assert (read_picture(target).width, read_picture(target).height) == wanted
    assert read_picture(target).format == "WEBP"


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_kept(tmp_path: Path, mode: str) -> None:
    source, target = tmp_path / "clear.png", tmp_path / "small.webp"
    image = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 32, 64))
    if mode == "P":
        image.quantize(8).save(source, transparency=0) if image.quantize(8).mode == "P" else None
    else:
        image.convert(mode).save(source)
    write_thumbnail(source, target)
    with Image.open(target) as small:
        alpha = np.asarray(small.convert("RGBA"))[..., 3]
    assert alpha.min() < 20
    assert alpha.max() > 235


def test_an_opaque_picture_gets_an_opaque_thumbnail(tmp_path: Path) -> None:
    slope(64, 64).save(tmp_path / "a.png")
    write_thumbnail(tmp_path / "a.png", tmp_path / "a.webp")
    assert read_picture(tmp_path / "a.webp").mode == "RGB"


def test_the_first_frame_stands_for_an_animation(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (30, 20), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], lossless=True)
    write_thumbnail(tmp_path / "a.webp", tmp_path / "b.webp")
    with Image.open(tmp_path / "b.webp") as small:
        pixel = small.convert("RGB").getpixel((15, 10))
    assert isinstance(pixel, tuple)
    assert pixel[0] > 200 > pixel[2]


def test_sixteen_bits_are_scaled_not_clipped(tmp_path: Path) -> None:
    Image.fromarray(np.full((20, 20), 32_768, np.uint16)).save(tmp_path / "deep.png")
    write_thumbnail(tmp_path / "deep.png", tmp_path / "small.webp")
    with Image.open(tmp_path / "small.webp") as small:
        assert abs(float(np.asarray(small.convert("L")).mean()) - 128) < 4


@pytest.mark.parametrize("reader", [read_picture, thumbhash_of, read_recipe])
def test_what_is_no_picture_is_said_so(tmp_path: Path, reader: object) -> None:
    assert callable(reader)
    (tmp_path / "text.png").write_text("not a picture")
    with pytest.raises(AttemptError, match=r"text\.png is not a picture"):
        reader(tmp_path / "text.png")
    with pytest.raises(AttemptError, match="is not there"):
        reader(tmp_path / "missing.png")


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "gif"])
def test_a_picture_that_was_cut_off_is_damaged(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"cut.{suffix}"
    noise = np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(AttemptError, match=r"cut\.") as caught:
        read_picture(path)
    assert caught.value.hint


@pytest.mark.parametrize("side", [12_000, 30_000, 2**31 - 1])
def test_bombs_are_not_opened(tmp_path: Path, side: int) -> None:
    path = bomb(tmp_path / "bomb.png", side)
    for make in (read_picture, thumbhash_of):
        with pytest.raises(AttemptError, match="120 million pixels are the most"):
            make(path)
    with pytest.raises(AttemptError, match="120 million pixels are the most"):
        write_thumbnail(path, tmp_path / "small.webp")


@pytest.mark.filterwarnings("ignore")  # Pillow warns of some damage before it gives up
@settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    cut=st.integers(0, 3000),
    at=st.integers(0, 3000),
    value=st.integers(0, 255),
    kind=st.sampled_from(["png", "jpg", "webp", "gif", "tiff"]),
)
def test_damage_is_always_an_attempt_error(tmp_path: Path, cut: int, at: int, value: int, kind: str) -> None:
    path = tmp_path / f"damaged.{kind}"
    slope(40, 30).save(path)
    data = bytearray(path.read_bytes())
    data[at % len(data)] = value
    path.write_bytes(data[: max(1, len(data) - cut % len(data))])
    with contextlib.suppress(AttemptError):
        assert read_picture(path).width > 0


@pytest.mark.parametrize(
    ("size", "known"),
    # from the reference encoder (thumbhash 0.1.2 on PyPI) for the same pixels
    [
        ((32, 20), "3/cNFJqAh4dxeHiIiHePgAj4eA=="),
        ((20, 32), "3wcOFBqBB4eHiHeIeIeAjwj4dw=="),
        ((7, 7), "HwgSBx6Ah4eAiHeIh3iIiId3aG/2gI8H"),
    ],
)
def test_thumbhashes_are_those_of_the_reference(size: tuple[int, int], known: str) -> None:
    rgba = np.asarray(slope(*size).convert("RGBA"))
    assert base64.b64encode(thumbhash.encode(rgba)).decode() == known


@pytest.mark.parametrize("processor", ["Prescott", "Haswell", "SkylakeX"])
def test_thumbhashes_do_not_hang_on_the_processor(processor: str) -> None:
    """OpenBLAS adds in another order on each; one term of this picture lies exactly between two steps."""
    program = (
        "import base64, numpy as np\n"
        "from musings.media import thumbhash\n"
        "from tests.musings.media.drawn import slope\n"
        "print(base64.b64encode(thumbhash.encode(np.asarray(slope(20, 32).convert('RGBA')))).decode())"
    )
    said = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_CORETYPE": processor},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "3wcOFBqBB4eHiHeIeIeAjwj4dw=="


def test_a_thumbhash_tells_transparency(tmp_path: Path) -> None:
    image = Image.new("RGBA", (300, 100), (255, 0, 0, 255))
    image.paste((255, 0, 0, 0), (0, 0, 150, 100))
    image.save(tmp_path / "half.png")
    data = base64.b64decode(thumbhash_of(tmp_path / "half.png"))
    header = int.from_bytes(data[:3], "little")
    assert header >> 23 == 1
    assert (data[5] & 15) / 15 == pytest.approx(0.5, abs=0.05)
    assert header & 63 == pytest.approx(63 / 3, abs=1)


@pytest.mark.parametrize("colour", [(0, 0, 0, 0), (0, 0, 0, 255), (255, 255, 255, 255)])
def test_plain_pictures_have_a_thumbhash(tmp_path: Path, colour: tuple[int, int, int, int]) -> None:
    Image.new("RGBA", (500, 20), colour).save(tmp_path / "plain.png")
    assert 5 < len(base64.b64decode(thumbhash_of(tmp_path / "plain.png"))) < 30


def test_a_picture_too_large_to_hash_is_refused() -> None:
    with pytest.raises(ValueError, match="100 pixels"):
        thumbhash.encode(np.zeros((101, 5, 4), np.uint8))


def test_the_sum_of_pixels_sees_the_picture_not_its_packing(tmp_path: Path) -> None:
    image, other = slope(30, 20), slope(30, 20)
    other.putpixel((7, 7), (1, 2, 3))
    write_png(image, tmp_path / "a.png", {"seed": "1"})
    image.save(tmp_path / "b.png", compress_level=0)
    image.save(tmp_path / "c.webp", lossless=True)
    other.save(tmp_path / "d.png")
    sums = [pictures.pixels_sha256(tmp_path / name) for name in ("a.png", "b.png", "c.webp", "d.png")]
    assert sums[0] == sums[1] == sums[2] != sums[3]


def test_the_sum_of_pixels_sees_every_frame(tmp_path: Path) -> None:
    for name, last in (("a.webp", "blue"), ("b.webp", "green")):
        frames = [Image.new("RGB", (30, 20), colour) for colour in ("red", last)]
        frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], lossless=True)
    assert pictures.pixels_sha256(tmp_path / "a.webp") != pictures.pixels_sha256(tmp_path / "b.webp")


def test_the_sum_of_pixels_depends_on_the_shape(tmp_path: Path) -> None:
    for name, size in (("a.png", (4, 9)), ("b.png", (6, 6))):
        Image.new("RGB", size).save(tmp_path / name)
    assert pictures.pixels_sha256(tmp_path / "a.png") != pictures.pixels_sha256(tmp_path / "b.png")


RECIPE = {
    "prompt": "Ein Boot – 🌙\nzweite Zeile",
    "seed": "42",
    "parameters": '{"width": 64}',
    "engine": "sketch",
    "empty": "",
}


def test_a_recipe_comes_back(tmp_path: Path) -> None:
    write_png(slope(20, 20), tmp_path / "a.png", RECIPE)
    assert read_recipe(tmp_path / "a.png") == RECIPE
    assert np.array_equal(np.asarray(Image.open(tmp_path / "a.png")), np.asarray(slope(20, 20)))


def test_the_same_picture_and_recipe_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        write_png(slope(20, 20), tmp_path / name, RECIPE)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@settings(
    max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.text(max_size=200))
def test_any_text_fits_a_recipe(tmp_path: Path, text: str) -> None:
    path = tmp_path / "any.png"
    write_png(Image.new("RGB", (2, 2)), path, {"prompt": text})
    assert read_recipe(path)["prompt"] == text.replace("\0", "").encode("utf-8", "replace").decode()


@pytest.mark.parametrize("key", ["", "k" * 80, "schlüssel"])
def test_a_key_that_png_cannot_hold_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="79 ASCII"):
        write_png(Image.new("RGB", (2, 2)), tmp_path / "a.png", {key: "x"})


def test_a_picture_without_a_recipe_has_none(tmp_path: Path) -> None:
    slope(8, 8).save(tmp_path / "a.jpg")
    assert read_recipe(tmp_path / "a.jpg") == {}


def test_a_long_prompt_survives(tmp_path: Path) -> None:
    long = "moon " * 40_000
    write_png(Image.new("RGB", (2, 2)), tmp_path / "a.png", {"prompt": long})
    assert read_recipe(tmp_path / "a.png")["prompt"] == long
    assert pictures.read_picture(tmp_path / "a.png").width == 2


def test_all_at_once_is_to_the_byte_what_each_finds_alone(tmp_path: Path) -> None:
    drawn, frames = slope(900, 700), [Image.new("RGB", (70, 50), colour) for colour in ("red", "green", "blue")]
    drawn.save(tmp_path / "a.png")
    drawn.save(tmp_path / "b.jpg")
    drawn.convert("RGBA").save(tmp_path / "c.webp")
    drawn.convert("P").save(tmp_path / "d.png", transparency=3)
    drawn.convert("I;16").save(tmp_path / "e.png")
    drawn.convert("1").save(tmp_path / "f.tiff")
    turned(tmp_path / "g.jpg", 6)
    for name in ("h.gif", "i.webp", "j.png"):
        frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:])
    for path in sorted(tmp_path.iterdir()):
        looked, small = pictures.look_at(path), tmp_path / "small.webp"
        write_thumbnail(path, small)
        assert looked.facts == read_picture(path)
        assert looked.thumbnail == small.read_bytes(), path.name
        assert looked.thumbhash == thumbhash_of(small)
        assert looked.pixels_sha256 == pictures.pixels_sha256(path)
