"""Who plays: the instruments of a piece and where they sit. Pure."""

from dataclasses import dataclass
from random import Random

from musings_sketch.music.brief import Brief
from musings_sketch.music.theory import Key

CENTRES = {
    "flute": 79, "whistle": 81, "violin": 75, "cello": 57, "bells": 82, "celesta": 84, "music box": 84,
        "piano": 74,
    "clarinet": 70, "trumpet": 70, "muted trumpet": 71, "horn": 62, "saxophone": 66, "vibraphone": 74,
        "organ": 72,
    "synth lead": 74, "pluck": 76, "electric piano": 72, "nylon guitar": 70, "steel guitar": 69,
        "muted guitar": 68,
    "lead guitar": 70, "pulse": 76, "glass": 79, "choir lead": 69, "marimba": 72, "kalimba": 76, "harp": 76,
    "accordion": 70, "banjo": 71, "sitar": 66, "koto": 70, "harpsichord": 73,
}  # fmt: skip
"""Where an instrument carries a tune best (MIDI)."""

_FIGURE_OF = {
    "piano": "broken", "electric piano": "laidback", "nylon guitar": "picking", "steel guitar": "strum",
    "harp": "broken", "harpsichord": "broken", "organ": "chorale", "accordion": "waltz", "vibraphone": "comp",
    "marimba": "broken", "kalimba": "broken", "banjo": "picking", "koto": "broken", "music box": "broken",
}  # fmt: skip
_TWO_HANDED = frozenset({"piano", "electric piano", "organ", "harp", "harpsichord", "accordion", "marimba"})
_CHORD_CENTRES = {"distorted guitar": 48, "string section": 62, "organ": 58, "horn": 57, "music box": 76,
                  "kalimba": 69, "harp": 64, "pluck": 67, "synth": 63, "pulse thin": 66,
                      "celesta": 76}  # fmt: skip


@dataclass(frozen=True)
class Cast:
    """``chords`` and ``bass`` are ``(instrument, figure)``; None where nobody plays a role."""

    lead: str
    counter: str | None
    chords: tuple[str, str]
    pad: str | None
    bass: tuple[str, str] | None
    groove: str | None
    texture: str | None

    @property
    def chord_centre(self) -> int:
        return _CHORD_CENTRES.get(self.chords[0], 60)

    def register(self, instrument: str, key: Key) -> int:
        """The scale step around which an instrument's tune moves."""
        tonic = 60 + (key.tonic if key.tonic <= 6 else key.tonic - 12)
        return round((CENTRES.get(instrument, 72) - tonic) * 7 / 12)


def chosen(reading: Brief, random: Random) -> Cast:
    """The instruments that the words ask for, and the style's own for the other roles."""
    style = reading.style
    lead = _one(style.leads, reading, random) or "piano"
    other = _one(tuple(name for name in style.leads if name != lead), reading, random)
    chords = random.choice([pair for pair in style.chords if pair[0] not in reading.unwanted] or [("piano", "broken")])
    pad = _one(style.pads, reading, random)
    bass = random.choice(style.basses)
    asked = {role: [name for name, its in reading.wanted if its == role] for role in ("lead", "any", "pad", "bass")}
    if asked["any"]:
        chords = (asked["any"][0], _figure(asked["any"][0], reading))
    if asked["lead"]:
        lead, other = asked["lead"][0], (asked["lead"][1] if len(asked["lead"]) > 1 else lead)
    elif asked["any"] and (len(asked["any"]) > 1 or reading.solo or asked["any"][0] in style.leads):
        lead, other = asked["any"][-1], lead
    if reading.solo and (asked["lead"] or asked["any"]):
        left_hand = (lead, "long") if lead in _TWO_HANDED else None
        own = chords if asked["any"] else (lead, "sparse")
        return Cast(lead, None, own, None, left_hand, None, reading.texture)
    drums = any(role == "drums" for _, role in reading.wanted)
    groove = style.groove or ("soft" if drums else None)
    return Cast(
        lead=lead,
        counter=other if other not in (lead, None) else None,
        chords=chords,
        pad=asked["pad"][0] if asked["pad"] else pad,
        bass=None if "electric bass" in reading.unwanted else ((asked["bass"] or [bass[0]])[0], bass[1]),
        groove=None if "drums" in reading.unwanted else groove,
        texture=reading.texture,
    )


def place(role: str) -> tuple[float, float]:
    """Pan and share of the room of a role."""
    return {
        "lead": (0.06, 0.32),
        "counter": (-0.38, 0.4),
        "chords": (0.28, 0.26),
        "pad": (0.0, 0.45),
        "bass": (0.0, 0.06),
        "drums": (0.0, 0.14),
        "texture": (0.0, 0.1),
    }[role]


def _figure(instrument: str, reading: Brief) -> str:
    """As the style has that instrument play, else as the style plays, where that suits it."""
    for name, figure in reading.style.chords:
        if name == instrument:
            return figure
    if reading.style.name in ("waltz", "march", "jazz", "bossa", "dance", "hymn", "ambient"):
        return reading.style.chords[0][1]
    return _FIGURE_OF.get(instrument, "broken")


def _one(names: tuple[str, ...], reading: Brief, random: Random) -> str | None:
    left = [name for name in names if name not in reading.unwanted]
    return random.choice(left) if left else None
