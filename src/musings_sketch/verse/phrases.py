"""The noun phrases of a prompt, as its writer put them: "my grandmother", "a full moon", "the road to Paris".

There is no grammar here, only a habit of English: what follows "a", "the", "my" or a preposition, up to the next
small word, comma or verb, is a thing one can write about.
"""

import re
from dataclasses import dataclass
from functools import cache

from musings_sketch.verse.lexicon import MASS, THEMES
from musings_sketch.verse.sound import article, with_articles
from musings_sketch.vocabulary import NUMBERS, REQUEST_WORDS, SCENES, STOPWORDS, THINGS, listed
from musings_sketch.words import LONGEST, Reading, singular

DETERMINERS = listed("a an the my your his her our their its this that these those some every each no any")
_OWNED = listed("my your his her our their")
_VERBS = listed(
    """is are was were be am has have had does do did can could will would shall should may might must go goes went
    gone come comes came see sees saw seen look looks make makes made take takes took sit sits sat stand stands
    stood walk walks walked run runs ran sleep sleeps slept sing sings sang wait waits waited stay stays say
    says said tell tells told give gives gave dance dances danced play plays played live lives lived love loves
    loved die dies died fall falls fell fly flies flew dream dreams dreamed rise rises rose rising set sets want
    wants wanted need needs find finds found lose loses lost leave leaves left keep keeps kept hold holds held
    feel feels felt think thinks thought know knows knew remember remembers forget forgets eat eats ate drink
    drinks drank swim swims swam jump jumps jumped miss misses missed sail sails watch watches watched wander
    wanders hunt hunts cross crosses shine shines shining chase chases chasing meet meets met reach reaches meow
    bark grow grows grew turn turns turned burn burns burned break breaks broke read reads arrives arrive learns
    learn talks talk talking meeting looking sitting standing walking running sleeping waiting singing dancing
    playing flying falling swimming jumping crying wearing holding having making taking writing eating drinking"""
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[.,;:!?\n()\"“”«»—–/|]")
_MOST_WORDS, _MOST_LETTERS = 4, 24


@dataclass(frozen=True)
class NounPhrase:
    """``words`` without the article; ``lead`` is the article or owner as written, or empty; ``many`` if plural."""

    lead: str
    words: tuple[str, ...]
    many: bool

    @property
    def text(self) -> str:
        """As it was written, article mended."""
        return with_articles(f"{self.lead} {self.bare}".strip())

    @property
    def bare(self) -> str:
        return " ".join(self.words)

    @property
    def head(self) -> str:
        return self.words[-1]

    @property
    def countable(self) -> bool:
        """Whether one of it can be had: a known thing, or written with "a"."""
        return self.lead in ("a", "an") or (self.head.lower() in _counted() and self.head.lower() not in MASS)

    @property
    def named(self) -> bool:
        """Whether it can do without its article: "my grandmother Elsa" is also "grandmother Elsa"."""
        return self.name or (self.lead in _OWNED and len(self.words) > 1)

    @property
    def definite(self) -> str:
        """With "the", where an article is possible: "the full moon", but "my grandmother", "Paris", "two boats"."""
        if self.lead in _OWNED or self.name or self.words[0] in NUMBERS:
            return f"{self.lead} {self.bare}".strip()
        return f"the {self.bare}" if self.lead or self.many or self.countable else self.bare

    @property
    def indefinite(self) -> str:
        if self.lead in _OWNED:
            return f"{self.lead} {self.bare}"
        if self.lead and not self.many and not self.countable:
            return self.definite
        if self.name or self.many or not self.countable or self.words[0] in NUMBERS:
            return self.bare
        return f"{article(self.words[0])} {self.bare}"

    @property
    def address(self) -> str:
        """As one speaks to it: without the article."""
        return f"{self.lead} {self.bare}" if self.lead in _OWNED else self.bare

    @property
    def name(self) -> bool:
        return self.words[-1][0].isupper()


def phrases(text: str, reading: Reading) -> tuple[NounPhrase, ...]:
    """The phrases of a prompt in its order, without repeats; at least one for any prompt with a word in it."""
    tokens = [match.group() for match in _WORD.finditer(text[:LONGEST].replace("’", "'"))]
    tokens = [token for token in tokens if len(token) <= _MOST_LETTERS]
    found: dict[str, NounPhrase] = {}
    lead, run = "", list[str]()
    for at, token in enumerate([*tokens, "."]):
        plain = token.lower()
        opens = at == 0 or tokens[at - 1] in ".!?\n:"
        if (
            (run and (_ends(token, plain) or _verbal(plain, run, lead)))
            or _ends(token, plain)
            or (not run and plain in _VERBS and not lead)
        ):
            _keep(found, lead, run)
            lead, run = (plain if plain in DETERMINERS else ""), []
        elif not run and not lead and _infinitive(tokens, at):
            continue
        elif not _idle(plain):
            run.append(
                plain
                if opens and plain not in _proper(reading)
                else token
                if token[0].isupper() and not token.isupper() and not opens
                else plain
            )
        elif plain in REQUEST_WORDS:
            lead, run = "", []
    if not found:
        for topic in reading.topics[:3]:
            if topic[0].isalnum() and len(topic) <= _MOST_LETTERS:
                _keep(found, "", [topic])
    if not found:
        for thing in reading.things[:3]:
            _keep(found, "the", [thing.name])
    return tuple(found.values())[:24]


@cache
def _counted() -> frozenset[str]:
    tables = (THEMES, THINGS, SCENES)
    return frozenset(word for table in tables for words in table.values() for word in words.split())


def _proper(reading: Reading) -> frozenset[str]:
    return frozenset(name.lower() for name in reading.names)


def _ends(token: str, plain: str) -> bool:
    return not token[0].isalnum() or plain in STOPWORDS or plain in DETERMINERS


def _infinitive(tokens: list[str], at: int) -> bool:
    """ "Learns to bake": the word after "to" after a verb is a verb too."""
    return at > 1 and tokens[at - 1].lower() == "to" and tokens[at - 2].lower() in _VERBS


def _idle(plain: str) -> bool:
    return plain in REQUEST_WORDS or plain.isdecimal()


def _verbal(plain: str, run: list[str], lead: str) -> bool:
    """Whether this word looks like the verb that ends the phrase before it."""
    if plain in _VERBS:
        return True
    one = lead in ("a", "an", "this", "that", "every", "each")
    return (
        one
        and len(run) > 0
        and plain.endswith("s")
        and not plain.endswith(("ss", "us", "is", "ous"))
        and singular(plain) == plain
    )


def _keep(found: dict[str, NounPhrase], lead: str, run: list[str]) -> None:
    words = tuple(run[-_MOST_WORDS:])
    while words and (words[-1].lower().endswith("ly") or words[0].lower() in ("very", "really", "quite")):
        words = words[:-1] if words[-1].lower().endswith("ly") else words[1:]
    if len(words) == 1 and not lead and words[0].endswith("ing") and words[0] not in _counted():
        words = ()
    if not words or lead in ("no", "any"):
        return
    last = words[-1].lower()
    many = (
        last.endswith("s")
        and not last.endswith(("ss", "us", "is", "'s"))
        and lead not in ("a", "an", "this", "that")
        and not words[-1][0].isupper()
    )
    many = many or (words[0] in NUMBERS and NUMBERS[words[0]] > 1)
    phrase = NounPhrase(lead, words, many)
    found.setdefault(phrase.bare.lower(), phrase)
