"""The place in a text where the words of a search stand. Pure.

Made here and not by the full-text index, so that it holds for every text, and as parts and not as marked-up text, so
that nobody has to trust or escape it.
"""

import re
import unicodedata
from dataclasses import dataclass

CHARACTERS = 200
_LEAD = 60


@dataclass(frozen=True)
class Part:
    """A stretch of a snippet; ``match`` where a word of the search stands."""

    text: str
    match: bool


def snippet(content: str, search: str, characters: int = CHARACTERS) -> list[Part]:
    """About ``characters`` of a text around the first word that was searched; its beginning where none stands in it.

    Words match as in the index: whatever their case and accents, and the last one as the beginning of a word.
    """
    flat = " ".join(content.split())
    wanted = [_plain(word) for word in re.findall(r"\w+", search)]
    places = [(match.start(), match.end()) for match in re.finditer(r"\w+", flat) if _hits(match.group(), wanted)]
    start = _beginning(flat, places[0][0]) if places else 0
    end = min(len(flat), start + characters)
    parts = [Part("… ", False)] if start else []
    position = start
    for left, right in places:
        if right > end:
            break
        parts += [Part(flat[position:left], False), Part(flat[left:right], True)]
        position = right
    parts.append(Part(flat[position:end] + (" …" if end < len(flat) else ""), False))
    return [part for part in parts if part.text]


def _beginning(flat: str, place: int) -> int:
    """Some words before a place, at the beginning of a word."""
    if place <= _LEAD:
        return 0
    space = flat.find(" ", place - _LEAD, place)
    return place - _LEAD if space < 0 else space + 1


def _hits(word: str, wanted: list[str]) -> bool:
    plain = _plain(word)
    return plain in wanted or bool(wanted and plain.startswith(wanted[-1]))


def _plain(word: str) -> str:
    bare = unicodedata.normalize("NFKD", word).casefold()
    return "".join(letter for letter in bare if not unicodedata.combining(letter))
