"""Drum patterns: one bar each, a row per piece of the kit. Pure.

A row divides the bar evenly, whatever its length: 16 signs are sixteenths, 12 are triplets of 4/4 or
sixteenths of 3/4. ``x`` is an accent, ``o`` a plain stroke, ``-`` a light one, ``.`` none.
"""

from dataclasses import dataclass
from random import Random

WEIGHTS = {"x": 1.0, "o": 0.72, "-": 0.42}

# fmt: off
_GROOVES: dict[str, dict[str, str]] = {
    "pop": {"kick": "x.....o.x.......", "snare": "....x.......x..-", "hat": "x.o.x.o.x.o.x.o.",
        "shaker": "o-o-o-o-o-o-o-o-"},
    "rock": {"kick": "x.....x.x.x.....", "snare": "....x.......x...", "hat": "x.o.x.o.x.o.x.o."},
    "dance": {"kick": "x...x...x...x...", "clap": "....x.......x...", "open hat": "..x...x...x...x.",
              "hat": "o-o-o-o-o-o-o-o-", "shaker": "-o-o-o-o-o-o-o-o"},
    "jazz": {"ride": "x..x.ox..x.o", "pedal hat": "...x.....x..", "soft kick": "-.....-.....",
        "brush": "..-...-...-."},
    "bossa": {"soft kick": "x..ox..ox..ox..o", "rim": "x..x..x...x..x..", "shaker": "x-o-x-o-x-o-x-o-"},
    "lofi": {"soft kick": "x......o..x.....", "snare": "....o.......o...", "hat": "o.-.o.--o.-.o.-."},
    "march": {"march snare": "x.-.x.--x.-.x-x-", "bass drum": "x.......x.......",
        "cymbal": "........x......."},
    "waltz": {"soft kick": "x...........", "brush": "....o...o..."},
    "epic": {"taiko": "x..o..x.x..o..o.", "bass drum": "x.......x.......", "shaker": "o.o.o.o.o.o.o.o."},
    "folk": {"soft kick": "x.......x.......", "tambourine": "....o.......o...", "shaker": "o.-.o.-.o.-.o.-."},
    "soft": {"soft kick": "x.........o.....", "rim": "........o.......", "shaker": "o.-.o.-.o.-.o.-."},
    "chip": {"chip kick": "x...o...x...o...", "chip snare": "....x.......x...",
        "chip hat": "o.o.o.o.o.o.o.oo"},
}
_IN_THREE: dict[str, dict[str, str]] = {
    "waltz": {"soft kick": "x.....", "brush": "..o.o."},
    "epic": {"taiko": "x.....o..x..", "bass drum": "x...........", "shaker": "o.o.o.o.o.o."},
    "folk": {"soft kick": "x.....o.....", "tambourine": "......o.....", "shaker": "x.-.-.o.-.-."},
    "march": {"march snare": "x...-.x.-.--", "bass drum": "x.....o....."},
    "rock": {"kick": "x.....x.....", "snare": "......x.....", "hat": "x.o.o.x.o.o."},
}
_PLAIN_THREE = {"soft kick": "x...........", "rim": "......o.....", "shaker": "o.-.-.o.-.-."}
_FILLS = {
    "pop": ("snare", "........o.ooo.ox"), "rock": ("snare", "........ooooxxxx"), "dance": ("clap",
        "....x...x.x.xxxx"),
    "lofi": ("snare", "....o.....--o.-o"), "march": ("march snare", "x-x-x-x-xxxxxxxx"), "epic": ("taiko",
        "x..x..x.xxxxxxxx"),
    "chip": ("chip snare", "....x...o.o.xxxx"), "folk": ("tambourine", "....o...o.o.oooo"),
}
# fmt: on
STEADY = frozenset({"jazz", "bossa", "lofi", "waltz"})
"""Grooves that are one from the first bar to the last."""

IN_TRIPLETS = frozenset({"jazz"})
"""Grooves whose rows are written as they swing."""

_LIGHT = {
    "shaker",
    "hat",
    "rim",
    "brush",
    "pedal hat",
    "soft kick",
    "ride",
    "tambourine",
    "chip hat",
    "bass drum",
}


@dataclass(frozen=True)
class Hit:
    """``beat`` from the start of the bar; ``weight`` 0..1."""

    piece: str
    beat: float
    weight: float


def bar(name: str, beats: int, *, full: bool, fill: bool, opening: bool, random: Random) -> list[Hit]:
    """One bar: ``full`` with the whole kit, ``fill`` leads to the next section, ``opening`` crowns it."""
    rows = dict(_GROOVES[name] if beats == 4 else _IN_THREE.get(name, _PLAIN_THREE))
    if not full:
        rows = {piece: row for piece, row in rows.items() if piece in _LIGHT} or rows
    elif fill and beats == 4 and name in _FILLS:
        piece, row = _FILLS[name]
        rows[piece] = row
    hits = [
        Hit(piece, place * beats / len(row), WEIGHTS[sign])
        for piece, row in rows.items()
        for place, sign in enumerate(row)
        if sign in WEIGHTS
    ]
    if opening and full and name in ("pop", "rock", "dance", "epic", "march"):
        hits.append(Hit("crash", 0.0, 0.8))
    if name in ("pop", "lofi", "rock") and full and not fill and beats == 4 and random.random() < 0.3:
        hits.append(Hit("kick" if name != "lofi" else "soft kick", random.choice((1.75, 2.5, 3.5)), 0.6))
    return hits
