"""What the picture was made with: the last pass over the canvas, from linear light to pixels on paper.

Oil follows Aaron Hertzmann, "Painterly rendering with curved brush strokes of multiple sizes" (1998), with
straight strokes laid along the contours of the picture.
"""

import math
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from musings_sketch.painting import noise
from musings_sketch.painting.abstract.glass import cells
from musings_sketch.painting.canvas import blur, step
from musings_sketch.painting.colour import Array, Lch, decode, encode, lightness, linear
from musings_sketch.painting.stage import Stage

Medium = Callable[[Stage, noise.Random], None]


def plain(stage: Stage, _random: noise.Random) -> None:
    """Smooth paint, a breath of bloom."""
    bloom(stage, 0.22)
    vignette(stage, 0.22)


def bloom(stage: Stage, amount: float) -> None:
    """Let what is brighter than its surroundings spread a little."""
    for plane in stage.canvas.pixels:
        plane += blur(np.maximum(plane - 0.62, 0), stage.unit * 0.03) * np.float32(amount)
        stage.check()


def vignette(stage: Stage, amount: float) -> None:
    x = (stage.canvas.across / stage.width - 0.5) * 2
    y = (stage.canvas.down / stage.height - 0.5) * 2
    stage.canvas.pixels *= (1 - np.float32(amount) * step(0.7, 1.75, x * x + y * y))[None]
    stage.check()


def gouache(stage: Stage, random: noise.Random) -> None:
    """Opaque paint on toothed paper: edges a little unsteady, the weave showing through."""
    _wobble(stage, random, 0.0016, 0.02)
    bloom(stage, 0.14)
    tooth = stage.noise(random, 0.005, octaves=2, gain=0.7)
    streak = stage.noise(random, 0.02, octaves=4, gain=0.6, stretch=6)
    stage.canvas.pixels *= (0.93 + 0.075 * tooth + 0.075 * streak)[None]
    vignette(stage, 0.16)


def oil(stage: Stage, random: noise.Random) -> None:
    """Strokes of three sizes along the contours, each in the colour it covers."""
    bloom(stage, 0.15)
    source = encode(stage.canvas.pixels)
    stage.check()
    light = blur(lightness(stage.canvas.pixels), stage.unit * 0.008)
    angle = np.arctan2(np.gradient(light, axis=0), np.gradient(light, axis=1)) + np.pi / 2
    detail = blur(np.abs(light - blur(light, stage.unit * 0.012)), stage.unit * 0.006)
    detail = detail / max(float(detail.mean()), 1e-6)
    stage.check()
    picture = Image.fromarray((source.transpose(1, 2, 0) * 255).astype(np.uint8))
    pencil = ImageDraw.Draw(picture)
    lean = stage.noise(random, 0.3, octaves=2) * 3
    for width, length, gap, wanted in (
        (0.020, 0.060, 0.011, 0.0),
        (0.010, 0.034, 0.0062, 0.55),
        (0.0045, 0.018, 0.0035, 1.35),
    ):
        _strokes(stage, random, pencil, source, (angle, lean, detail), width, length, gap, wanted)
    laid = np.asarray(picture, np.float32).transpose(2, 0, 1) / 255
    relief = laid.mean(axis=0)
    edge = np.clip((np.roll(relief, 1, 0) - np.roll(relief, -1, 0)) * 0.35, -0.05, 0.05)
    weave = stage.noise(random, 0.006, octaves=2)
    stage.check()
    stage.canvas.pixels = _opened(stage, np.clip(laid + edge[None] + (weave - 0.5)[None] * 0.035, 0, 1))


def _strokes(
    stage: Stage,
    random: noise.Random,
    pencil: ImageDraw.ImageDraw,
    source: Array,
    field: tuple[Array, Array, Array],
    width: float,
    length: float,
    gap: float,
    wanted: float,
) -> None:
    angle, lean, detail = field
    step_px = stage.unit * gap
    ys, xs = np.meshgrid(np.arange(0, stage.height, step_px), np.arange(0, stage.width, step_px), indexing="ij")
    x = np.clip(xs.ravel() + random.normal(0, step_px * 0.4, xs.size), 0, stage.width - 1)
    y = np.clip(ys.ravel() + random.normal(0, step_px * 0.4, ys.size), 0, stage.height - 1)
    i, j = x.astype(int), y.astype(int)
    keep = detail[j, i] >= wanted
    order = random.permutation(np.flatnonzero(keep))
    x, y, i, j = x[order], y[order], i[order], j[order]
    turn = np.where(detail[j, i] > 0.35, angle[j, i], lean[j, i]) + random.normal(0, 0.18, len(order))
    half = stage.unit * length / 2 * random.uniform(0.6, 1.2, len(order)) / (1 + 0.5 * np.clip(detail[j, i], 0, 3))
    tones = source[:, j, i] * (1 + random.normal(0, 0.035, len(order))) + random.normal(0, 0.012, (3, len(order)))
    colours = (np.clip(tones, 0, 1) * 255).astype(np.uint8).T.tolist()
    dx, dy = np.cos(turn) * half, np.sin(turn) * half
    bow = random.normal(0, 0.12, len(order))
    thick = max(1, round(stage.unit * width))
    for at in range(len(order)):
        if at % 4000 == 0:
            stage.check()
        middle = (x[at] - dy[at] * bow[at], y[at] + dx[at] * bow[at])
        pencil.line(
            [(x[at] - dx[at], y[at] - dy[at]), middle, (x[at] + dx[at], y[at] + dy[at])],
            fill=tuple(colours[at]),
            width=thick,
            joint="curve",
        )


def watercolour(stage: Stage, random: noise.Random) -> None:
    """Thin paint on white paper: pigment gathers at edges, grains in the tooth, and leaves a ragged border."""
    _wobble(stage, random, 0.006, 0.05)
    values = encode(stage.canvas.pixels)
    stage.check()
    soft = np.stack([blur(plane, stage.unit * 0.004) for plane in values])
    stage.check()
    light = lightness(decode(np.clip(soft, 0, 1)))
    stage.check()
    rim = np.clip(np.abs(light - blur(light, stage.unit * 0.010)) * 3.0, 0, 0.35)
    flow = stage.noise(random, 0.16, octaves=6, gain=0.6)
    tooth = stage.noise(random, 0.006, octaves=3, gain=0.8)
    density = 0.72 + 0.55 * flow + rim + (tooth - 0.5) * 0.28 * (1.1 - light)
    sheet = np.array([0.985, 0.975, 0.950], np.float32)[:, None, None]
    stage.check()
    thin = sheet * np.clip(soft, 0.02, 1) ** (density[None] * 0.86)
    stage.check()
    x = np.minimum(stage.canvas.across, stage.width - stage.canvas.across) / np.float32(stage.unit)
    y = np.minimum(stage.canvas.down, stage.height - stage.canvas.down) / np.float32(stage.unit)
    ragged = stage.noise(random, 0.12, octaves=6, gain=0.6)
    inside = step(0.028, 0.046, np.minimum(x, y) + (ragged - 0.5) * 0.07)
    dried = inside * (1 - inside) * 0.45
    result = sheet + (thin * (1 - dried) - sheet) * inside
    stage.check()
    stage.canvas.pixels = _opened(stage, np.clip(result * (0.97 + 0.05 * tooth), 0, 1))


def print_(stage: Stage, random: noise.Random) -> None:
    """A print in eight inks: the grain carries one into the next, the plates are a little off, the paper shows."""
    values = encode(stage.canvas.pixels)
    middle = values.mean(axis=0, keepdims=True)
    stage.check()
    values = np.clip(0.5 + (middle + (values - middle) * 1.3 - float(np.median(middle))) * 1.15, 0, 1)
    stage.check()
    small = Image.fromarray((values.transpose(1, 2, 0) * 255).astype(np.uint8)).reduce(4)
    stage.check()
    inks = small.quantize(7, Image.Quantize.MEDIANCUT, kmeans=3).convert("RGB").getcolors(64) or []
    common = [colour for _, colour in sorted(inks, key=lambda ink: -ink[0])]
    tones = np.array([*common, _brightest_hue(np.asarray(small))], np.float32) / 255
    stage.check()
    fine = random.random((stage.height // 2 + 1, stage.width // 2 + 1), dtype=np.float32).repeat(2, 0).repeat(2, 1)
    grain = (fine[: stage.height, : stage.width] - np.float32(0.5)) * np.float32(0.11)
    nearest, best = np.zeros(grain.shape, np.int8), np.full(grain.shape, 9, np.float32)
    for at, tone in enumerate(tones):
        away = sum((values[plane] + grain - tone[plane]) ** 2 for plane in range(3))
        nearest, best = np.where(away < best, np.int8(at), nearest), np.minimum(away, best)
        stage.check()
    sheet = np.array([0.955, 0.94, 0.905], np.float32)
    result = np.broadcast_to(tones[0][:, None, None], values.shape).copy()
    for at in range(1, len(tones)):
        off = [round(float(each) * stage.unit) for each in random.normal(0, 0.0009, 2)]
        result += (tones[at][:, None, None] - result) * np.roll(nearest == at, off, (0, 1))[None]
        stage.check()
    worn = step(0.74, 0.88, stage.noise(random, 0.010, octaves=3, gain=0.8)) * np.float32(0.3)
    result += (sheet[:, None, None] - result) * worn[None]
    stage.check()
    stage.canvas.pixels = _opened(stage, result.astype(np.float32))
    _border(stage, 0.035)


def _brightest_hue(small: npt.NDArray[np.uint8]) -> tuple[float, ...]:
    """The mean of the few most colourful pixels: a red boat is small, and no median finds it."""
    pixels = small.reshape(-1, 3).astype(np.float32)
    chroma = pixels.max(axis=1) - pixels.min(axis=1)
    return tuple(pixels[chroma >= np.percentile(chroma, 99.8)].mean(axis=0).tolist())


def etching(stage: Stage, random: noise.Random) -> None:
    """Lines cut in three directions; the darker the place the more of them meet."""
    light = lightness(stage.canvas.pixels)
    dark = 1 - _spread(light) ** 0.9
    bend = stage.noise(random, 0.25, octaves=3) * 16 + light * 11
    pitch = np.float32(math.tau / (stage.unit * 0.0072))
    ink = np.zeros_like(light)
    for turn, start in ((0.62, 0.02), (-0.72, 0.36), (1.52, 0.66)):
        wave = np.sin(
            (stage.canvas.across * np.float32(math.cos(turn)) + stage.canvas.down * np.float32(math.sin(turn))) * pitch
            + bend
        )
        need = np.clip((dark - start) / (1 - start), 0, 1)
        ink = np.maximum(ink, step(1.02 - 1.75 * need, 1.45 - 1.75 * need, wave) * (need > 0.01))
        stage.check()
    edge = np.clip(np.abs(light - blur(light, stage.unit * 0.003)) * 9 - 0.25, 0, 1)
    tooth = stage.noise(random, 0.008, octaves=3, gain=0.8)
    cover = np.clip(np.maximum(ink, edge), 0, 1) * (0.80 + 0.3 * tooth)
    sheet, line = (
        linear(Lch(0.94, 0.028, 85)),
        linear(stage.palette.tinted[0].at(0.32) if stage.palette.tinted else Lch(0.24, 0.025, 50)),
    )
    wash = stage.canvas.pixels * 0.30 + sheet[:, None, None] * 0.70
    stage.canvas.pixels = (wash + (line[:, None, None] - wash) * np.clip(cover, 0, 1)[None]).astype(np.float32)
    _border(stage, 0.04)


def brush(stage: Stage, random: noise.Random) -> None:
    """Ink wash: one pigment, many waters, on warm paper."""
    _wobble(stage, random, 0.005, 0.04)
    light = lightness(stage.canvas.pixels)
    tone = _spread(light)
    wash = stage.noise(random, 0.10, octaves=6, gain=0.65)
    tooth = stage.noise(random, 0.005, octaves=2, gain=0.8)
    rim = np.clip(np.abs(tone - blur(tone, stage.unit * 0.008)) * 1.6, 0, 0.3)
    stage.check()
    dark = np.clip((1 - tone) ** 1.15 * (0.78 + 0.75 * wash) + rim + (tooth - 0.5) * 0.12 * (1 - tone), 0, 1)
    sheet = linear(Lch(0.945, 0.020, 85))[:, None, None]
    ink = linear(stage.palette.tinted[0].at(0.3) if stage.palette.tinted else Lch(0.19, 0.012, 260))[:, None, None]
    shown = sheet + (ink - sheet) * dark[None]
    stage.check()
    warm = stage.canvas.pixels[0] - stage.canvas.pixels[2]
    accent = step(0.28, 0.6, warm) * np.float32(0.55)
    stage.canvas.pixels = (
        shown + (linear(Lch(0.55, 0.18, 30))[:, None, None] * (1 - 0.5 * dark) - shown) * accent[None]
    ).astype(np.float32)
    _border(stage, 0.03)


def mosaic(stage: Stage, random: noise.Random) -> None:
    """The picture in pieces of glass, each one colour, set in dark lead."""
    _, edge, cx, cy = cells(stage, random, stage.unit * 0.020)
    source = np.stack([blur(plane, stage.unit * 0.006) for plane in stage.canvas.pixels])
    x, y = np.clip(cx, 0, stage.width - 1).astype(np.int32), np.clip(cy, 0, stage.height - 1).astype(np.int32)
    stage.check()
    pieces = source[:, y, x]
    stage.check()
    middle = pieces.mean(axis=0, keepdims=True)
    pieces = np.clip(middle + (pieces - middle) * 1.35, 0, 4)
    stage.check()
    tilt = np.sin(cx * 12.9 + cy * 78.2)
    shine = 0.88 + 0.16 * tilt + 0.10 * stage.noise(random, 0.02, octaves=3)
    lead = step(stage.unit * 0.0011, stage.unit * 0.0003, edge)
    bevel = step(stage.unit * 0.0042, stage.unit * 0.0018, edge) * (1 - lead)
    result = pieces * (shine + 0.16 * bevel)[None]
    stage.canvas.pixels = (result + (linear(Lch(0.16, 0.01, 260))[:, None, None] - result) * lead[None]).astype(
        np.float32
    )
    vignette(stage, 0.2)


def pixel(stage: Stage, _random: noise.Random) -> None:
    """Large square pixels in few colours, with an ordered dither."""
    bloom(stage, 0.2)
    cell = max(1, round(stage.unit / 160))
    width, height = -(-stage.width // cell), -(-stage.height // cell)
    values = (encode(stage.canvas.pixels).transpose(1, 2, 0) * 255).astype(np.uint8)
    small = np.asarray(Image.fromarray(values).resize((width, height), Image.Resampling.BOX), np.float32)
    order = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16 - 0.47
    dither = np.tile(order, (height // 4 + 1, width // 4 + 1))[:height, :width, None] * 7
    few = Image.fromarray(np.clip(small + dither, 0, 255).astype(np.uint8)).quantize(
        64, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    stage.check()
    big = np.asarray(few.convert("RGB"), np.float32).repeat(cell, 0).repeat(cell, 1)[: stage.height, : stage.width]
    stage.canvas.pixels = _opened(stage, big.transpose(2, 0, 1) / 255)


MEDIA: Mapping[str, Medium] = {
    "plain": plain,
    "gouache": gouache,
    "oil": oil,
    "watercolour": watercolour,
    "print": print_,
    "etching": etching,
    "ink": brush,
    "mosaic": mosaic,
    "pixel": pixel,
}


def _wobble(stage: Stage, random: noise.Random, reach: float, cell: float) -> None:
    """Move every point a little, as a hand does."""
    dx = stage.noise(random, cell, octaves=3) - 0.5
    dy = stage.noise(random, cell, octaves=3) - 0.5
    far = np.float32(stage.unit * reach * 4)
    x = np.clip(stage.canvas.across + dx * far, 0, stage.width - 1).astype(np.int32)
    y = np.clip(stage.canvas.down + dy * far, 0, stage.height - 1).astype(np.int32)
    stage.canvas.pixels = stage.canvas.pixels[:, y, x]


def _border(stage: Stage, share: float) -> None:
    """The unprinted margin of the sheet."""
    edge = round(stage.unit * share)
    sheet = linear(Lch(0.95, 0.022, 85))[:, None, None]
    for part in (np.s_[:, :edge], np.s_[:, -edge:], np.s_[:, :, :edge], np.s_[:, :, -edge:]):
        stage.canvas.pixels[part] = sheet


def _opened(stage: Stage, values: Array) -> Array:
    """From sRGB back to the light that :func:`encode` would show so, undoing its roll-off."""
    planes = []
    for plane in values.astype(np.float32):
        low = decode(plane)
        over = np.minimum(np.maximum(low - 0.8, 0) / 0.2, 0.95)
        planes.append(np.minimum(low, 0.8) + 0.2 * over / (1 - over))
        stage.check()
    return np.stack(planes)


def _spread(light: Array) -> Array:
    """Lightness stretched so that all but the darkest and the lightest percent run from 0 to 1."""
    low, high = (float(value) for value in np.percentile(light[::7, ::7], [1, 99]))
    stretched: Array = np.clip((light - low) / max(high - low, 1e-3), 0, 1)
    return stretched
