"""Deciding what to paint: the scene, its medium, and where its light and horizon lie."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from musings_sketch.painting.things.draw import FIGURES
from musings_sketch.vocabulary import SKY_THINGS
from musings_sketch.words import Reading, Thing, chance, read

LANDSCAPES = (
    "sea",
    "mountains",
    "lake",
    "forest",
    "city",
    "space",
    "garden",
    "desert",
    "hills",
    "underwater",
)
ABSTRACTS = ("flow", "glass", "tiles", "ink", "marble")

_PULLS: Mapping[str, tuple[tuple[str, float], ...]] = {
    # where a thing is at home, when no setting was named
    "boat": (("sea", 1.0), ("lake", 0.6)),
    "ship": (("sea", 1.2),),
    "lighthouse": (("sea", 1.4),),
    "whale": (("underwater", 0.9), ("sea", 0.8)),
    "island": (("sea", 1.4),),
    "swan": (("lake", 1.4),),
    "bridge": (("city", 0.7), ("lake", 0.6)),
    "fish": (("underwater", 1.2),),
    "turtle": (("underwater", 1.0),),
    "jellyfish": (("underwater", 1.6),),
    "octopus": (("underwater", 1.6),),
    "deer": (("forest", 0.7), ("mountains", 0.4)),
    "fox": (("forest", 0.6), ("hills", 0.4)),
    "wolf": (("mountains", 0.7), ("forest", 0.6)),
    "bear": (("forest", 0.8), ("mountains", 0.5)),
    "owl": (("forest", 0.9),),
    "rabbit": (("garden", 0.6), ("hills", 0.5)),
    "mushroom": (("forest", 1.0),),
    "firefly": (("forest", 0.8), ("lake", 0.4)),
    "butterfly": (("garden", 1.0),),
    "rose": (("garden", 1.0),),
    "tulip": (("garden", 1.0),),
    "poppy": (("garden", 1.0),),
    "sunflower": (("garden", 1.0),),
    "lavender": (("garden", 0.8), ("hills", 0.5)),
    "flower": (("garden", 0.8), ("hills", 0.3)),
    "palm": (("sea", 0.7), ("desert", 0.6)),
    "cactus": (("desert", 1.2),),
    "camel": (("desert", 1.4),),
    "pyramid": (("desert", 1.4),),
    "elephant": (("hills", 0.6), ("desert", 0.5)),
    "volcano": (("sea", 1.2), ("desert", 0.7)),
    "road": (("hills", 0.8),),
    "windmill": (("hills", 1.2),),
    "village": (("hills", 0.7), ("mountains", 0.3)),
    "church": (("hills", 0.7),),
    "house": (("hills", 0.6), ("lake", 0.3), ("mountains", 0.3)),
    "sheep": (("hills", 1.0),),
    "horse": (("hills", 0.8),),
    "castle": (("mountains", 0.7), ("hills", 0.5)),
    "dragon": (("mountains", 1.0),),
    "tent": (("mountains", 0.6), ("lake", 0.5), ("desert", 0.3)),
    "pagoda": (("mountains", 0.8), ("lake", 0.5)),
    "cherry": (("hills", 0.5), ("lake", 0.5), ("mountains", 0.3)),
    "rocket": (("space", 1.0),),
    "planet": (("space", 1.4),),
    "comet": (("space", 0.5), ("mountains", 0.4)),
    "aurora": (("mountains", 0.7), ("lake", 0.6)),
    "umbrella": (("city", 0.8),),
    "lantern": (("city", 0.4), ("lake", 0.3)),
    "cat": (("city", 0.3), ("garden", 0.3), ("hills", 0.3)),
    "dancer": (("flow", 0.5), ("city", 0.3)),
    "piano": (("flow", 0.7), ("sea", 0.2)),
    "violin": (("flow", 0.7),),
    "guitar": (("flow", 0.6),),
}

_ON_WATER = frozenset({"boat", "ship", "swan", "whale", "island", "lighthouse"})

_IN_THE_SKY = frozenset({"sun", "moon", "stars", "cloud", "rainbow", "aurora", "lightning", "comet"})
_SKYLESS = frozenset({"underwater", *ABSTRACTS})

_MOOD_SCENES: Mapping[str, tuple[str, ...]] = {
    "joyful": ("garden", "hills", "tiles", "flow", "sea"),
    "calm": ("lake", "sea", "ink", "hills", "mountains"),
    "melancholy": ("sea", "lake", "forest", "city", "mountains"),
    "dark": ("forest", "sea", "mountains", "marble", "city"),
    "fierce": ("sea", "mountains", "flow", "marble"),
    "dreamy": ("mountains", "marble", "lake", "space", "underwater", "forest"),
    "tender": ("garden", "hills", "sea", "lake"),
    "majestic": ("mountains", "desert", "space", "sea"),
    "hopeful": ("hills", "sea", "mountains", "garden", "flow"),
}

_MEDIA_SHARE: Mapping[str, float] = {
    "gouache": 0.44,
    "plain": 0.18,
    "oil": 0.16,
    "watercolour": 0.11,
    "print": 0.11,
}


@dataclass(frozen=True)
class PicturePlan:
    """``light`` and ``horizon`` are shares of the width and height; ``things`` are the names to be drawn."""

    reading: Reading
    scene: str
    medium: str
    light: tuple[float, float]
    horizon: float
    portrait: bool

    @property
    def things(self) -> tuple[str, ...]:
        return tuple(thing.name for thing in self.reading.things)

    @property
    def aloft(self) -> bool:
        """Whether something named needs the sky to itself."""
        return any(name in SKY_THINGS or (name in FIGURES and FIGURES[name].home == "sky") for name in self.things)

    @property
    def stands(self) -> bool:
        """Whether something named needs ground under its feet."""
        return any(FIGURES[name].home == "ground" for name in self.things if name in FIGURES)


def plan(text: str, seed: int) -> PicturePlan:
    """The same text and seed always give the same plan."""
    reading, random = read(text), chance(text, seed, "plan")
    portrait = "portrait" in reading.scenes
    scene = _scene(reading, random, portrait)
    reading = _peopled(reading, scene, chance(text, seed, "motif"))
    left = bool(random.random() < 0.5)
    x = random.uniform(0.24, 0.40)
    horizon = float(random.uniform(*_HORIZONS.get(scene, (0.5, 0.6))))
    light = (float(x if left else 1 - x), float(random.uniform(0.30, 0.62)) * horizon)
    if scene in ("mountains", "city"):
        light = (light[0], float(random.uniform(0.16, 0.30)))
    return PicturePlan(reading, scene, _medium(reading, scene, random), light, horizon, portrait)


_HORIZONS: Mapping[str, tuple[float, float]] = {
    "sea": (0.46, 0.62),
    "mountains": (0.54, 0.62),
    "lake": (0.46, 0.56),
    "forest": (0.55, 0.6),
    "city": (0.56, 0.64),
    "garden": (0.42, 0.5),
    "desert": (0.42, 0.52),
    "hills": (0.42, 0.52),
    "space": (0.9, 0.95),
}


_MOTIFS: Mapping[str, tuple[str, ...]] = {
    "sea": ("boat", "bird", "boat"),
    "lake": ("boat", "swan", "bird"),
    "mountains": ("bird", "house", "deer"),
    "forest": ("deer", "fox", "owl"),
    "hills": ("house", "horse", "windmill", "bird"),
    "desert": ("camel", "person"),
    "city": ("person", "bird"),
    "garden": ("butterfly",),
    "underwater": ("fish", "turtle"),
}
"""What may give scale to a scene for which nothing was named."""


def _peopled(reading: Reading, scene: str, random: np.random.Generator) -> Reading:
    """The reading with one small thing of the scene's own, if the prompt named none and did not refuse it."""
    if any(thing.name in FIGURES for thing in reading.things) or random.random() > 0.75:
        return reading
    fit = [name for name in _MOTIFS.get(scene, ()) if name not in reading.words]
    if not fit:
        return reading
    name = fit[int(random.integers(len(fit)))]
    count = 1 if reading.mood == "melancholy" else 0 if name in ("bird", "fish", "butterfly") else 1
    return replace(reading, things=(*reading.things, Thing(name, name, count)))


def _scene(reading: Reading, random: np.random.Generator, portrait: bool) -> str:
    weights = {name: weight * 1.5 for name, weight in reading.scenes.items() if name != "portrait"}
    for thing in reading.things:
        for name, pull in _PULLS.get(thing.name, ()):
            weights[name] = weights.get(name, 0.0) + pull
    if any(thing.name in FIGURES for thing in reading.things) or portrait:
        weights = {name: weight * (0.3 if name in ABSTRACTS else 1.0) for name, weight in weights.items()}
    names = {thing.name for thing in reading.things}
    if names & _ON_WATER:
        weights = {
            name: weight * (1.0 if name in ("sea", "lake", "city", "underwater", "space") else 0.35)
            for name, weight in weights.items()
        }
    if names & _IN_THE_SKY:
        weights = {name: weight * (0.3 if name in _SKYLESS else 1.0) for name, weight in weights.items()}
    if not weights and names & _IN_THE_SKY:
        return str(random.choice(["sea", "mountains", "lake", "hills", "desert", "city"]))
    if not weights:
        return str(
            random.choice(
                _MOOD_SCENES.get(
                    reading.mood or "", LANDSCAPES if reading.things or portrait else LANDSCAPES + ABSTRACTS
                )
            )
        )
    best = max(weights.values())
    likely = {name: weight for name, weight in sorted(weights.items()) if weight > best * 0.72}
    shares = np.array(list(likely.values())) ** 3
    return str(random.choice(list(likely), p=shares / shares.sum()))


def _medium(reading: Reading, scene: str, random: np.random.Generator) -> str:
    if reading.medium == "mosaic" and scene == "glass":
        return "plain"
    if reading.medium is not None:
        return "plain" if scene == "ink" else reading.medium
    if scene in ("ink", "tiles"):
        return "plain"
    if scene == "marble":
        return "plain"
    if {"rain", "snow", "storm"} & set(reading.weather):
        return str(random.choice(["gouache", "gouache", "plain", "watercolour"]))
    if scene in ("space", "glass", "underwater"):
        return str(random.choice(["plain", "plain", "plain", "oil"]))
    return str(random.choice(list(_MEDIA_SHARE), p=list(_MEDIA_SHARE.values())))
