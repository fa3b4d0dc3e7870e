"""The painter's tools: colours, shapes, noise, land in perspective."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings_sketch.painting import noise, terrain
from musings_sketch.painting.canvas import Canvas, blur, pick, step
from musings_sketch.painting.colour import Array, Lch, decode, encode, linear, mix, ramp
from musings_sketch.painting.shapes import Frame, Mask, Stencil, oval, ribbon, smooth
from musings_sketch.words import chance

hues = st.floats(0, 360)


@given(st.floats(0, 1), st.floats(0, 0.4), hues)
def test_every_colour_fits_the_screen(light: float, chroma: float, hue: float) -> None:
    rgb = linear(Lch(light, chroma, hue))
    assert rgb.shape == (3,)
    assert 0 <= rgb.min() <= rgb.max() <= 1


def test_known_colours() -> None:
    white, black, red = linear(Lch(1, 0, 0)), linear(Lch(0, 0, 0)), linear(Lch(0.62796, 0.25768, 29.234))
    assert white == pytest.approx([1, 1, 1], abs=1e-3)
    assert black == pytest.approx([0, 0, 0], abs=1e-6)
    assert red == pytest.approx([1, 0, 0], abs=5e-3)  # sRGB red in OKLCH, from the definition of the space


@given(hues, hues)
def test_a_mixture_begins_and_ends_with_its_parts(one: float, other: float) -> None:
    first, second = Lch(0.5, 0.1, one), Lch(0.7, 0.1, other)
    assert linear(mix(first, second, 0)) == pytest.approx(linear(first), abs=1e-6)
    assert linear(mix(first, second, 1)) == pytest.approx(linear(second), abs=1e-6)


def test_screen_values_come_back() -> None:
    values = np.linspace(0, 0.89, 50, dtype=np.float32)
    assert encode(decode(values)) == pytest.approx(values, abs=2e-3)


def test_lights_beyond_white_stay_below_it() -> None:
    bright = encode(np.array([0.9, 1.0, 4.0, 100.0], np.float32))
    assert list(bright) == sorted(bright)
    assert bright.max() <= 1


def test_a_ramp_passes_its_stops() -> None:
    stops = [Lch(0.2, 0.05, 260), Lch(0.6, 0.1, 40), Lch(0.9, 0.05, 90)]
    table = ramp(stops, 257)
    assert table[:, 0] == pytest.approx(linear(stops[0]), abs=0.02)
    assert table[:, -1] == pytest.approx(linear(stops[-1]), abs=0.06)
    assert pick(table, np.array([[0.0, 1.0]], np.float32)).shape == (3, 1, 2)


def test_a_mask_covers_what_its_outline_encloses() -> None:
    mask = Stencil().ellipse(50, 50, 20).mask(100, 100)
    assert mask is not None
    assert float(mask.values.sum()) == pytest.approx(np.pi * 400, rel=0.02)


def test_a_hole_is_empty() -> None:
    mask = Stencil().bar(10, 10, 50, 50).hole(oval(30, 30, 10)).mask(100, 100)
    assert mask is not None
    assert mask.values[30 - mask.top, 30 - mask.left] == 0
    assert mask.values[12 - mask.top, 12 - mask.left] == 1


@pytest.mark.parametrize("at", [(-500, 50), (50, -500), (700, 50), (50, 700)])
def test_what_lies_outside_gives_no_mask(at: tuple[int, int]) -> None:
    assert Stencil().ellipse(*at, 20).mask(100, 100) is None


def test_nothing_drawn_gives_no_mask() -> None:
    assert Stencil().mask(10, 10) is None


def test_a_frame_turns_height_into_pixels() -> None:
    assert Frame(100, 200, 50).pixels([(0, 0), (0, 1), (1, 0)]) == pytest.approx(
        np.array([(100, 200), (100, 150), (150, 200)])
    )
    assert Frame(100, 200, 50, flip=True).pixels([(1, 0)]) == pytest.approx(np.array([(50, 200)]))


def test_a_smooth_curve_goes_through_its_points() -> None:
    points = [(0.0, 0.0), (1.0, 2.0), (3.0, 1.0)]
    assert set(points) <= {(round(x, 9), round(y, 9)) for x, y in smooth(points, closed=False)}


def test_a_ribbon_of_one_point_is_still_an_outline() -> None:
    assert len(ribbon([(1.0, 1.0)], (2.0,))) > 2


def test_a_rim_faces_away_from_the_move() -> None:
    rim = Mask(np.ones((5, 5), np.float32), 0, 0).edge(1, 0)
    assert rim.values[:, 0].all()
    assert not rim.values[:, 1:].any()


def test_fill_keeps_to_its_shape() -> None:
    canvas = Canvas(40, 30)
    canvas.fill(Stencil().bar(10, 10, 20, 20), np.array([1, 0.5, 0], np.float32))
    assert canvas.pixels[:, 15, 15] == pytest.approx([1, 0.5, 0])
    assert not canvas.pixels[:, :8].any()


def test_a_glow_outside_leaves_the_canvas_alone() -> None:
    canvas = Canvas(20, 20)
    canvas.glow(500, 500, 30, np.ones(3, np.float32), 1.0)
    assert not canvas.pixels.any()


def test_a_blur_keeps_the_mean() -> None:
    values: Array = chance("blur", 1).random((64, 96)).astype(np.float32)
    soft = blur(values, 6)
    assert soft.shape == values.shape
    assert float(soft.mean()) == pytest.approx(float(values.mean()), abs=0.01)
    assert soft.std() < values.std() / 3


def test_a_step_may_fall() -> None:
    values = np.array([0.0, 0.5, 1.0], np.float32)
    assert step(0, 1, values) == pytest.approx([0, 0.5, 1])
    assert step(1, 0, values) == pytest.approx([1, 0.5, 0])


@pytest.mark.parametrize(("width", "height", "cell"), [(1, 1, 1), (7, 3, 50), (64, 64, 8), (300, 20, 33)])
def test_noise_fills_its_field(width: int, height: int, cell: float) -> None:
    field = noise.field(chance("n", 1), width, height, cell)
    assert field.shape == (height, width)
    assert 0 <= field.min() <= field.max() <= 1


def test_noise_is_centred_and_lively() -> None:
    field = noise.field(chance("n", 1), 256, 256, 24)
    assert float(field.mean()) == pytest.approx(0.5, abs=0.08)
    assert field.std() > 0.08


def test_a_texture_wraps() -> None:
    tile = noise.texture(chance("t", 1), 64, cell=16)
    u, v = np.array([[3.25]], np.float32), np.array([[60.5]], np.float32)
    assert noise.sample(tile, u, v) == pytest.approx(noise.sample(tile, u + 64, v - 128), abs=1e-4)


def test_scattered_places_keep_apart() -> None:
    places = sorted(noise.scatter(chance("s", 1), 20, 0, 100, 5))
    assert len(places) > 10
    assert min(np.diff(places)) >= 2.5


def test_flat_land_reaches_the_horizon_and_no_higher() -> None:
    canvas = Canvas(40, 100)
    land = terrain.survey(terrain.View(40, 100, 50, 60), lambda x, z: np.zeros_like(x))
    terrain.lay(canvas, land, np.ones((3, *land.x.shape), np.float32))
    assert not canvas.pixels[:, :50].any()
    assert (canvas.pixels[:, 53:] == 1).all()


def test_a_wall_hides_what_is_behind_it() -> None:
    canvas = Canvas(10, 100)

    def wall(x: Array, z: Array) -> Array:
        return np.where((z > 3) & (z < 4), 2.0, 0.0).astype(np.float32) + 0 * x

    land = terrain.survey(terrain.View(10, 100, 50, 60), wall)
    colours = np.zeros((3, *land.x.shape), np.float32)
    colours[0, land.z > 4.2] = 1
    terrain.lay(canvas, land, colours)
    assert canvas.pixels[0].max() < 0.6
    assert (land.ground(10) < 50).all()


def test_the_sun_casts_shadows_away_from_itself() -> None:
    def post(x: Array, z: Array) -> Array:
        return np.where(np.abs(x) < 0.3, 1.0, 0.0).astype(np.float32) + 0 * z

    land = terrain.survey(terrain.View(60, 60, 30, 40, near=3, far=4), post)
    shade = land.sunny(1.0, 0.5)[0]
    assert shade[:20].min() < 0.2
    assert shade[45:].min() > 0.9
