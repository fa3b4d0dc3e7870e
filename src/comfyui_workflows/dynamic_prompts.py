r"""Dynamic prompts: ``{a|b}`` is one of its choices, and comments are cut. Pure.

Source: what the official frontend (1.58.1) sends. ``// …`` and ``/* … */`` are cut first, wherever they stand (in an
address too: ``https:``). ``{a|b}`` becomes one of its choices, which may hold others; ``{a}`` becomes ``a``; ``\{``,
``\|`` and ``\}`` stand for the signs themselves.
"""

import re
from collections.abc import Callable

COMMENT = re.compile(r"/\*[\s\S]*?\*/|//.*")
ESCAPED = re.compile(r"\\([{}|])")
# Deeper than any prompt; a text of a million braces must not hold us.
DEEPEST = 50
Choose = Callable[[int], int]
"""Which of so many choices, from 0."""


def is_dynamic(text: str) -> bool:
    """Whether resolving a text may change it."""
    return bool(COMMENT.search(text)) or any(sign in text for sign in "{}\\")


def resolved(text: str, choose: Choose, depth: int = 0) -> str:
    """The text as it is sent, with ``choose`` asked once for each group."""
    text = COMMENT.sub("", text)
    if depth > DEEPEST:
        return text
    parts: list[str] = []
    place = 0
    while place < len(text):
        sign = text[place]
        if sign == "\\":
            parts.append(text[place : place + 2])
            place += 2
        elif sign == "{":
            choices, place = _choices(text, place + 1)
            parts.append(resolved(choices[choose(len(choices))], choose, depth + 1))
        else:
            end = _plain_until(text, place)
            parts.append(text[place:end])
            place = end
    return ESCAPED.sub(r"\1", "".join(parts))


def _plain_until(text: str, place: int) -> int:
    ends = [found for found in (text.find("\\", place), text.find("{", place)) if found >= 0]
    return min(ends, default=len(text))


def _choices(text: str, place: int) -> tuple[list[str], int]:
    """The choices of the group that begins here, and where it ends; a group that is never closed ends with the text."""
    choices, begin, depth = [], place, 0
    while place < len(text):
        sign = text[place]
        if sign == "\\":
            place += 2
            continue
        if sign == "}" and not depth:
            break
        if sign == "|" and not depth:
            choices.append(text[begin:place])
            begin = place + 1
        depth += {"{": 1, "}": -1}.get(sign, 0)
        place += 1
    choices.append(text[begin:place])
    return choices, place + 1
