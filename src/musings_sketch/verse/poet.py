"""Choosing words and fitting lines: the same few pools for every form, and a patient search for the metre."""

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from musings_sketch.verse import lexicon
from musings_sketch.verse.phrases import NounPhrase
from musings_sketch.verse.sound import iambic, plural, rhyming, syllables, with_articles, words_of
from musings_sketch.vocabulary import NUMBERS, listed
from musings_sketch.words import Reading

TRIES = 700

_THEME_OF_SCENE: Mapping[str, str] = {
    "lake": "lake",
    "flow": "music",
    "portrait": "love",
    "glass": "time",
    "ink": "lake",
    "tiles": "machine",
    "marble": "time",
}
_SLOT = re.compile(r"\{(\w+)\}")

Test = Callable[[str], bool]


class Poet:
    """The words at hand for one prompt, drawn without quick repeats."""

    def __init__(self, reading: Reading, phrases: Sequence[NounPhrase], random: np.random.Generator) -> None:
        self.reading, self.random = reading, random
        self.phrases = list(phrases) or [NounPhrase("the", ("silence",), many=False)]
        self.people = [name for name in reading.names if name.isalpha() and _before(reading, name) not in _PLACING]
        self.mood = reading.mood or str(random.choice(["calm", "tender", "melancholy", "hopeful", "dreamy"]))
        self.themes = _themes(reading, random)
        self._pools = self._gathered()
        self._used: dict[str, int] = {}
        self._endings: list[tuple[tuple[str, str], ...]] = []
        self._lines: set[str] = set()
        self._shapes: list[str] = []

    def phrase(self, at: int = 0) -> NounPhrase:
        return self.phrases[at % len(self.phrases)]

    def topic(self, at: int = 0) -> NounPhrase:
        """A phrase that is not one of the people, where there is one."""
        things = [phrase for phrase in self.phrases if phrase.bare not in self.people] or self.phrases
        return things[at % len(things)]

    def word(self, slot: str) -> str:
        """A word for a slot, one of the least used of the pool."""
        pool = self._pools[slot]
        picks = self.random.choice(len(pool), size=min(4, len(pool)))
        return min((pool[int(pick)] for pick in picks), key=lambda word: self._used.get(_root(word), 0))

    def fill(self, template: str, **given: str) -> str:
        """Put words into the slots of a template; none twice in one text. Articles are mended."""
        taken = {_root(word) for value in given.values() for word in words_of(value)}

        def drawn(match: re.Match[str]) -> str:
            slot = match[1]
            if slot in given:
                return given[slot]
            word = self.word(slot)
            for _ in range(6):
                if _root(word) not in taken:
                    break
                word = self.word(slot)
            taken.add(_root(word))
            return word

        return with_articles(_SLOT.sub(drawn, template))

    def keep(self, line: str) -> str:
        """Note the words of a line as used, and return it."""
        for word in words_of(line.lower()):
            self._used[_root(word)] = self._used.get(_root(word), 0) + 1
        self._lines.add(line.lower().strip(" ,.;"))
        return line

    def say(self, templates: Sequence[str], **given: str) -> str:
        """One of the templates that was not used lately, filled and kept."""
        fresh = [each for each in templates if each not in self._shapes] or list(templates)
        template = fresh[int(self.random.integers(len(fresh)))]
        self._shapes.append(template)
        return self.keep(self.fill(template, **given))

    def line(self, templates: Sequence[str], test: Test, *, fallback: Test | None = None, **given: str) -> str | None:
        """A line from one of the templates that passes the test and was not written before."""
        second = None
        for _ in range(TRIES):
            template = templates[int(self.random.integers(len(templates)))]
            if template in self._shapes[-5:] or self._shapes.count(template) > 2:
                continue
            line = self.fill(template, **given)
            if line.lower() in self._lines:
                continue
            if test(line):
                self._shapes.append(template)
                return line
            if second is None and fallback is not None and fallback(line):
                second = line
        return second

    def ending(self, count: int, *, thing: bool = False) -> list[tuple[str, str]]:
        """Words that rhyme with each other, from a group not used lately: (word, part of speech).

        With ``thing`` the first of them is a noun.
        """
        groups = [
            group
            for group in rhyming()
            if len(group) >= count and (not thing or any(part in "np" for _, part in group))
        ]
        fresh = [group for group in groups if group not in self._endings] or groups
        group = fresh[int(self.random.integers(len(fresh)))]
        self._endings.append(group)
        order = [group[int(pick)] for pick in self.random.permutation(len(group))]
        if thing:
            order.sort(key=lambda pair: pair[1] not in "np")
            nouns = sum(part in "np" for _, part in order)
            first = order.pop(int(self.random.integers(nouns)))
            order = [first, *(order[int(pick)] for pick in self.random.permutation(len(order)))]
        return order[:count]

    def _gathered(self) -> dict[str, list[str]]:
        own = [phrase for phrase in self.phrases if _plain(phrase)]
        singles = [phrase.head for phrase in own if not phrase.many]
        several = [phrase.head for phrase in own if phrase.many]
        nouns = [noun for theme in self.themes for noun in lexicon.THEMES[theme].split()]
        adjectives = lexicon.ADJECTIVES.get(self.mood, "").split() * 2 + lexicon.ADJECTIVES[""].split()
        things = [noun for noun in nouns if noun not in lexicon.MASS]
        return {
            "noun": nouns + singles * 4,
            "thing": things,
            "nouns": [plural(noun) for noun in things] + several * 4,
            "adj": adjectives,
            "does": lexicon.DOES.split(),
            "do": lexicon.DO.split(),
            "does_to": lexicon.DOES_TO.split(),
            "i_do": lexicon.I_DO_TO.split(),
            "doing": lexicon.DOING.split(),
            "prep": lexicon.PREPOSITIONS.split(),
            "adv": lexicon.ADVERBS.split(),
        }


def metrical(feet: int) -> Test:
    return lambda line: iambic(line, feet)


def of_syllables(count: int) -> Test:
    return lambda line: syllables(line) == count


def sentence(text: str) -> str:
    """With a capital first letter."""
    return text[:1].upper() + text[1:]


def _themes(reading: Reading, random: np.random.Generator) -> list[str]:
    found = [
        _THEME_OF_SCENE.get(scene, scene) for scene in sorted(reading.scenes, key=lambda name: -reading.scenes[name])
    ]
    if reading.time in ("night", "dusk"):
        found.append("night")
    if "rain" in reading.weather or "storm" in reading.weather:
        found.append("rain")
    if reading.season == "winter":
        found.append("winter")
    words = set(reading.words)
    for theme, cues in _CUES.items():
        if words & cues:
            found.append(theme)
    found += {
        "tender": ["love"],
        "fierce": ["fire"],
        "melancholy": ["time", "rain"],
        "dreamy": ["night"],
    }.get(reading.mood or "", [])
    known = list(dict.fromkeys(theme for theme in found if theme in lexicon.THEMES))[:3]
    while len(known) < 2:
        extra = str(random.choice(["night", "time", "rain", "garden", "music", "sea", "love", "lake"]))
        if extra not in known:
            known.append(extra)
    return known


_CUES: Mapping[str, frozenset[str]] = {
    "music": listed("music song piano guitar violin jazz dance melody band concert"),
    "love": listed(
        "love heart kiss wedding mother father wife husband daughter son grandmother grandfather friend lover"
    ),
    "time": listed("time clock memory memories history past old childhood grandmother grandfather years age museum"),
    "machine": listed(
        "computer robot machine code internet phone software quantum ai data electric factory science physics"
    ),
    "fire": listed("war fire battle soldier anger revolution dragon sword"),
}


_PLACING = listed("in to from at of near into over around outside")


def _before(reading: Reading, name: str) -> str:
    at = reading.words.index(name.lower()) if name.lower() in reading.words else 0
    return reading.words[at - 1] if at else ""


def _plain(phrase: NounPhrase) -> bool:
    """Whether the head of a phrase may stand alone after "the"."""
    return not phrase.name and phrase.head.isalpha() and phrase.head not in NUMBERS and phrase.head.isascii()


def _root(word: str) -> str:
    plain = word.lower()
    for ending in ("ies", "es", "s", "ing"):
        if plain.endswith(ending) and len(plain) - len(ending) > 2:
            return plain.removesuffix(ending)
    return plain.removesuffix("e")
