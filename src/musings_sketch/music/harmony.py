"""Which chords follow each other, and which notes of them sound. Pure."""

from itertools import combinations, pairwise
from random import Random

from musings_sketch.music.theory import Chord, Key, chord

Ending = str
"""How a phrase ends: ``open`` (as it comes), ``half`` (on the dominant) or ``full`` (on the tonic)."""

# fmt: off
_PROGRESSIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "pop": {
        "major": ("I V vi IV", "I vi IV V", "vi IV I V", "I iii IV V", "IV I V vi", "I IV vi V",
            "I Iadd9 IV ii7"),
        "minor": ("i VI III VII", "i iv VI V", "i VII VI VII", "i VI iv V", "i III VII VI", "i v VI iv"),
    },
    "folk": {
        "major": ("I IV I V", "I V vi IV", "I I IV V", "I ii IV V", "I vi ii V", "I IV ii V"),
        "minor": ("i VII i v", "i VI VII i", "i iv VII III", "i III VII i"),
    },
    "classical": {
        "major": ("I V vi iii", "I IV ii V7", "I vi IV V", "I V I IV", "I ii V7 I", "I IV V7 vi"),
        "minor": ("i iv V i", "i VI iv V", "i V VI III", "i VII III V", "i iv VII III"),
    },
    "epic": {
        "major": ("I V vi IV", "vi IV I V"),
        "minor": ("i VI III VII", "i VI iv V", "i III VII iv", "i VII VI V", "i i VI VII", "i iv VI V"),
    },
    "dance": {
        "major": ("vi IV I V", "I V vi IV", "IV V vi iii"),
        "minor": ("i VI III VII", "i VII VI VII", "VI VII i i", "i i VI VII", "i III VI VII"),
    },
    "rock": {
        "major": ("I5 IV5 V5 IV5", "I5 V5 vi5 IV5"),
        "minor": ("i5 VI5 III5 VII5", "i5 III5 VII5 iv5", "i5 i5 VI5 VII5", "i5 VII5 VI5 V5"),
    },
    "jazz": {
        "major": ("Imaj7 vi7 ii7 V7", "iii7 vi7 ii7 V7", "Imaj9 IVmaj7 ii7 V9", "ii7 V7 Imaj7 vi7"),
        "minor": ("i7 iv7 iih7 V7", "i6 VImaj7 iih7 V7", "iv7 VII7 IIImaj7 VImaj7", "i9 i9 iih7 V7"),
    },
    "bossa": {
        "major": ("Imaj7 Imaj7 ii7 V9", "Imaj9 vi7 ii7 V7", "Imaj7 II7 ii7 V7", "ii7 V9 Imaj7 I6"),
        "minor": ("i7 iv7 iih7 V7", "i9 i9 iv7 V7", "i7 VImaj7 iih7 V7"),
    },
    "lofi": {
        "major": ("Imaj7 vi7 ii7 V9", "IVmaj7 iii7 ii7 Imaj7", "ii9 V9 Imaj9 vi7", "IVmaj9 V iii7 vi7"),
        "minor": ("i9 iv9 VII9 IIImaj7", "VImaj7 v7 i9 i7", "iv9 VII7 i9 i9", "i7 VImaj7 iv7 v7"),
    },
    "modal": {
        "major": ("Iadd9 IVmaj7 Iadd9 vi7", "Imaj7 iii7 IVmaj7 Imaj7", "Isus2 IVadd9 vi7 IVmaj7"),
        "minor": ("iadd9 VImaj7 iadd9 iv7", "iadd9 IIImaj7 VImaj7 iadd9", "i7 v7 VImaj7 iv7"),
    },
}
_OF_A_MODE: dict[str, tuple[str, ...]] = {
    "dorian": ("i IV i VII", "i IV VII i", "i ii III IV", "i7 IV7 i7 VII"),
    "mixolydian": ("I VII IV I", "I VII I IV", "I v IV I", "I IV VII I"),
    "lydian": ("Imaj7 II Imaj7 vii7", "I II I V", "Imaj7 II vi7 Imaj7"),
    "phrygian": ("i II i vii", "i II III II", "iv III II i"),
}
_BRIDGES: dict[str, tuple[str, ...]] = {
    "major": ("vi iii IV I", "IV V iii vi", "ii V vi IV", "vi ii V I", "IV iv I V"),
    "minor": ("III VII i VI", "iv VII III VI", "VI III iv V", "iv i VI V", "VI VII III iv"),
    "dorian": ("VII III IV i", "III VII IV i"),
    "mixolydian": ("IV I VII IV", "ii IV I VII"),
    "lydian": ("vi II Imaj7 II", "V II vi II"),
    "phrygian": ("VI II VII III", "iv III VI II"),
}
_CADENCES: dict[str, dict[str, tuple[str, str]]] = {
    "major": {"half": ("ii", "V"), "full": ("V7", "I")},
    "minor": {"half": ("iv", "V"), "full": ("V7", "i")},
    "dorian": {"half": ("IV", "v"), "full": ("VII", "i")},
    "mixolydian": {"half": ("IV", "VII"), "full": ("VII", "I")},
    "lydian": {"half": ("vi", "V"), "full": ("II", "I")},
    "phrygian": {"half": ("III", "II"), "full": ("II", "i")},
}
_SEVENTHS: dict[str, dict[str, tuple[str, str]]] = {
    "major": {"half": ("ii7", "V9"), "full": ("V7", "Imaj7")},
    "minor": {"half": ("iih7", "V7"), "full": ("V7", "i6")},
}
# fmt: on
_RICH = ("jazz", "bossa", "lofi")
_VAMPS = ("dance", "rock", "lofi", "modal", "epic")  # the progression is the piece: no cadence but the last
_COLOURED = {"I": "Imaj7", "ii": "ii7", "iii": "iii7", "IV": "IVmaj7", "V": "V7", "vi": "vi7", "i": "i7",
             "iv": "iv7", "v": "v7", "III": "IIImaj7", "VI": "VImaj7", "VII": "VII7"}  # fmt: skip


def progression(family: str, key: Key, bridge: bool, random: Random) -> list[str]:
    """Four numerals for a section; a bridge starts away from the tonic."""
    if bridge:
        numerals = random.choice(_BRIDGES[key.mode]).split()
    elif key.mode in _OF_A_MODE:
        numerals = random.choice(_OF_A_MODE[key.mode]).split()
    else:
        numerals = random.choice(_PROGRESSIONS[family][key.mode]).split()
    if family in _RICH:
        return [_COLOURED.get(numeral, numeral) for numeral in numerals]
    return numerals


def phrase(family: str, key: Key, numerals: list[str], chords: int, ending: Ending, first: int = 0) -> list[Chord]:
    """``chords`` chords of the progression, which goes round from its chord ``first``, with the ending."""
    wanted = [numerals[(first + index) % len(numerals)] for index in range(chords)]
    rich = family in _RICH and key.mode in _SEVENTHS
    half, full = (_SEVENTHS if rich else _CADENCES)[key.mode].values()
    if ending == "full":
        wanted[-2:] = full[-min(2, chords) :]
    elif ending == "half" and family not in _VAMPS and chords > 1:
        wanted[-1] = half[1]
        if wanted[-2].rstrip("79") == half[1].rstrip("79"):
            wanted[-2] = half[0]
    if family == "rock":
        wanted = [numeral.rstrip("57") + "5" for numeral in wanted]
    return [chord(numeral, key) for numeral in wanted]


def plagal(family: str, key: Key) -> Chord:
    """The chord before the last one: the subdominant, or II in Lydian, whose fourth step is a tritone from home."""
    if key.mode == "lydian":
        return chord("II", key)
    numeral = "iv" if key.scale[5] == 8 else "IV"
    return chord(_COLOURED[numeral] if family in _RICH else numeral, key)


def tonic(family: str, key: Key) -> Chord:
    """The chord to end on."""
    home = "i" if key.dark else "I"
    colour = {"jazz": "6", "bossa": "6", "lofi": "9" if key.dark else "maj9", "modal": "add9", "rock": "5"}
    return chord(home + colour.get(family, ""), key)


def voiced(current: Chord, previous: tuple[int, ...], centre: int, voices: int) -> tuple[int, ...]:
    """The pitches of a chord near ``centre``, moving as little as possible from ``previous`` (lowest first).

    Of the chord's notes those that name it come first: the third and the seventh, then root, ninth and fifth.
    """
    wanted = sorted({(current.root + tone) % 12 for tone in _named_first(current.tones)[:voices]})
    reachable = [pitch for pitch in range(centre - 9, centre + 10) if pitch % 12 in wanted]
    best: tuple[float, tuple[int, ...]] | None = None
    for pitches in combinations(reachable, len(wanted)):
        if len({pitch % 12 for pitch in pitches}) < len(wanted) or pitches[-1] - pitches[0] > 16:
            continue
        cost = _motion(pitches, previous) if previous else abs(sum(pitches) / len(pitches) - centre)
        cost += 0.25 * abs(sum(pitches) / len(pitches) - centre)
        cost += sum(2.0 for low, high in pairwise(pitches) if high - low == 1)
        if best is None or cost < best[0]:
            best = (cost, pitches)
    return best[1] if best else tuple(centre + tone for tone in current.tones)


def _motion(pitches: tuple[int, ...], previous: tuple[int, ...]) -> float:
    moved = sum(min(abs(pitch - old) for old in previous) for pitch in pitches)
    return moved + 1.5 * abs(pitches[-1] - previous[-1])


def _named_first(tones: tuple[int, ...]) -> list[int]:
    third = [tone for tone in tones if tone in (2, 3, 4, 5)]
    seventh = [tone for tone in tones if tone in (9, 10, 11)]
    root_and_ninth = [tone for tone in tones if tone in (0, 14)]
    rest = [tone for tone in tones if tone not in (*third, *seventh, *root_and_ninth)]
    return [*third, *seventh, *root_and_ninth, *rest] if seventh else [*root_and_ninth, *third, *rest]
