"""Woods and thickets on land in perspective."""

from musings_sketch.painting import noise, terrain
from musings_sketch.painting.colour import Lch, linear
from musings_sketch.painting.shapes import Frame, Stencil
from musings_sketch.painting.stage import Stage
from musings_sketch.painting.things.plants import cherry_crown, pine, tree_crown, tree_lights, tree_trunk


def plant(
    stage: Stage,
    land: terrain.Land,
    random: noise.Random,
    count: int,
    near: float,
    far: float,
    tall: float,
    kind: str | None = None,
) -> None:
    """Scatter trees between two distances, far ones first and paler; ``tall`` is in eye heights."""
    kind = kind or (
        "pine"
        if stage.wants("pine") or stage.reading.season == "winter"
        else "cherry"
        if stage.wants("cherry")
        else "tree"
    )
    places = terrain.places(land, random, count, near, far)
    if not places:
        return
    batch: list[tuple[float, float, float]] = []
    for at, place in enumerate(places):
        batch.append(place)
        if len(batch) >= max(1, len(places) // 10) or at == len(places) - 1:
            _clump(stage, random, batch, land.view, far, tall, kind)
            batch = []


def _clump(
    stage: Stage,
    random: noise.Random,
    batch: list[tuple[float, float, float]],
    view: terrain.View,
    far: float,
    tall: float,
    kind: str,
) -> None:
    stage.check()
    away = view.focus / batch[len(batch) // 2][2] / far
    depth = min(0.85, 0.08 + away * 0.75)
    frames = [
        Frame(x, y + 1, size * tall * random.uniform(0.7, 1.25), bool(random.random() < 0.5)) for x, y, size in batch
    ]
    trunk, body, lights = Stencil(), Stencil(), Stencil()
    for frame in frames:
        trunk.frame = body.frame = lights.frame = frame
        if kind == "pine":
            pine(body)
            continue
        tree_trunk(trunk)
        cherry_crown(body) if kind == "cherry" else tree_crown(body)
        tree_lights(lights)
    hue = {"autumn": 58.0, "spring": 130.0}.get(
        stage.reading.season or "", stage.palette.hue if 60 < stage.palette.hue < 190 else 140.0
    )
    leaf = {"pine": Lch(0.40, 0.07, 155), "cherry": Lch(0.84, 0.09, 355)}.get(
        kind, Lch(0.46, 0.11, hue + float(random.uniform(-18, 18)))
    )
    palette = stage.palette
    stage.canvas.fill(trunk, linear(palette.local(Lch(0.30, 0.04, 50), depth)))
    stage.canvas.fill(body, linear(palette.local(leaf, depth)))
    stage.canvas.fill(lights, linear(palette.local(leaf.shift(0.14, 1.05, -12), depth)), 0.6)
