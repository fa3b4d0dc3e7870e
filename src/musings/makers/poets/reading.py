"""What kind of text it is, what mood it has, and whether it is for adults. Pure, by words and shape.

A guess that costs nothing; whoever asked for a type gets that type.
"""

import re
from collections.abc import Mapping

_SPEAKER = re.compile(r"^\s*(?:\*\*)?[^\W\d_][\w .'’-]{0,24}(?:\*\*)?:(?:\*\*)?\s+\S", re.UNICODE)
_SECTION = re.compile(r"^\s*+(?:[\[(*#]++\s*+)?(?:verse|chorus|bridge|refrain|intro|outro|pre-chorus)\b", re.IGNORECASE)
_VERSE_CHARACTERS = 64

_MOODS: Mapping[str, str] = {
    "calm": "calm quiet still slow gentle soft breath rest silence sleep lake drift",
    "joyful": "joy laugh laughter dance bright sing happy glad delight play smile celebrate",
    "melancholy": "gone lost grey gray alone lonely farewell empty rain autumn ache weep tears grief miss",
    "dark": "dark night blood shadow fear death grave cold bone ash storm haunted",
    "tender": "love heart kiss hand hold dear beloved warm skin mother child",
    "hopeful": "hope dawn begin seed rise spring morning light open promise tomorrow",
    "angry": "rage burn fist shout scream war hate break fury",
    "dreamy": "dream moon star float mist silver wander cloud strange glow",
}
_MOOD_OF_WORD = {word: mood for mood, words in _MOODS.items() for word in words.split()}
_EXPLICIT_WORDS = "fuck fucking fucked fucker motherfucker cunt blowjob handjob orgasm masturbate porn porno"
_EXPLICIT = frozenset(_EXPLICIT_WORDS.split())


def content_type(text: str, asked: str) -> str:
    """The type that was asked for; for plain ``text`` what its shape says: dialogue, song, poetry or prose."""
    if asked not in ("text", ""):
        return "poetry" if asked in ("poem", "poetry") else asked
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return "prose"
    if sum(bool(_SPEAKER.match(line)) for line in lines) * 2 > len(lines) > 1:
        return "dialogue"
    if any(_SECTION.match(line) for line in lines):
        return "song"
    short = sum(len(line) <= _VERSE_CHARACTERS for line in lines)
    return "poetry" if len(lines) > 2 and short * 5 >= len(lines) * 4 else "prose"


def mood(text: str) -> str | None:
    """The mood that most words speak of, or None when hardly any does."""
    counts: dict[str, int] = {}
    for word in re.findall(r"[^\W\d_]+", text.casefold()):
        name = _MOOD_OF_WORD.get(word) or _MOOD_OF_WORD.get(word.removesuffix("s"))
        if name:
            counts[name] = counts.get(name, 0) + 1
    if not counts:
        return None
    return max(sorted(counts), key=lambda name: counts[name])


def is_explicit(text: str) -> bool:
    """Whether a word occurs that an explicit filter should keep out."""
    return not _EXPLICIT.isdisjoint(re.findall(r"[^\W\d_]+", text.casefold()))
