"""Text made fit to be spoken, and cut where a speaker would breathe. Pure."""

import re
import unicodedata
from itertools import pairwise

LIMIT = 600
"""Characters per piece."""

_VERSE = 56  # a line shorter than this was broken on purpose, so its end is a pause
_KEPT_CONTROLS = "\n\t"
_JOINERS = "\u200c\u200d"  # they change how Persian, Indic scripts and emoji are read
_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn"}
_SPACE = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r" ?\n(?: ?\n)+ ?")
_LONG_RUN = re.compile(r"([^\w\s])\1{3,}")
_SENTENCE_END = re.compile(
    r"(?:(?<![.!?…।॥؟۔])[.!?…।॥؟۔]++[\"'”’»)\]]*+\s++)|(?:[。！？]+[」』”’）]*\s*)|(?:(?<=\n)\s*\n\s*)"
)
_CLAUSE_END = re.compile(r"[,;:،؛、，；：–—][\"'”’»)\]]*\s*")
_LONGEST_CLUSTER = 8
_LONG_WORD = re.compile(r"(\S{30})(?=\S)")
_PLAIN = frozenset(".,;:!?'’-\n")
_SHORTEST = 12


def cleaned(text: str) -> str:
    """The text without what cannot be spoken: control characters, NUL, lone surrogates, unassigned points.

    Runs of one sign (a ruled line) are shortened, spaces are single, and an empty line separates paragraphs.
    """
    kept = []
    for letter in unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")):
        if letter in _JOINERS or letter in _KEPT_CONTROLS:
            kept.append(letter)
        elif unicodedata.category(letter) == "Cc":
            kept.append(" ")
        elif unicodedata.category(letter) not in _DROPPED:
            kept.append(letter)
    spaced = _SPACE.sub(" ", _LONG_RUN.sub(r"\1\1\1", "".join(kept)))
    return _BLANK_LINES.sub("\n\n", spaced).strip()


def speakable(text: str) -> bool:
    """Whether there is a letter or a digit in it, of any script."""
    return any(unicodedata.category(letter)[0] in "LN" for letter in text)


def pieces(text: str, limit: int = LIMIT) -> list[str]:
    """Cut a text after sentences, lines of verse and paragraphs into pieces of at most ``limit`` characters.

    Joined again, the pieces are the text. Short sentences of a paragraph share a piece; a sentence that is
    too long is cut after a clause, else after a word, else anywhere but inside a letter and its marks.
    """
    found: list[str] = []
    for sentence in _sentences(text):
        for part in _shortened(sentence, limit):
            if found and len(found[-1]) + len(part) <= limit and not found[-1].endswith("\n"):
                found[-1] += part
            else:
                found.append(part)
    return found


def plainer(piece: str) -> list[str]:
    """What to say instead of a piece that cannot be spoken: fewer signs, shorter words, then less of it."""
    kept = "".join(letter if unicodedata.category(letter)[0] in "LMNZ" or letter in _PLAIN else " " for letter in piece)
    plain = _SPACE.sub(" ", _LONG_WORD.sub(r"\1 ", kept))
    if plain != piece:
        return [plain]
    if len(piece) <= _SHORTEST:
        return []
    middle = piece.rfind(" ", 1, len(piece) // 2 + 1) + 1 or len(piece) // 2
    return [piece[:middle], piece[middle:]]


def pause_after(piece: str) -> float:
    """Seconds of silence that belong after a piece."""
    words = piece.rstrip()
    if piece.endswith("\n\n"):
        return 0.6
    if _SENTENCE_END.search(words[-3:] + " "):
        return 0.35
    if piece.endswith("\n"):
        return 0.25
    return 0.15 if words[-1:] in ",;:،؛、，；：–—" else 0.03


def _sentences(text: str) -> list[str]:
    cuts = {match.end() for match in _SENTENCE_END.finditer(text)} | _verse_ends(text)
    edges = sorted({0, *cuts, len(text)})
    return [text[start:end] for start, end in pairwise(edges) if end > start]


def _verse_ends(text: str) -> set[int]:
    """Where short lines end, and every paragraph."""
    ends, position = set(), 0
    for line in text.split("\n"):
        end = position + len(line) + 1
        if end < len(text) and (len(line) < _VERSE and text[end] != "\n"):
            ends.add(end)
        position = end
    return ends


def _shortened(sentence: str, limit: int) -> list[str]:
    parts = []
    while len(sentence) > limit:
        cut = _last_cut(sentence, limit)
        parts.append(sentence[:cut])
        sentence = sentence[cut:]
    return [*parts, sentence]


def _last_cut(sentence: str, limit: int) -> int:
    clauses = [match.end() for match in _CLAUSE_END.finditer(sentence, 0, limit)]
    if clauses and clauses[-1] > limit // 4:
        return clauses[-1]
    space = max(sentence.rfind(" ", 0, limit), sentence.rfind("\n", 0, limit))
    if space > limit // 4:
        return space + 1
    cut = limit
    while cut > max(1, limit - _LONGEST_CLUSTER) and _continues(sentence[cut]):
        cut -= 1
    return cut


def _continues(letter: str) -> bool:
    return unicodedata.category(letter)[0] == "M" or letter in _JOINERS
