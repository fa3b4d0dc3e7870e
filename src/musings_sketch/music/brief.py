"""Reading the words: from a prompt's text to decisions that a composer can start from. Pure."""

import re
from dataclasses import dataclass
from random import Random

from musings_sketch.music.styles import BY_NAME, INSTRUMENT_WORDS, STYLES, Style
from musings_sketch.music.theory import Key

_SLOWEST, _FASTEST = 40, 208

# fmt: off
_VALENCE = {
    2: ("happy", "joy", "cheer", "bright", "sunny", "celebrat", "triumph", "playful", "fun", "wedding",
        "victor"),
    1: ("hope", "warm", "spring", "morning", "summer", "sweet", "gentle", "love", "sun", "bird", "garden",
        "dawn",
        "child", "smile", "peace", "lullab", "festive", "holiday", "christmas", "heroic", "birthday", "cozy"),
    -1: ("autumn", "rain", "night", "lonel", "winter", "nostalg", "mist", "fog", "farewell", "moon",
        "wistful",
         "storm", "old", "lost", "goodbye", "noir", "desert", "mystery", "mysterious", "longing", "battle",
         "war"),
    -2: ("sad", "melanchol", "grief", "dark", "tragic", "sorrow", "mourn", "death", "doom", "evil",
        "horror", "tears",
         "cry", "despair", "requiem", "funeral", "ghost", "haunt", "sinister", "heartbr", "gloom", "elegy"),
}
_ENERGY = {
    2: ("fast", "energetic", "frantic", "wild", "furious", "rave", "intense", "presto", "powerful",
        "battle", "party"),
    1: ("lively", "quick", "upbeat", "dance", "run", "chase", "excit", "storm", "drive", "allegro", "epic",
        "fire",
        "triumph", "celebrat", "march", "happy", "drums", "gallop", "joy"),
    -1: ("calm", "gentle", "soft", "quiet", "tender", "peace", "relax", "rain", "snow", "night", "moon",
        "sad", "mist",
         "dream", "float", "melanchol", "andante", "lonel", "warm"),
    -2: ("slow", "sleep", "lullab", "still", "meditat", "ambient", "drone", "adagio", "largo", "lento",
        "silence"),
}
_TEMPO_WORDS = {
    "grave": 44, "largo": 50, "lento": 54, "adagio": 64, "andante": 82, "moderato": 104, "allegretto": 112,
    "allegro": 132, "vivace": 152, "presto": 176,
}  # fmt: skip
_MODE_WORDS = {"dorian": "dorian", "phrygian": "phrygian", "lydian": "lydian", "mixolydian": "mixolydian"}
_DARK_MODES = {"spanish": "phrygian", "flamenco": "phrygian", "arab": "phrygian", "sinister": "phrygian"}
_TEXTURES = {
    "rain": ("rain", "drizzle", "storm", "shower", "monsoon"),
    "waves": ("sea", "ocean", "waves", "beach", "shore", "harbour", "harbor", "surf", "sailing", "tide"),
    "wind": ("wind", "winter", "desert", "mountain", "snow", "arctic", "breeze", "blizzard"),
    "crickets": ("cricket", "summer night", "campfire", "swamp", "meadow at night"),
    "vinyl": ("lofi", "lo-fi", "lo fi", "vinyl", "dusty", "gramophone"),
}
# fmt: on
_BPM = re.compile(r"(\d{2,3})(?:\.\d++)?\s*+(?:-\s*+)?(?:bpm|beats per minute)\b")
_SECONDS = re.compile(r"\b(\d{1,3})\s*+(?:-\s*+)?(?:s|sec|secs|seconds?)\b")
_METRE = re.compile(r"\b([346])/([48])\b")
_KEY = re.compile(
    r"(?:(?P<in>\bin|\bkey of)\s+(?:the\s+key\s+of\s+)?)?"
    r"\b(?P<note>[A-Ga-g])(?P<sign>#|♯|b|♭|[ -]?sharp|[ -]?flat)?[ -]"
    r"(?P<mode>major|minor|dorian|phrygian|lydian|mixolydian)\b(?!\s+(?:key|mood|mode|scale|chord|tone|feel))",
)
_BARE_KEY = re.compile(r"\bin (?:the key of )?(?P<note>[A-G])(?P<sign>#|♯|b|♭|[ -]?sharp|[ -]?flat)?(?=$|[\s,.;!])")
_NATURALS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_FRIENDLY = (0, 2, 3, 4, 5, 7, 9, 10)


@dataclass(frozen=True)
class Brief:
    """``tempo`` in beats of the metre, which may not be bent when ``explicit_tempo``; ``energy`` 0..1.

    ``wanted`` are pairs of instrument and role, ``unwanted`` instruments that shall not play.
    """

    style: Style
    key: Key
    tempo: float
    explicit_tempo: bool
    metre: str
    mood: str
    energy: float
    wanted: tuple[tuple[str, str], ...]
    unwanted: frozenset[str]
    solo: bool
    texture: str | None
    seconds: float | None

    @property
    def quarters(self) -> float:
        """Quarter notes in a beat."""
        return 1.5 if self.metre == "6/8" else 1.0


def read(text: str, random: Random) -> Brief:
    """Decide what the words decide, and leave the rest to ``random``."""
    words = " ".join(text.casefold().split())
    valence, push = _weighed(words, _VALENCE), _weighed(words, _ENERGY)
    wanted, unwanted = _instruments(words)
    style = _style(words, valence, push, wanted, random)
    energy = min(1.0, max(0.05, style.energy + 0.12 * max(-3, min(3, push)) + random.uniform(-0.05, 0.05)))
    key = _key(" ".join(text.split()), words, style, valence, random)
    tempo, explicit = _tempo(words, style, energy, push, random)
    return Brief(
        style=style,
        key=key,
        tempo=tempo,
        explicit_tempo=explicit,
        metre=_metre(words, style, random),
        mood=_mood(valence, energy, key),
        energy=energy,
        wanted=wanted,
        unwanted=unwanted,
        solo=bool(re.search(r"\b(solo|unaccompanied|a cappella|only)\b", words)),
        texture=next((name for name, cues in _TEXTURES.items() if _any(words, cues)), None),
        seconds=_seconds(words),
    )


def _style(words: str, valence: int, push: int, wanted: tuple[tuple[str, str], ...], random: Random) -> Style:
    """The style whose cue comes first in the text; without a cue, one that suits the mood."""
    found = [(place, style) for style in STYLES for cue in style.words if (place := _place(words, cue)) >= 0]
    if found:
        return min(found, key=lambda pair: pair[0])[1]
    names: tuple[str, ...]
    if push >= 2:
        names = ("rock", "dance", "epic") if valence < 0 else ("song", "dance", "folk")
    elif push <= -2:
        names = ("ambient", "ballad", "lullaby") if valence >= 0 else ("ambient", "ballad", "ballad")
    elif valence < 0:
        names = ("ballad", "lo-fi", "waltz", "ambient")
    elif valence > 0:
        names = ("song", "folk", "bossa", "waltz")
    else:
        names = ("song", "ballad", "lo-fi", "folk")
    asked = {instrument for instrument, _ in wanted}
    suited = [name for name in names if asked & {*BY_NAME[name].leads, *(first for first, _ in BY_NAME[name].chords)}]
    return BY_NAME[random.choice(suited or names)]


def _key(text: str, words: str, style: Style, valence: int, random: Random) -> Key:
    friendly = random.choice(_FRIENDLY)
    chance = random.choice(style.modes)
    for match in _KEY.finditer(text):
        if match["in"] or match["note"].isupper():
            return Key(_tonic(match["note"], match["sign"]), match["mode"])
    bare = _BARE_KEY.search(text)
    tonic = _tonic(bare["note"], bare["sign"]) if bare else friendly
    for cues in (_MODE_WORDS, _DARK_MODES):
        for cue, mode in cues.items():
            if cue in words:
                return Key(tonic, mode)
    if re.search(r"\b(minor|moll)\b", words):
        return Key(tonic, "minor")
    if re.search(r"\b(major|dur)\b", words):
        return Key(tonic, "major")
    dark = Key(0, chance).dark
    if valence <= -1 and not dark:
        return Key(tonic, next((mode for mode in style.modes if Key(0, mode).dark), "minor"))
    if valence >= 1 and dark:
        return Key(tonic, next((mode for mode in style.modes if not Key(0, mode).dark), "major"))
    return Key(tonic, chance)


def _tonic(note: str, sign: str | None) -> int:
    bend = 0 if not sign else (1 if sign.strip(" -") in ("#", "♯", "sharp") else -1)
    return (_NATURALS[note.lower()] + bend) % 12


def _tempo(words: str, style: Style, energy: float, push: int, random: Random) -> tuple[float, bool]:
    low, high = style.tempo
    place = min(1.0, max(0.0, 0.5 + (energy - style.energy) * 1.4 + random.uniform(-0.15, 0.15)))
    usual = low + (high - low) * place
    found = _BPM.search(words)
    if found:
        return float(min(_FASTEST, max(_SLOWEST, int(found.group(1))))), True
    for word, tempo in _TEMPO_WORDS.items():
        if re.search(rf"\b{word}\b", words):
            return round(tempo * random.uniform(0.96, 1.04), 1), False
    if re.search(r"\b(slow|slowly)\b", words):
        usual = low * 0.86
    elif re.search(r"\b(fast|quick|rapid)\b", words):
        usual = high * 1.1
    return round(min(_FASTEST, max(_SLOWEST, usual + push * 0.5)), 1), False


def _metre(words: str, style: Style, random: Random) -> str:
    chosen = random.choice(style.metres)
    found = _METRE.search(words)
    if found:
        name = f"{found.group(1)}/{found.group(2)}"
        return {"3/4": "3/4", "6/8": "6/8", "4/4": "4/4", "3/8": "3/4"}.get(name, chosen)
    if _any(words, ("waltz", "valse", "walzer", "minuet")):
        return "3/4"
    return "6/8" if re.search(r"\b(jig|barcarolle|tarantella|shanty)\b", words) else chosen


def _instruments(words: str) -> tuple[tuple[tuple[str, str], ...], frozenset[str]]:
    """Instruments in the order of the text, and those after "no" or "without"."""
    found: list[tuple[int, str, str]] = []
    unwanted: set[str] = set()
    taken = words
    for name, (instrument, role) in INSTRUMENT_WORDS.items():
        for match in re.finditer(rf"\b(no |without (?:any |a )?)?{name}s?\b", taken):
            if match.group(1):
                unwanted.add(instrument)
            else:
                found.append((match.start(), instrument, role))
        taken = re.sub(rf"\b{name}s?\b", lambda match: " " * len(match.group()), taken)
    unique = dict.fromkeys((instrument, role) for _, instrument, role in sorted(found))
    return tuple(pair for pair in unique if pair[0] not in unwanted), frozenset(unwanted)


def _seconds(words: str) -> float | None:
    found = _SECONDS.search(words)
    if found:
        return float(found.group(1))
    return 60.0 if re.search(r"\b(1|one|a) minute\b", words) else None


def _mood(valence: int, energy: float, key: Key) -> str:
    bright = valence > 0 or (valence == 0 and not key.dark)
    if energy >= 0.7:
        return "joyful" if bright else "dramatic"
    if energy >= 0.4:
        return "warm" if bright else "wistful"
    return "peaceful" if bright else "melancholy"


def _weighed(words: str, cues: dict[int, tuple[str, ...]]) -> int:
    return sum(weight for weight, stems in cues.items() for stem in stems if _place(words, stem) >= 0)


def _any(words: str, cues: tuple[str, ...]) -> bool:
    return any(_place(words, cue) >= 0 for cue in cues)


def _place(words: str, stem: str) -> int:
    """Where a word begins with ``stem``; -1 when none does. Short stems must be whole words."""
    ending = r"(?:s|ing|ed)?\b" if len(stem) <= 4 else ""
    found = re.search(rf"\b{re.escape(stem)}{ending}", words)
    return found.start() if found else -1
