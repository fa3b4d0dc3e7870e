"""The instruments by name: which sound each has and how it lets go of a note."""

from dataclasses import dataclass

from musings_sketch.music import held, struck
from musings_sketch.music.held import AH, BRASS_BODY, STRING_BODY, Held
from musings_sketch.music.struck import Struck


@dataclass(frozen=True)
class Ringing:
    """Rings up to ``ring`` seconds; damped within ``damping`` seconds of the note's end, or never (None)."""

    sound: Struck
    ring: float
    damping: float | None


@dataclass(frozen=True)
class Sustained:
    """Sounds while it is held; the sound brings its own release."""

    sound: Held


Instrument = Ringing | Sustained

_BELL = ((0.5, 1, 1.19, 1.5, 2, 2.51, 3.01, 4.1), (0.25, 0.6, 0.35, 0.2, 0.3, 0.18, 0.12, 0.08),
         (4.5, 4, 3, 2.5, 2, 1.4, 1.2, 0.8))  # fmt: skip

INSTRUMENTS: dict[str, Instrument] = {
    "piano": Ringing(struck.piano, 5.0, 0.22),
    "electric piano": Ringing(struck.electric_piano, 3.5, 0.18),
    "nylon guitar": Ringing(struck.plucked(0.21, 3.2, 0.35), 3.0, 0.12),
    "steel guitar": Ringing(struck.plucked(0.16, 4.0, 0.7, 0.2, 0.4), 3.2, 0.12),
    "muted guitar": Ringing(struck.plucked(0.25, 1.6, 0.25, 0.15), 1.6, 0.08),
    "banjo": Ringing(struck.plucked(0.09, 1.1, 0.85, 0.4, 0.5), 1.4, 0.1),
    "koto": Ringing(struck.plucked(0.1, 2.6, 0.75, 0.25, 0.2), 2.6, None),
    "sitar": Ringing(struck.plucked(0.07, 4.2, 0.95, 0.15, 0.8), 3.0, 0.3),
    "harp": Ringing(struck.plucked(0.32, 4.5, 0.4, 0.12), 3.5, None),
    "harpsichord": Ringing(struck.plucked(0.08, 3.0, 0.95, 0.1, 0.3), 2.4, 0.06),
    "bells": Ringing(struck.bars(*_BELL), 4.0, None),
    "glass": Ringing(struck.bars((1, 2.0, 2.76, 4.1), (0.7, 0.1, 0.12, 0.04), (5, 3, 2, 1), 0.005), 4.0, None),
    "celesta": Ringing(struck.bars((1, 2.0, 4.0, 6.1), (0.7, 0.12, 0.2, 0.05), (3, 1.6, 0.9, 0.4)), 2.5, None),
    "music box": Ringing(
        struck.bars((1, 2.01, 3.0, 5.4, 8.9), (0.6, 0.2, 0.14, 0.12, 0.04), (3.2, 2.2, 1.5, 0.6, 0.3), 0.04),
        2.5,
        None,
    ),
    "vibraphone": Ringing(struck.bars((1, 4.0, 10.0), (0.8, 0.14, 0.03), (5, 1.6, 0.4), 0.015, 0.35), 3.5, 0.4),
    "marimba": Ringing(struck.bars((1, 3.93, 9.2), (0.9, 0.2, 0.05), (1.1, 0.35, 0.12), 0.03), 1.2, None),
    "kalimba": Ringing(struck.bars((1, 2.02, 5.4, 8.2), (0.8, 0.08, 0.12, 0.05), (2.2, 1, 0.4, 0.2), 0.04), 2, None),
    "pluck": Ringing(struck.synth_pluck, 1.2, 0.1),
    "upright bass": Ringing(struck.deep(2.2, 0.35, 0.2), 2.4, 0.12),
    "electric bass": Ringing(struck.deep(3.6, 0.6, 0.35), 3.0, 0.06),
    "flute": Sustained(held.solo((1, 0.42, 0.16, 0.06, 0.03), attack=0.07, vibrato=13, speed=5.0, breath=0.05)),
    "whistle": Sustained(held.solo((1, 0.12, 0.05), attack=0.035, vibrato=9, speed=5.6, breath=0.04)),
    "clarinet": Sustained(held.solo(slope=1.1, attack=0.05, vibrato=4, odd=0.8, breath=0.012)),
    "saxophone": Sustained(
        held.solo(
            slope=0.9,
            body=((550, 350, 1.0), (1400, 600, 0.7)),
            attack=0.04,
            vibrato=18,
            speed=5.2,
            breath=0.03,
            blare=0.12,
        )
    ),
    "trumpet": Sustained(held.solo(slope=0.75, body=BRASS_BODY, attack=0.035, vibrato=8, blare=0.28)),
    "muted trumpet": Sustained(
        held.solo(slope=0.5, body=((1500, 600, 1.0), (2800, 700, 0.6)), attack=0.03, vibrato=12, blare=0.18)
    ),
    "horn": Sustained(held.solo(slope=1.2, body=((420, 380, 1.0),), attack=0.07, vibrato=5, blare=0.4, release=0.2)),
    "tuba": Sustained(held.solo(slope=1.3, body=((220, 260, 1.0),), attack=0.04, vibrato=0, blare=0.45)),
    "violin": Sustained(
        held.solo(slope=0.95, body=STRING_BODY, attack=0.09, vibrato=19, speed=5.8, breath=0.008, release=0.16)
    ),
    "cello": Sustained(
        held.solo(
            slope=0.95,
            body=((180, 90, 0.9), (350, 120, 0.9), (900, 400, 0.6)),
            attack=0.1,
            vibrato=17,
            speed=5.3,
            breath=0.008,
            release=0.2,
        )
    ),
    "contrabass": Sustained(
        held.section(slope=1.2, body=((120, 90, 1.0), (300, 200, 0.6)), attack=0.06, release=0.2, voices=2, spread=5)
    ),
    "strings": Sustained(held.section(slope=1.0, body=STRING_BODY, attack=0.35, release=0.6, dark=0.4)),
    "string section": Sustained(held.section(slope=0.95, body=STRING_BODY, attack=0.03, release=0.1, dark=0.3)),
    "choir": Sustained(held.section(slope=0.9, body=AH, attack=0.4, release=0.7, spread=14, voices=4)),
    "choir lead": Sustained(held.section(slope=0.9, body=AH, attack=0.12, release=0.35, spread=10, voices=3)),
    "warm pad": Sustained(held.section(slope=1.5, attack=0.5, release=0.9, spread=11, count=14)),
    "supersaw": Sustained(held.section(slope=1.05, attack=0.06, release=0.25, spread=17, voices=4, count=26)),
    "synth": Sustained(held.section(slope=1.2, attack=0.01, release=0.12, spread=10, voices=2, count=24)),
    "accordion": Sustained(
        held.section(slope=0.7, body=((800, 600, 1.0), (2200, 900, 0.5)), attack=0.05, release=0.08, spread=6, voices=2)
    ),
    "organ": Sustained(held.organ((0.5, 1, 0.3, 0.7, 0.35, 0.4, 0.12, 0.16, 0.18))),
    "organ pedal": Sustained(held.organ((0.8, 1, 0.1, 0.4, 0.1), shimmer=0.25, release=0.2)),
    "synth lead": Sustained(held.lead(cutoff=2200)),
    "lead guitar": Sustained(held.distorted),
    "distorted guitar": Sustained(held.distorted),
    "pulse": Sustained(held.pulse(0.5)),
    "pulse thin": Sustained(held.pulse(0.125, 0)),
    "triangle": Sustained(held.triangle),
    "synth bass": Sustained(held.synth_bass),
    "sub": Sustained(held.sub),
}
