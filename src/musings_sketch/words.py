"""Reading a prompt: which things, colours, mood, hour, season and weather it asks for.

Nothing here understands language. It looks words up in :mod:`musings_sketch.vocabulary`, minds plurals, numbers,
adjacent colours ("a red boat") and refusals ("no moon"), and keeps the order in which things were named.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from musings_sketch import vocabulary
from musings_sketch.vocabulary import Table, listed

LONGEST = 20_000
"""Characters of a prompt that are read for meaning; all of it decides the seed."""

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[\u2190-\u2bff\U0001f000-\U0001faff]")
_SKIPPED = listed("the a an of very little small big great old young tall")


@dataclass(frozen=True)
class Thing:
    """Something to be shown. ``count`` is 0 when a plural gave no number; ``word`` is how it was written."""

    name: str
    word: str
    count: int = 1
    colour: str | None = None


@dataclass(frozen=True)
class Reading:
    """What a prompt says. Every tuple is in the order of the prompt, without repeats.

    ``scenes`` weighs the settings that were named. ``topics`` are its own words that carry meaning, as written
    but in lower case; ``names`` are those that began with a capital inside a sentence.
    """

    words: tuple[str, ...]
    things: tuple[Thing, ...]
    scenes: Mapping[str, float]
    colours: tuple[str, ...]
    moods: tuple[str, ...]
    weather: tuple[str, ...]
    topics: tuple[str, ...]
    names: tuple[str, ...]
    time: str | None
    season: str | None
    medium: str | None

    def thing(self, name: str) -> Thing | None:
        return next((thing for thing in self.things if thing.name == name), None)

    @property
    def mood(self) -> str | None:
        return self.moods[0] if self.moods else None


def read(text: str) -> Reading:
    """Read any text, never raising."""
    spelt = [match.group() for match in _WORD.finditer(text[:LONGEST].translate({0x2019: "'", 0xFE0F: None}))]
    words = _joined([_plain(word) for word in spelt])
    wanted = _wanted(words)
    things = _things(words)
    return Reading(
        words=tuple(words),
        things=things,
        scenes=_weights(wanted, vocabulary.SCENES),
        colours=_free_colours(wanted, things),
        moods=_ranked(wanted, vocabulary.MOODS),
        weather=_ranked(wanted, vocabulary.WEATHERS),
        topics=_topics(wanted),
        names=_names(text[:LONGEST]),
        time=_first(wanted, vocabulary.TIMES),
        season=_first(wanted, vocabulary.SEASONS),
        medium=_first(wanted, vocabulary.MEDIA),
    )


def chance(text: str, seed: int, *purpose: str) -> np.random.Generator:
    """Random numbers for one purpose: the same for the same text, seed and purpose, on any machine."""
    parts = (text.encode("utf-8", "surrogatepass"), str(seed).encode(), *(part.encode() for part in purpose))
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest.digest(), "big")))


def singular(word: str) -> str:
    """The word without its plural ending, where that gives a word we know; else as it is."""
    known = _index(vocabulary.THINGS)
    for ending, instead in (("ies", "y"), ("ves", "f"), ("es", ""), ("s", "")):
        stem = word.removesuffix(ending) + instead
        if word.endswith(ending) and len(stem) > 2 and stem in known:
            return stem
    return word


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().removesuffix("'s")


def _joined(words: list[str]) -> list[str]:
    """Known pairs ("stained glass") become the one word of the vocabulary ("stained-glass")."""
    pairs = _pairs()
    result: list[str] = []
    for word in words:
        if result and f"{result[-1]}-{word}" in pairs:
            result[-1] = f"{result[-1]}-{word}"
        else:
            result.append(word)
    return result


def _wanted(words: list[str]) -> list[str]:
    return [word for at, word in enumerate(words) if not _refused(words, at)]


def _refused(words: list[str], at: int) -> bool:
    before = words[max(0, at - 2) : at]
    return bool(before) and (
        before[-1] in vocabulary.REFUSALS or (before[0] in vocabulary.REFUSALS and before[-1] in _ANY)
    )


_ANY = listed("any a an the single one more visible")


_NUMBERS = {**vocabulary.NUMBERS, **vocabulary.CROWDS}
_IRREGULAR = listed("geese cacti fungi lovers")
_PLANTS = listed("pine palm cherry cactus rose tulip poppy sunflower lavender tree flower")


def _things(words: list[str]) -> tuple[Thing, ...]:
    known = _index(vocabulary.THINGS)
    found: dict[str, Thing] = {}
    for at, word in enumerate(words):
        single = singular(word) if word not in known else word
        for name in known.get(single, ()):
            if name not in found and not _refused(words, at) and not _told_already(words, at, name):
                found[name] = Thing(
                    name, word, _count(words, at, single != word or word in _IRREGULAR), _tint(words, at)
                )
    return tuple(found.values())


def _told_already(words: list[str], at: int, name: str) -> bool:
    """ "Pine trees" are pines, not pines and trees; a "dog rose" needs more than this."""
    before = _index(vocabulary.THINGS).get(singular(words[at - 1]), ()) if at else ()
    return name in ("tree", "flower") and any(each in _PLANTS for each in before)


def _count(words: list[str], at: int, plural: bool) -> int:
    """How many: a number up to three words before, or a crowd right after ("a camel caravan"); 0 for a bare plural."""
    after = words[at + 1] if at + 1 < len(words) else ""
    if after.removesuffix("s") in vocabulary.CROWDS:
        return vocabulary.CROWDS[after.removesuffix("s")]
    for back in range(1, 4):
        if at >= back and (number := _NUMBERS.get(words[at - back])):
            return number
        if at >= back and words[at - back].isdecimal():
            return min(int(words[at - back][:4]), 12) or 1
    return 0 if plural else 1


def _tint(words: list[str], at: int) -> str | None:
    """The colour that stands before a thing, with at most one small word between."""
    for back in range(1, 3):
        if at < back:
            return None
        colour = _colour(words[at - back])
        if colour is not None:
            return colour
        if words[at - back] not in _SKIPPED:
            return None
    return None


def _colour(word: str) -> str | None:
    if word in vocabulary.COLOURS:
        return word
    found = _index(vocabulary.COLOUR_WORDS).get(word)
    return found[0] if found else None


def _free_colours(words: list[str], things: tuple[Thing, ...]) -> tuple[str, ...]:
    """The colours of the picture: those that are not the colour of one thing on the ground."""
    bound = {thing.colour for thing in things if thing.name not in vocabulary.SKY_THINGS}
    reef = {at for at, word in enumerate(words[1:]) if word in ("reef", "reefs")}
    return _unique(_colour(word) for at, word in enumerate(words) if at not in reef and _colour(word) not in bound)


def _weights(words: list[str], table: Table) -> dict[str, float]:
    """How strongly each entry is meant; what is named first weighs most."""
    weights: dict[str, float] = {}
    index = _index(table)
    for at, word in enumerate(words[:400]):
        for name in _lookup(word, index):
            weights[name] = weights.get(name, 0.0) + 1 / (1 + at / 12)
    return weights


def _ranked(words: list[str], table: Table) -> tuple[str, ...]:
    weights = _weights(words, table)
    return tuple(sorted(weights, key=lambda name: -weights[name]))


def _first(words: list[str], table: Table) -> str | None:
    index = _index(table)
    return next((name for word in words for name in _lookup(word, index)), None)


def _topics(words: list[str]) -> tuple[str, ...]:
    idle = vocabulary.STOPWORDS | vocabulary.REQUEST_WORDS | vocabulary.REFUSALS
    return _unique(word for word in words if word not in idle and (len(word) > 1 or not word.isascii()))


def _names(text: str) -> tuple[str, ...]:
    """Words with a capital that do not open a sentence."""
    found = re.findall(r"(?<=[a-z,;] )([A-Z][a-zà-ÿ]{2,}(?:-[A-Z][a-zà-ÿ]+)?)\b", text)
    return _unique(name for name in found if name.lower() not in vocabulary.STOPWORDS)


def _lookup(word: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return known.get(word) or known.get(singular(word)) or known.get(word.removesuffix("s")) or ()


def _unique(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _index(table: Table) -> Mapping[str, tuple[str, ...]]:
    return _inverted(tuple(table.items()))


@cache
def _inverted(rows: tuple[tuple[str, str], ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, words in rows:
        for word in words.split():
            found.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in found.items()}


@cache
def _pairs() -> frozenset[str]:
    tables = (
        vocabulary.THINGS,
        vocabulary.SCENES,
        vocabulary.TIMES,
        vocabulary.MEDIA,
        vocabulary.COLOUR_WORDS,
    )
    return frozenset(word for table in tables for words in table.values() for word in words.split() if "-" in word)
