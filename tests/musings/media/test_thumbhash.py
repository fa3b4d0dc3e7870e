"""The hash of a picture, read back as the format's own decoder reads it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from musings.media.thumbhash import LONGEST_SIDE, encode


def plain(colour: tuple[int, int, int, int], width: int = 32, height: int = 32) -> np.ndarray:
    return np.full((height, width, 4), colour, np.uint8)


def average(code: bytes) -> tuple[float, float, float]:
    """Red, green and blue, 0..1, as the header has them (thumbHashToAverageRGBA of the format's JavaScript)."""
    head = int.from_bytes(code[:3], "little")
    light, yellow, red = (head & 63) / 63, (head >> 6 & 63) / 31.5 - 1, (head >> 12 & 63) / 31.5 - 1
    blue = light - 2 / 3 * yellow
    first = (3 * light - blue + red) / 2
    return first, first - red, blue


def shape(code: bytes) -> float:
    """Width by height, approximately (thumbHashToApproximateAspectRatio)."""
    see_through, landscape, count = code[2] & 128, code[4] & 128, code[3] & 7
    wide = (5 if see_through else 7) if landscape else count
    high = count if landscape else (5 if see_through else 7)
    return wide / high


@pytest.mark.parametrize("colour", [(255, 0, 0), (0, 255, 0), (0, 0, 255), (250, 240, 10), (128, 128, 128), (0, 0, 0)])
def test_the_average_colour_comes_back(colour: tuple[int, int, int]) -> None:
    found = average(encode(plain((*colour, 255))))
    assert found == pytest.approx([channel / 255 for channel in colour], abs=0.06)


@pytest.mark.parametrize(("width", "height"), [(100, 100), (100, 50), (50, 100), (30, 90), (100, 72)])
def test_the_shape_comes_back(width: int, height: int) -> None:
    picture = plain((200, 100, 50, 255), width, height)
    assert shape(encode(picture)) == pytest.approx(width / height, rel=0.2)


def test_what_is_clear_is_marked_and_takes_more_bytes() -> None:
    opaque, clear = plain((200, 100, 50, 255)), plain((200, 100, 50, 255))
    clear[:16, :, 3] = 0
    assert not encode(opaque)[2] & 128
    assert encode(clear)[2] & 128
    assert average(encode(clear)) == pytest.approx([200 / 255, 100 / 255, 50 / 255], abs=0.06)


def test_a_picture_that_is_clear_throughout_has_a_hash() -> None:
    assert encode(plain((9, 9, 9, 0)))[2] & 128


@limits(max_examples=30)
@given(st.integers(1, LONGEST_SIDE), st.integers(1, LONGEST_SIDE), st.integers(0, 255), st.integers(0, 2**32 - 1))
def test_any_picture_has_a_short_hash(width: int, height: int, alpha: int, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 4)).astype(np.uint8)
    pixels[..., 3] = alpha
    assert 5 < len(encode(pixels)) <= 35


def test_a_mirrored_picture_has_another_hash() -> None:
    slope = plain((0, 0, 0, 255))
    slope[..., 0] = np.arange(32) * 8
    assert encode(slope) != encode(slope[:, ::-1]) != encode(slope[::-1])
    assert encode(slope) == encode(slope.copy())


@pytest.mark.parametrize("size", [(101, 10), (10, 101)])
def test_a_larger_picture_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="too large to hash"):
        encode(plain((0, 0, 0, 255), *size))
