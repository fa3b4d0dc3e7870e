"""The styles that the musician knows, as data: who plays, how, how fast, and in which room."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """``tempo`` is the range in BPM from calm to lively; ``energy`` 0..1 the usual liveliness.

    ``harmony`` names a set of progressions, ``groove`` a drum pattern (None: no drums), ``bars_per_chord``
    how long a chord lasts, ``density`` 0..2 how many notes the melody has, ``swing`` 0..1 how late the second
    half of a beat comes (1 is a full triplet), ``strict`` that nobody slows down at the end.
    """

    name: str
    words: tuple[str, ...]
    tempo: tuple[int, int]
    metres: tuple[str, ...]
    modes: tuple[str, ...]
    harmony: str
    leads: tuple[str, ...]
    chords: tuple[tuple[str, str], ...]
    pads: tuple[str, ...]
    basses: tuple[tuple[str, str], ...]
    groove: str | None
    room: str
    energy: float
    density: int = 1
    swing: float = 0.0
    bars_per_chord: int = 1
    strict: bool = False
    seconds: int = 36


_BOTH = ("major", "minor")

# fmt: off
STYLES: tuple[Style, ...] = (
    Style(
        "lullaby", ("lullab", "cradle", "sleep", "baby", "bedtime", "nursery", "wiegenlied"),
        (66, 84), ("3/4", "6/8"), ("major",), "folk",
        ("music box", "celesta", "flute"), (("harp", "broken"), ("kalimba", "broken")), ("choir", "strings"),
        (("upright bass", "long"),), None, "hall", 0.25,
    ),
    Style(
        "waltz", ("waltz", "valse", "walzer", "ballroom", "carousel", "minuet"),
        (96, 168), ("3/4",), _BOTH, "classical",
        ("violin", "clarinet", "flute", "piano"), (("piano", "waltz"), ("harp", "waltz")), ("strings",),
        (("upright bass", "waltz"),), "waltz", "hall", 0.5,
    ),
    Style(
        "march", ("march", "parade", "military", "anthem", "fanfare", "soldier", "marsch"),
        (100, 120), ("4/4",), ("major",), "classical",
        ("trumpet", "flute", "clarinet"), (("horn", "offbeats"), ("piano", "offbeats")), ("horn",),
        (("tuba", "two"),), "march", "hall", 0.7, strict=True,
    ),
    Style(
        "dance", ("dance", "techno", "house", "trance", "edm", "club", "rave", "disco", "electro", "party",
        "dubstep"),
        (118, 136), ("4/4",), ("minor", "dorian", "major"), "dance",
        ("synth lead", "pluck", "bells"), (("pluck", "sixteenths"), ("synth", "stabs")), ("warm pad",
        "supersaw"),
        (("synth bass", "offbeat"), ("synth bass", "octaves")), "dance", "plate", 0.85, density=1,
            strict=True,
    ),
    Style(
        "jazz", ("jazz", "swing", "bebop", "blues", "noir", "saxophone", "smoky", "speakeasy", "ragtime"),
        (92, 176), ("4/4",), ("major", "minor", "dorian"), "jazz",
        ("saxophone", "muted trumpet", "vibraphone", "piano"), (("piano", "comp"), ("electric piano",
        "comp")), (),
        (("upright bass", "walk"),), "jazz", "club", 0.5, density=2, swing=0.85,
    ),
    Style(
        "bossa", ("bossa", "samba", "latin", "brazil", "tropical", "beach", "salsa", "rumba", "calypso",
        "cuba"),
        (108, 138), ("4/4",), _BOTH, "bossa",
        ("flute", "nylon guitar", "vibraphone"), (("nylon guitar", "bossa"), ("electric piano", "bossa")), (),
        (("upright bass", "bossa"),), "bossa", "club", 0.5, density=1,
    ),
    Style(
        "ambient", ("ambient", "drone", "meditat", "atmospher", "float", "drift", "zen", "space", "cosmic",
        "yoga",
                    "underwater", "ethereal", "soundscape", "spa"),
        (52, 72), ("4/4",), ("lydian", "dorian", "major", "minor"), "modal",
        ("bells", "glass", "flute"), (("electric piano", "sparse"), ("harp", "sparse")), ("warm pad",
        "choir"),
        (("sub", "drone"),), None, "cathedral", 0.2, density=0, bars_per_chord=2, seconds=48,
    ),
    Style(
        "epic", ("epic", "cinematic", "heroic", "battle", "trailer", "orchestr", "symphon", "war", "dragon",
        "hero",
                 "triumph", "adventure", "majestic", "quest", "pirate", "film", "soundtrack", "viking"),
        (84, 116), ("4/4", "6/8"), ("minor", "dorian"), "epic",
        ("horn", "violin", "trumpet"), (("string section", "ostinato"), ("piano", "pulses")), ("choir",
        "strings"),
        (("contrabass", "long"), ("contrabass", "pulse")), "epic", "cathedral", 0.85, density=0, seconds=40,
    ),
    Style(
        "folk", ("folk", "acoustic", "campfire", "country", "medieval", "celtic", "irish", "tavern", "bard",
        "village",
                 "ballad of", "shanty", "fairy", "banjo", "bluegrass"),
        (84, 124), ("4/4", "6/8", "3/4"), ("major", "dorian", "mixolydian", "minor"), "folk",
        ("flute", "violin", "whistle"), (("steel guitar", "picking"), ("steel guitar", "strum")),
        ("strings",),
        (("upright bass", "two"),), "folk", "chamber", 0.5,
    ),
    Style(
        "lo-fi", ("lofi", "lo-fi", "lo fi", "chill", "study", "hip hop", "hip-hop", "beats to", "downtempo",
        "cafe",
                  "café", "lounge", "trip hop", "relax"),
        (70, 88), ("4/4",), ("minor", "dorian", "major"), "lofi",
        ("electric piano", "vibraphone", "muted guitar"), (("electric piano", "laidback"), ("piano",
        "laidback")),
        ("warm pad",), (("electric bass", "lofi"),), "lofi", "club", 0.4, density=1, swing=0.45,
    ),
    Style(
        "rock", ("rock", "metal", "punk", "grunge", "garage", "riff", "stadium"),
        (112, 148), ("4/4",), ("minor", "mixolydian", "major"), "rock",
        ("lead guitar", "organ"), (("distorted guitar", "power"),), ("organ",),
        (("electric bass", "eighths"),), "rock", "chamber", 0.85, strict=True,
    ),
    Style(
        "chiptune", ("chiptune", "8-bit", "8 bit", "8bit", "arcade", "video game", "videogame",
        "retro game", "pixel",
                     "nintendo", "robot", "game boy", "gameboy", "glitch"),
        (120, 156), ("4/4",), _BOTH, "pop",
        ("pulse",), (("pulse thin", "chip"),), (),
        (("triangle", "octaves"),), "chip", "dry", 0.75, density=2, strict=True,
    ),
    Style(
        "hymn", ("hymn", "church", "choral", "gregorian", "sacred", "prayer", "cathedral", "requiem",
        "baroque", "bach",
                 "fugue", "christmas", "carol", "gospel", "angel", "monast"),
        (66, 88), ("4/4", "3/4"), ("major", "minor", "dorian"), "classical",
        ("organ", "choir lead", "violin"), (("organ", "chorale"),), ("choir",),
        (("organ pedal", "chorale"),), None, "cathedral", 0.35,
    ),
    Style(
        "ballad", ("ballad", "love", "romantic", "sentimental", "nocturne", "elegy", "tender", "solo piano",
        "wedding",
                   "serenade", "nostalg"),
        (60, 80), ("4/4", "6/8"), _BOTH, "pop",
        ("piano", "violin", "cello"), (("piano", "broken"), ("electric piano", "broken")), ("strings",),
        (("upright bass", "long"), ("electric bass", "ballad")), "soft", "hall", 0.35,
    ),
    Style(
        "song", ("pop", "song", "summer", "upbeat", "catchy", "indie", "road", "radio", "ukulele", "jingle"),
        (96, 124), ("4/4",), ("major", "major", "minor", "mixolydian"), "pop",
        ("piano", "bells", "whistle", "synth lead"),
        (("steel guitar", "strum"), ("electric piano", "pulses"), ("piano", "pulses")), ("warm pad",
            "strings"),
        (("electric bass", "ballad"), ("electric bass", "eighths")), "pop", "plate", 0.6,
    ),
)

# fmt: on
BY_NAME = {style.name: style for style in STYLES}

INSTRUMENT_WORDS: dict[str, tuple[str, str]] = {
    "electric piano": ("electric piano", "any"),
    "music box": ("music box", "any"),
    "electric guitar": ("lead guitar", "lead"),
    "nylon guitar": ("nylon guitar", "any"),
    "classical guitar": ("nylon guitar", "any"),
    "bass guitar": ("electric bass", "bass"),
    "double bass": ("upright bass", "bass"),
    "upright bass": ("upright bass", "bass"),
    "rhodes": ("electric piano", "any"),
    "piano": ("piano", "any"),
    "guitar": ("steel guitar", "any"),
    "ukulele": ("nylon guitar", "any"),
    "banjo": ("banjo", "any"),
    "lute": ("nylon guitar", "any"),
    "sitar": ("sitar", "lead"),
    "koto": ("koto", "any"),
    "harp": ("harp", "any"),
    "harpsichord": ("harpsichord", "any"),
    "flute": ("flute", "lead"),
    "whistle": ("whistle", "lead"),
    "ocarina": ("whistle", "lead"),
    "recorder": ("whistle", "lead"),
    "clarinet": ("clarinet", "lead"),
    "oboe": ("clarinet", "lead"),
    "saxophone": ("saxophone", "lead"),
    "sax": ("saxophone", "lead"),
    "trumpet": ("trumpet", "lead"),
    "brass": ("trumpet", "lead"),
    "horn": ("horn", "lead"),
    "horns": ("horn", "lead"),
    "trombone": ("horn", "lead"),
    "tuba": ("tuba", "bass"),
    "violin": ("violin", "lead"),
    "fiddle": ("violin", "lead"),
    "cello": ("cello", "lead"),
    "viola": ("cello", "lead"),
    "strings": ("strings", "pad"),
    "orchestra": ("strings", "pad"),
    "choir": ("choir", "pad"),
    "voices": ("choir", "pad"),
    "pad": ("warm pad", "pad"),
    "pads": ("warm pad", "pad"),
    "organ": ("organ", "any"),
    "accordion": ("accordion", "any"),
    "harmonica": ("accordion", "lead"),
    "bell": ("bells", "lead"),
    "bells": ("bells", "lead"),
    "glockenspiel": ("celesta", "lead"),
    "celesta": ("celesta", "lead"),
    "chimes": ("bells", "lead"),
    "vibraphone": ("vibraphone", "any"),
    "marimba": ("marimba", "any"),
    "xylophone": ("marimba", "any"),
    "kalimba": ("kalimba", "any"),
    "synth": ("synth lead", "lead"),
    "synthesizer": ("synth lead", "lead"),
    "synthesiser": ("synth lead", "lead"),
    "bass": ("electric bass", "bass"),
    "drums": ("drums", "drums"),
    "drum": ("drums", "drums"),
    "percussion": ("drums", "drums"),
    "beat": ("drums", "drums"),
    "beats": ("drums", "drums"),
}
"""What a word asks for, and the role it gets; longer names stand before the ones they contain."""
