"""The sky: its light from zenith to horizon, the lamp in it, stars, clouds and what hangs among them."""

import math

import numpy as np

from musings_sketch.painting import noise
from musings_sketch.painting.canvas import blur, pick, step
from musings_sketch.painting.colour import Lch, linear, mix
from musings_sketch.painting.shapes import Stencil
from musings_sketch.painting.stage import Stage


def paint_sky(stage: Stage) -> None:
    """Everything above the horizon, and the same colours carried below it for whatever stays open."""
    _air(stage)
    stars = stage.wants("stars")
    if stage.palette.hour == "night" or stars:
        paint_stars(stage, 1.0 if stars else 0.4)
    if stage.wants("aurora"):
        _aurora(stage)
    paint_lamp(stage)
    _clouds(stage)
    if stage.wants("rainbow"):
        _rainbow(stage)
    if stage.wants("comet"):
        paint_comet(stage)
    if stage.wants("lightning") or "storm" in stage.reading.weather:
        _lightning(stage)


def paint_named(stage: Stage) -> None:
    """What was named and hangs in the sky, for pictures that have none."""
    if not {"moon", "sun"} & set(stage.shown) and stage.wants("moon", "sun"):
        paint_lamp(stage)
    for name, painter in (
        ("aurora", _aurora),
        ("rainbow", _rainbow),
        ("comet", paint_comet),
        ("lightning", _lightning),
    ):
        if name not in stage.shown and stage.wants(name):
            painter(stage)


def paint_lamp(stage: Stage) -> None:
    """The moon if it was named, else the sun where it was named or the hour suggests it."""
    if stage.wants("moon"):
        _moon(stage)
    elif stage.wants("sun") or _sun_by_default(stage):
        _sun(stage)


def _air(stage: Stage) -> None:
    canvas, random = stage.canvas, stage.random("air")
    table = stage.palette.sky_ramp()
    drift = stage.noise(random, 0.7, octaves=3, stretch=2.5)
    fall = np.clip(canvas.down / np.float32(max(stage.horizon, 1)), 0, 1) ** np.float32(random.uniform(0.85, 1.25))
    x, y = stage.light
    away = np.hypot((canvas.across - np.float32(x)) * np.float32(0.7), canvas.down - np.float32(y)) / np.float32(
        stage.unit
    )
    warm = np.exp(-2.2 * away) * np.float32(0.16)
    stage.check()
    canvas.cover(pick(table, fall + (drift - 0.5) * 0.10 + warm * (1 - fall)))
    reach = stage.unit * (0.75 if stage.palette.night else 1.0)
    canvas.glow(x, y, reach, stage.light_colour, 0.07 if stage.palette.night else 0.22, flat=1.4)


def paint_stars(stage: Stage, share: float, bottom: float | None = None) -> None:
    """Stars down to ``bottom``: many faint, few bright, crowded along a milky band."""
    random, canvas = stage.random("stars"), stage.canvas
    bottom = stage.horizon if bottom is None else bottom
    if share > 0.8:
        _milky_way(stage, bottom)
    count = int(share * 900 * (stage.width * bottom) / stage.unit**2)
    xs, ys = random.uniform(0, stage.width, count), random.uniform(0, bottom, count)
    magnitude = random.pareto(2.2, count)
    fade = np.clip(1.15 - ys / max(bottom, 1), 0, 1)
    warmth = random.uniform(0, 1, count)
    cold, warm = linear(Lch(0.92, 0.04, 250)), linear(Lch(0.94, 0.06, 75))
    for x, y, size, dim, tone in zip(xs, ys, magnitude, fade, warmth, strict=True):
        colour = cold + (warm - cold) * np.float32(tone)
        radius = stage.unit * (0.0009 + 0.0007 * min(size, 3.0))
        canvas.light(Stencil().ellipse(x, y, radius), colour, float(min(1.0, 0.25 + 0.5 * size) * dim))
        if size > 5:
            canvas.glow(x, y, radius * 7, colour, 0.32 * dim)


def _milky_way(stage: Stage, bottom: float) -> None:
    random, canvas = stage.random("milky way"), stage.canvas
    lean, offset = random.uniform(0.5, 1.1) * random.choice([-1, 1]), random.uniform(0.35, 0.65)
    cloud = stage.noise(random, 0.28, octaves=6, gain=0.6)
    rift = stage.noise(random, 0.2, octaves=5, gain=0.6)
    across = (canvas.across - stage.width * offset) * math.cos(lean) + (canvas.down - bottom * 0.5) * math.sin(lean)
    band = np.exp(-((across / np.float32(stage.unit * 0.17)) ** 2)) * step(bottom, bottom * 0.6, canvas.down)
    glow = band * (0.35 + 1.1 * np.maximum(cloud - 0.35, 0)) * (1 - 0.75 * step(0.5, 0.72, rift) * band)
    canvas.light_field(glow * np.float32(0.16), linear(mix(Lch(0.85, 0.06, 300), stage.palette.accents[0], 0.35)))


def _moon(stage: Stage) -> None:
    random, (x, y) = stage.random("moon"), stage.light
    thing = stage.reading.thing("moon")
    crescent = (thing is not None and thing.word in ("crescent", "🌙")) or random.random() < 0.35
    radius = stage.unit * random.uniform(0.045, 0.085)
    tone = stage.palette.named(thing.colour if thing else None, stage.palette.light.at(0.96))
    tone = tone if thing and thing.colour else linear(stage.palette.light.at(0.96))
    canvas = stage.canvas
    canvas.glow(x, y, radius * 7, tone, 0.22)
    canvas.glow(x, y, radius * 2.6, tone, 0.35)
    disc = canvas.cut(Stencil().ellipse(x, y, radius))
    if disc is None:
        return
    if crescent:
        turn = random.uniform(0.5, 1.1)
        bite = (
            Stencil()
            .ellipse(x, y, radius)
            .gap(x - radius * 0.45 * math.cos(turn), y - radius * 0.45 * math.sin(turn), radius * 0.92)
        )
        canvas.fill(disc, linear(mix(stage.palette.sky[1], stage.palette.light, 0.10)), 0.55)
        canvas.fill(bite, tone * 1.15)
        return
    rows, columns = disc.values.shape
    seas = noise.field(random, columns, rows, radius * 0.8, octaves=5)
    canvas.fill(disc, tone[:, None, None] * (1.16 - 0.42 * step(0.45, 0.68, seas))[None])


def _sun_by_default(stage: Stage) -> bool:
    chances = {"dawn": 0.7, "sunset": 0.9, "golden": 0.7, "dream": 0.5, "morning": 0.3}
    clear = not {"rain", "fog", "storm", "snow"} & set(stage.reading.weather)
    return clear and stage.random("sun").random() < chances.get(stage.palette.hour, 0.0)


def _sun(stage: Stage) -> None:
    random, (x, y) = stage.random("sun disc"), stage.light
    low = stage.palette.hour in ("dawn", "sunset", "golden", "dream", "dusk")
    radius = stage.unit * (random.uniform(0.055, 0.12) if low else random.uniform(0.035, 0.05))
    thing = stage.reading.thing("sun")
    tone = stage.light_colour
    if thing is not None and thing.colour:
        tone = stage.palette.named(thing.colour, stage.palette.light) * 1.3
    canvas = stage.canvas
    canvas.glow(x, y, radius * 8, tone, 0.35)
    canvas.glow(x, y, radius * 3, tone, 0.5)
    canvas.fill(Stencil().ellipse(x, y, radius), tone * 1.5 + 0.1, 0.96)


def _clouds(stage: Stage) -> None:
    random = stage.random("clouds")
    weather, hour = set(stage.reading.weather), stage.palette.hour
    asked = stage.wants("cloud")
    if weather & {"rain", "storm", "cloudy", "snow"} or hour in ("grey", "storm"):
        cover = random.uniform(0.62, 0.8)
    elif asked:
        cover = random.uniform(0.48, 0.6)
    elif "clear" in weather:
        return
    elif hour == "night":
        cover = random.uniform(0.0, 0.32)
    else:
        cover = random.uniform(0.18, 0.52)
    _bank(stage, cover, stretch=random.uniform(1.4, 3.2))
    if asked or (cover > 0.4 and hour in ("day", "morning", "golden", "dream")):
        for _ in range(int(random.integers(2, 5))):
            _cumulus(stage, random)


def _bank(stage: Stage, cover: float, stretch: float) -> None:
    """A layer of cloud seen from below: a tile of noise laid out in perspective, lit from the lamp's side."""
    random, canvas = stage.random("bank"), stage.canvas
    tile = noise.texture(random, 1024, cell=190, octaves=6)
    bottom = max(8, int(stage.horizon))
    rise = 1 - canvas.down[:bottom] / np.float32(stage.horizon)
    far = 1 / (rise + np.float32(0.16))
    scale = 900 / stage.unit
    u = (canvas.across - np.float32(stage.width / 2)) * far * np.float32(scale / stretch / 1.6) + np.float32(
        random.uniform(0, 999)
    )
    v = far * np.float32(stage.unit * scale * 0.5) + np.float32(random.uniform(0, 999))
    here = noise.sample(tile, u, v)
    stage.check()
    x, y = stage.light
    toward = np.sign(np.float32(x) - canvas.across) * np.minimum(np.abs(np.float32(x) - canvas.across) / stage.unit, 1)
    there = noise.sample(tile, u + toward * 26, v + np.float32(22))
    stage.check()
    level = np.float32(1.0 - 2.1 * cover)
    body = step(level - 0.35, level + 0.9, here) * step(0.0, 0.16, rise)
    lit = np.clip(0.45 + (here - there) * 0.55 - 0.25 * (here - level), 0, 1)
    near = np.exp(
        -np.hypot(canvas.across - np.float32(x), canvas.down[:bottom] - np.float32(y)) / np.float32(stage.unit * 0.6)
    )
    stage.check()
    sky = stage.palette.sky
    bright = linear(mix(stage.palette.light, sky[-1], 0.35)) * (0.25 + 0.75 * (1 - 0.75 * stage.palette.night))
    shade = linear(mix(sky[1], sky[2], 0.5).shift(-0.07 if cover > 0.55 else 0.02))
    amount = np.clip(lit * (0.45 + 0.9 * near), 0, 1)
    colours = shade[:, None, None] + (bright - shade)[:, None, None] * amount
    under = canvas.pixels[:, :bottom]
    under += (colours - under) * (body * np.float32(0.62 if stage.palette.night else 0.88))


def _cumulus(stage: Stage, random: np.random.Generator) -> None:
    """A heap of puffs on a flat base, light above and shaded below."""
    canvas = stage.canvas
    x = random.uniform(0, stage.width)
    y = stage.horizon * random.uniform(0.15, 0.72)
    size = stage.unit * random.uniform(0.06, 0.14) * (0.5 + 0.7 * (1 - y / stage.horizon))
    stencil = Stencil()
    count = int(random.integers(9, 16))
    for at in np.linspace(-1, 1, count):
        puff = size * (0.32 + 0.5 * (1 - at * at)) * random.uniform(0.7, 1.15)
        stencil.ellipse(x + at * size * 2.1, y - puff * random.uniform(0.35, 0.75), puff, puff * 0.85)
    mask = canvas.cut(stencil)
    if mask is None:
        return
    rows, columns = mask.values.shape
    ragged = noise.field(random, columns, rows, size * 0.5, octaves=5, gain=0.6)
    soft = np.clip(blur(mask.values, size * 0.12) * 1.25 + (ragged - 0.5) * 0.9, 0, 1)
    fall = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    body = step(0.35, 0.75, soft) * step(1.0, 0.72, fall + (ragged - 0.5) * 0.2)
    sky = stage.palette.sky
    bright = linear(mix(stage.palette.light, sky[-1], 0.2)) * (0.35 if stage.palette.night else 1.0)
    shade = linear(mix(sky[1], sky[2], 0.6))
    amount = np.clip(1.15 - fall * 1.1 + (ragged - 0.5) * 0.8, 0, 1)
    colours = shade[:, None, None] + (bright - shade)[:, None, None] * amount
    under = canvas.pixels[:, *mask.box]
    under += (colours - under) * (body * np.float32(0.9))


def _aurora(stage: Stage) -> None:
    """Curtains: folded lines whose light streams upwards."""
    random, canvas = stage.random("aurora"), stage.canvas
    thing = stage.reading.thing("aurora")
    hues = [Lch(0.85, 0.20, 155), Lch(0.75, 0.17, 185), Lch(0.62, 0.20, 315)]
    if thing is not None and thing.colour:
        hues[0] = stage.palette.tinted[0] if stage.palette.tinted else hues[0]
    for _ in range(3):
        foot = (
            stage.horizon * random.uniform(0.45, 0.8)
            + noise.line(random, stage.width, stage.unit * 0.6, octaves=3) * stage.unit * 0.16
        )
        strength = 0.5 + 0.5 * noise.line(random, stage.width, stage.unit * 0.08, octaves=4, gain=0.7)
        tall = stage.unit * random.uniform(0.22, 0.42)
        above = (foot[None, :] - canvas.down) / np.float32(tall)
        curtain = np.where(above > 0, np.exp(-2.4 * above), np.exp(18 * above)) * np.clip(strength, 0, 1)[None, :]
        blend = np.clip(above * 0.9, 0, 1)
        low, high = linear(hues[0]), linear(hues[2] if random.random() < 0.6 else hues[1])
        canvas.cover_light(
            (low[:, None, None] * (1 - blend) + high[:, None, None] * blend) * (curtain * np.float32(0.34))
        )


def _rainbow(stage: Stage) -> None:
    canvas, random = stage.canvas, stage.random("rainbow")
    x, radius = (
        stage.width * random.uniform(0.35, 0.65),
        min(stage.unit * random.uniform(0.55, 0.7), stage.horizon * 0.92),
    )
    away = np.hypot(canvas.across - np.float32(x), canvas.down - np.float32(stage.horizon * 1.06))
    place = (away - np.float32(radius)) / np.float32(stage.unit * 0.075)
    within = step(0, 0.12, place) * step(1, 0.88, place)
    hues = np.stack([linear(Lch(0.78, 0.16, hue)) for hue in (305, 265, 225, 150, 105, 60, 25)], 1)
    canvas.cover_light(pick(np.ascontiguousarray(hues), place) * (within * np.float32(0.30)))


def paint_comet(stage: Stage) -> None:
    random, canvas = stage.random("comet"), stage.canvas
    thing = stage.reading.thing("comet")
    for _ in range(max(1, min(6, (thing.count if thing else 1) or 4))):
        x, y = random.uniform(0.15, 0.85) * stage.width, random.uniform(0.08, 0.5) * stage.horizon
        length, slope = stage.unit * random.uniform(0.12, 0.3), random.uniform(0.25, 0.6)
        tail = Stencil().stroke([(x, y), (x - length, y - length * slope)], stage.unit * 0.006, 0.2)
        mask = canvas.cut(tail)
        if mask is not None:
            fade = np.linspace(0, 1, mask.values.shape[1], dtype=np.float32)[None, :] ** 2
            canvas.light(mask, linear(Lch(0.95, 0.05, 220)), fade)
        canvas.glow(x, y, stage.unit * 0.035, linear(Lch(0.97, 0.04, 210)), 1.2)


def _lightning(stage: Stage) -> None:
    random, canvas = stage.random("lightning"), stage.canvas
    tone = linear(Lch(0.96, 0.06, 290))
    x = stage.width * random.uniform(0.2, 0.8)
    trunk = [(x, 0.0)]
    while trunk[-1][1] < stage.horizon:
        last = trunk[-1]
        trunk.append(
            (
                last[0] + random.normal(0, 0.022) * stage.unit,
                last[1] + random.uniform(0.015, 0.045) * stage.unit,
            )
        )
    bolts = [(trunk, 0.007)]
    for _ in range(4):
        at = int(random.integers(2, max(3, len(trunk) - 3)))
        branch, side = [trunk[at]], random.choice([-1, 1])
        for _ in range(int(random.integers(4, 9))):
            last = branch[-1]
            branch.append(
                (
                    last[0] + (side * 0.02 + random.normal(0, 0.012)) * stage.unit,
                    last[1] + random.uniform(0.01, 0.035) * stage.unit,
                )
            )
        bolts.append((branch, 0.0035))
    canvas.glow(x, stage.horizon * 0.35, stage.unit * 0.8, tone, 0.25)
    for bolt, width in bolts:
        mask = canvas.cut(Stencil().stroke(bolt, stage.unit * width, stage.unit * width * 0.3))
        if mask is not None:
            canvas.light(mask.blurred(stage.unit * 0.01), tone, 0.9)
            canvas.light(mask, tone, 1.2)
