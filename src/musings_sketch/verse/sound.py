"""How words sound: syllables, stress, rhyme, and whether one says "a" or "an".

English spelling decides most of it by the usual school rules; the words of the lexicon that break them stand in
its table.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from musings_sketch.verse.lexicon import LIGHT_WORDS, RHYMES, STRESSES, WEAK_WORDS

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_VOWELS = re.compile(r"[aeiouyà-öø-ÿ]+")
_AN = ("hour", "honest", "honour", "heir")
_A = ("uni", "use", "usu", "eu", "one", "once", "ufo", "ute")


def words_of(line: str) -> list[str]:
    return _WORD.findall(line)


def syllables(line: str) -> int:
    """How many syllables a line has, by rule and table."""
    return sum(len(stress(word)) for word in words_of(line))


@lru_cache(maxsize=8192)
def stress(word: str) -> str:
    """One sign per syllable: 1 stressed, 0 not, x either."""
    plain = word.lower().replace("’", "'")
    if plain in WEAK_WORDS:
        return "0"
    if word in LIGHT_WORDS or plain in LIGHT_WORDS:
        return "x" * _count(plain)
    if plain in STRESSES:
        return STRESSES[plain]
    if plain.endswith("s") and plain[:-1] in STRESSES:
        return STRESSES[plain[:-1]]
    count = _count(plain)
    if count <= 1:
        return "1"
    if count == 2:
        return "10"
    return ("100" + "10" * count)[:count]


def metre(line: str) -> str:
    return "".join(stress(word) for word in words_of(line))


def iambic(line: str, feet: int) -> bool:
    """Whether the line runs in iambs (da-DUM); the first foot may be turned round."""
    signs = metre(line)
    if len(signs) != feet * 2:
        return False
    return _agrees(signs, "01" * feet) or (signs.startswith("10") and _agrees(signs, "10" + "01" * (feet - 1)))


def rhyme_of(word: str) -> int | None:
    """The number of the rhyme group that a word of the lexicon belongs to."""
    return _groups().get(word.lower())


def rhyming() -> tuple[tuple[tuple[str, str], ...], ...]:
    """The rhyme groups: (word, part of speech) each."""
    return tuple(tuple(_pair(entry) for entry in group.split()) for group in RHYMES)


def article(word: str) -> str:
    """ "a" or "an", by sound."""
    plain = word.lower()
    if plain.startswith(_AN):
        return "an"
    if plain.startswith(_A):
        return "a"
    return "an" if plain[:1] in "aeiouàáâäèéêëìíîïòóôöùúûü" and plain[:1] else "a"


def with_articles(text: str) -> str:
    """Mend every "a" that stands before a vowel sound, and every "an" that does not."""

    def mended(match: re.Match[str]) -> str:
        right = article(match[3])
        return (right.capitalize() if match[1][0].isupper() else right) + match[2] + match[3]

    return re.sub(r"\b([Aa]n?)(\s+)([^\W\d_][\w'’-]*)", mended, text)


def plural(noun: str) -> str:
    irregular = {
        "leaf": "leaves",
        "wolf": "wolves",
        "woman": "women",
        "man": "men",
        "child": "children",
        "fisherman": "fishermen",
        "fish": "fish",
        "foot": "feet",
        "mouse": "mice",
        "sheep": "sheep",
        "deer": "deer",
        "person": "people",
        "wheat": "wheat",
        "half": "halves",
        "knife": "knives",
        "life": "lives",
    }
    if noun in irregular:
        return irregular[noun]
    if noun.endswith(("s", "x", "z", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in ("a", "e", "o", "u"):
        return noun[:-1] + "ies"
    return noun + "s"


def _agrees(signs: str, beat: str) -> bool:
    return all(sign in ("x", want) for sign, want in zip(signs, beat, strict=True))


def _count(word: str) -> int:
    groups = _VOWELS.findall(word)
    count = len(groups)
    if not groups:
        return 1
    for ending in ("eing", "ying", "iest", "ier", "ious", "uous", "ia", "io", "iet", "iant"):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            count += 1
            break
    if re.search(r"(tious|cious|gious|sious|tion|sion|cion|gion|cial|tial|cient|cian|tian)s?$", word):
        count -= 1 if re.search(r"ious$", word) else 0
    silent = word.endswith("e") and not word.endswith(("le", "ee", "ie", "oe", "ye", "ue")) and count > 1
    silent = silent or (re.search(r"[^aeiouytd]ed$", word) is not None and count > 1)
    silent = silent or (re.search(r"[^aeiouycgszxh]es$", word) is not None and count > 1 and not word.endswith("les"))
    silent = silent or (re.search(r"[aeiouy][lr]es$", word) is not None and count > 1)
    if word.endswith("le") and len(word) > 2 and word[-3] in "aeiouy" and count > 1:
        silent = True
    if re.search(r"[a-z]e(ful|less|ly|ment|ness|some|house|light)s?$", word) and count > 2:
        count -= 1
    return max(1, count - bool(silent))


def _pair(entry: str) -> tuple[str, str]:
    word, _, part = entry.partition("/")
    return word, part


@cache
def _groups() -> Mapping[str, int]:
    return {word.lower(): at for at, group in enumerate(rhyming()) for word, _ in group}
