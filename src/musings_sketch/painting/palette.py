"""The colours of one picture: a curated scheme for the hour and weather, bent by the words of the prompt."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from musings_sketch.painting.colour import Array, Lch, linear, mix, ramp
from musings_sketch.vocabulary import COLOURS
from musings_sketch.words import Reading


@dataclass(frozen=True)
class Scheme:
    """A sky from the zenith down to the horizon, the light, and two accents that go with them."""

    sky: tuple[Lch, Lch, Lch, Lch]
    light: Lch
    accents: tuple[Lch, Lch]
    land: float
    """Hue of the land."""


@dataclass(frozen=True)
class Palette:
    """What painters ask for. ``hour`` is the scheme's hour; ``gloom`` 0..1 says how dark the land lies."""

    hour: str
    sky: tuple[Lch, ...]
    light: Lch
    haze: Lch
    dark: Lch
    accents: tuple[Lch, ...]
    hue: float
    gloom: float
    vivid: float
    tinted: tuple[Lch, ...]

    @property
    def night(self) -> bool:
        return self.hour in ("night", "dusk")

    def land(self, depth: float, *, hue: float | None = None, chroma: float = 0.06) -> Lch:
        """Land at a distance: 0 is at our feet, 1 is where it fades into the sky."""
        own = self.hue if hue is None else hue
        near = Lch(0.40 - 0.20 * self.gloom, chroma * self.vivid * (1 - 0.3 * self.gloom), own)
        near = mix(near, self.dark, 0.25 + 0.3 * self.gloom)
        return mix(near, self.haze, min(1.0, max(0.0, depth)))

    def local(self, colour: Lch, depth: float = 0.0) -> Lch:
        """A thing's own colour as this light shows it, at a distance."""
        shown = Lch(colour.light * (1 - 0.5 * self.gloom), colour.chroma * (0.45 + 0.55 * self.vivid), colour.hue)
        return mix(mix(shown, self.dark, 0.12 + 0.2 * self.gloom), self.haze, depth)

    def named(self, colour: str | None, otherwise: Lch, depth: float = 0.0) -> Array:
        """Linear colour of a thing whose colour may have been named."""
        own = Lch(*COLOURS[colour]) if colour is not None and colour in COLOURS else otherwise
        return linear(self.local(own, depth))

    def sky_ramp(self) -> Array:
        return ramp(self.sky)


def choose(reading: Reading, random: np.random.Generator) -> Palette:
    """The palette for a prompt: scheme by hour and weather, then mood, season and named colours."""
    hour = _hour(reading, random)
    scheme = SCHEMES[hour][int(random.integers(len(SCHEMES[hour])))]
    sky: tuple[Lch, ...] = scheme.sky
    light, accents = scheme.light, tuple(scheme.accents)
    land = _SEASON_LAND.get(reading.season or "", scheme.land)
    weathered = _WEATHER.get(next((w for w in reading.weather if w in _WEATHER), ""), (1.0, 0.0, 0.0))
    if weathered[1] and hour in ("day", "morning", "golden"):
        sky = tuple(mix(stop, Lch(stop.light * 0.85, 0.02, 250), weathered[1]) for stop in sky)
    lift, vivid, turn = _MOODS.get(reading.mood or "", (0.0, 1.0, 0.0))
    sky = tuple(stop.shift(lift, vivid * weathered[0], turn) for stop in sky)
    light, accents = light.shift(0, vivid, turn / 2), tuple(accent.shift(lift, vivid) for accent in accents)
    tinted = tuple(Lch(*COLOURS[name]) for name in reading.colours)
    if tinted:
        sky, light, accents, land = _tinted(tinted, sky, light, accents, land)
    gloom = min(1.0, max(0.0, 1.05 - sky[-1].light + weathered[2] - lift))
    haze = mix(sky[-1], sky[-2], 0.35)
    dark = Lch(0.17 + 0.04 * lift, 0.035 * vivid, sky[0].hue)
    return Palette(hour, tuple(sky), light, haze, dark, tuple(accents), land, gloom, vivid * weathered[0], tinted)


def _hour(reading: Reading, random: np.random.Generator) -> str:
    if reading.time:
        return reading.time
    if "storm" in reading.weather:
        return "storm"
    if "rain" in reading.weather or "fog" in reading.weather or "snow" in reading.weather or reading.season == "winter":
        return str(random.choice(["grey", "grey", "dusk", "dawn"]))
    by_mood = {
        "dark": ["night", "storm", "dusk"],
        "fierce": ["storm", "sunset"],
        "melancholy": ["dusk", "grey", "dawn"],
        "joyful": ["day", "morning", "golden"],
        "dreamy": ["dream", "dusk", "dawn"],
        "tender": ["dawn", "dream", "sunset"],
        "hopeful": ["dawn", "morning", "golden"],
        "majestic": ["golden", "sunset", "dawn"],
    }
    hours = by_mood.get(reading.mood or "", ["dawn", "morning", "day", "golden", "sunset", "dusk", "night", "dream"])
    if any(thing.name in ("sun", "rainbow", "kite", "balloon") for thing in reading.things):
        hours = [hour for hour in hours if hour not in ("night", "storm", "dusk", "grey")] or ["golden"]
    return str(random.choice(hours))


def _tinted(
    tinted: tuple[Lch, ...], sky: tuple[Lch, ...], light: Lch, accents: tuple[Lch, ...], land: float
) -> tuple[tuple[Lch, ...], Lch, tuple[Lch, ...], float]:
    """Bend a scheme towards the colours that were named: the first rules the sky, the next the accents."""
    first, last = tinted[0], tinted[min(1, len(tinted) - 1)]
    bent = []
    for at, stop in enumerate(sky):
        own = first if at < 2 or len(tinted) == 1 else last
        light_here = stop.light + (own.light - stop.light) * 0.32
        bent.append(mix(stop, Lch(light_here, own.chroma * 0.9 + 0.01, own.hue), 0.78))
    light = mix(light, Lch(max(light.light, 0.85), min(first.chroma, 0.12), last.hue), 0.45)
    accents = (*tinted, *accents)[: max(2, len(tinted))]
    return tuple(bent), light, accents, last.hue if len(tinted) > 1 else land + _turn(land, first.hue) * 0.35


def _turn(start: float, end: float) -> float:
    """The shorter way round from one hue to another, −180..180 degrees."""
    return (end - start + 180) % 360 - 180


_SEASON_LAND: Mapping[str, float] = {"spring": 138, "summer": 128, "autumn": 62, "winter": 245}

_WEATHER: Mapping[str, tuple[float, float, float]] = {
    # chroma kept, share of grey, gloom added
    "rain": (0.75, 0.6, 0.15),
    "storm": (0.8, 0.5, 0.3),
    "fog": (0.7, 0.5, -0.1),
    "snow": (0.8, 0.4, -0.15),
    "cloudy": (0.8, 0.35, 0.05),
}

_MOODS: Mapping[str, tuple[float, float, float]] = {
    # lightness added, chroma multiplied, hue turned
    "joyful": (0.03, 1.18, 0.0),
    "calm": (0.01, 0.88, 0.0),
    "melancholy": (-0.04, 0.68, 0.0),
    "dark": (-0.12, 0.7, 0.0),
    "fierce": (-0.04, 1.25, -8.0),
    "dreamy": (0.03, 1.0, 14.0),
    "tender": (0.03, 0.95, 0.0),
    "majestic": (-0.01, 1.1, 0.0),
    "hopeful": (0.03, 1.08, 0.0),
}

_GOLD, _ROSE, _TEAL, _CORAL = (
    Lch(0.82, 0.15, 85),
    Lch(0.72, 0.14, 5),
    Lch(0.62, 0.10, 200),
    Lch(0.70, 0.17, 35),
)
_CREAM, _VIOLET, _MINT, _MOONLIGHT = (
    Lch(0.95, 0.04, 90),
    Lch(0.52, 0.15, 300),
    Lch(0.85, 0.09, 165),
    Lch(0.95, 0.03, 95),
)


def _sky(*stops: tuple[float, float, float]) -> tuple[Lch, Lch, Lch, Lch]:
    first, second, third, fourth = (Lch(*stop) for stop in stops)
    return first, second, third, fourth


SCHEMES: Mapping[str, tuple[Scheme, ...]] = {
    "dawn": (
        Scheme(
            _sky((0.50, 0.08, 268), (0.66, 0.09, 305), (0.80, 0.10, 20), (0.91, 0.09, 75)),
            _CREAM,
            (_ROSE, _GOLD),
            150,
        ),
        Scheme(
            _sky((0.58, 0.08, 235), (0.74, 0.06, 215), (0.87, 0.06, 95), (0.92, 0.08, 60)),
            _CREAM,
            (_CORAL, _TEAL),
            160,
        ),
        Scheme(
            _sky((0.42, 0.09, 290), (0.60, 0.11, 330), (0.77, 0.12, 15), (0.89, 0.08, 50)),
            _CREAM,
            (_GOLD, _ROSE),
            320,
        ),
    ),
    "morning": (
        Scheme(
            _sky((0.60, 0.11, 245), (0.74, 0.09, 230), (0.87, 0.05, 210), (0.95, 0.04, 95)),
            _CREAM,
            (_CORAL, _GOLD),
            140,
        ),
        Scheme(
            _sky((0.66, 0.09, 215), (0.79, 0.07, 195), (0.90, 0.05, 150), (0.95, 0.06, 95)),
            _CREAM,
            (_ROSE, _GOLD),
            150,
        ),
    ),
    "day": (
        Scheme(
            _sky((0.52, 0.13, 252), (0.66, 0.11, 242), (0.81, 0.07, 228), (0.93, 0.03, 205)),
            _CREAM,
            (_CORAL, _GOLD),
            135,
        ),
        Scheme(
            _sky((0.58, 0.11, 225), (0.73, 0.09, 215), (0.87, 0.05, 200), (0.95, 0.03, 130)),
            _CREAM,
            (_ROSE, _CORAL),
            145,
        ),
    ),
    "golden": (
        Scheme(
            _sky((0.56, 0.06, 240), (0.72, 0.05, 180), (0.85, 0.10, 88), (0.91, 0.13, 75)),
            _GOLD,
            (_CORAL, _TEAL),
            110,
        ),
        Scheme(
            _sky((0.48, 0.07, 280), (0.66, 0.08, 340), (0.80, 0.12, 60), (0.90, 0.13, 85)),
            _GOLD,
            (_VIOLET, _CORAL),
            90,
        ),
    ),
    "sunset": (
        Scheme(
            _sky((0.33, 0.09, 285), (0.49, 0.14, 340), (0.66, 0.18, 32), (0.84, 0.15, 72)),
            _GOLD,
            (_CORAL, _VIOLET),
            310,
        ),
        Scheme(
            _sky((0.38, 0.08, 255), (0.55, 0.08, 300), (0.72, 0.15, 45), (0.86, 0.14, 80)),
            _GOLD,
            (_TEAL, _CORAL),
            280,
        ),
        Scheme(
            _sky((0.36, 0.12, 310), (0.54, 0.17, 358), (0.70, 0.17, 38), (0.88, 0.12, 88)),
            _GOLD,
            (_ROSE, _GOLD),
            330,
        ),
    ),
    "dusk": (
        Scheme(
            _sky((0.23, 0.07, 275), (0.36, 0.10, 290), (0.53, 0.12, 335), (0.72, 0.12, 40)),
            _CREAM,
            (_ROSE, _GOLD),
            285,
        ),
        Scheme(
            _sky((0.25, 0.06, 250), (0.38, 0.07, 235), (0.56, 0.07, 205), (0.76, 0.09, 85)),
            _CREAM,
            (_CORAL, _MINT),
            235,
        ),
    ),
    "night": (
        Scheme(
            _sky((0.13, 0.045, 275), (0.20, 0.07, 268), (0.30, 0.085, 258), (0.43, 0.08, 240)),
            _MOONLIGHT,
            (_GOLD, _TEAL),
            255,
        ),
        Scheme(
            _sky((0.15, 0.05, 295), (0.23, 0.08, 290), (0.33, 0.10, 300), (0.46, 0.10, 330)),
            _MOONLIGHT,
            (_ROSE, _GOLD),
            285,
        ),
        Scheme(
            _sky((0.13, 0.04, 240), (0.21, 0.06, 225), (0.31, 0.07, 205), (0.45, 0.07, 190)),
            _MOONLIGHT,
            (_CORAL, _GOLD),
            210,
        ),
    ),
    "storm": (
        Scheme(
            _sky((0.21, 0.03, 262), (0.32, 0.04, 250), (0.46, 0.04, 220), (0.68, 0.06, 110)),
            _CREAM,
            (_GOLD, _CORAL),
            200,
        ),
        Scheme(
            _sky((0.24, 0.05, 300), (0.34, 0.05, 280), (0.47, 0.06, 350), (0.66, 0.10, 45)),
            _GOLD,
            (_CORAL, _TEAL),
            290,
        ),
    ),
    "grey": (
        Scheme(
            _sky((0.60, 0.02, 250), (0.70, 0.02, 240), (0.80, 0.018, 220), (0.89, 0.02, 95)),
            _CREAM,
            (_CORAL, _GOLD),
            200,
        ),
        Scheme(
            _sky((0.54, 0.035, 270), (0.66, 0.035, 280), (0.78, 0.03, 320), (0.88, 0.03, 40)),
            _CREAM,
            (_ROSE, _TEAL),
            260,
        ),
    ),
    "dream": (
        Scheme(
            _sky((0.60, 0.11, 290), (0.73, 0.11, 330), (0.84, 0.08, 5), (0.92, 0.07, 70)),
            _CREAM,
            (_MINT, _ROSE),
            310,
        ),
        Scheme(
            _sky((0.55, 0.10, 260), (0.70, 0.09, 210), (0.83, 0.09, 170), (0.92, 0.06, 20)),
            _CREAM,
            (_ROSE, _VIOLET),
            190,
        ),
    ),
}
