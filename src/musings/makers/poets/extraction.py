"""Finds the JSON object in what a model answered: bare, in a fence, or in the middle of prose. Pure.

Tolerates what models get wrong without a doubt about what was meant: a comma before a closing bracket, and line
breaks inside strings. JSON is RFC 8259.
"""

import json
import re
from collections.abc import Iterator

from musings.models import Json

MOST_CHARACTERS = 400_000
_MOST_STARTS = 200
_FENCE = re.compile(r"```[\w-]*[ \t]*\n(.*?)```", re.DOTALL)
_DECODER = json.JSONDecoder(strict=False)


def object_in(answer: str) -> dict[str, Json] | None:
    """The largest JSON object in a text, or None. A fenced one wins over others of the same size."""
    text = answer[:MOST_CHARACTERS]
    found = [pair for source in (*_FENCE.findall(text), text) for pair in _objects(source)]
    if not found:
        return None
    return max(found, key=lambda pair: pair[0])[1]


def without_trailing_commas(text: str) -> str:
    """The text without commas that stand before a closing bracket; strings are left alone."""
    kept: list[str] = []
    in_string = escaped = False
    for letter in text:
        if in_string:
            in_string = escaped or letter != '"'
            escaped = letter == "\\" and not escaped
        elif letter == '"':
            in_string = True
        elif letter in "]}":
            _drop_comma(kept)
        kept.append(letter)
    return "".join(kept)


def _drop_comma(kept: list[str]) -> None:
    last = len(kept) - 1
    while last >= 0 and kept[last].isspace():
        last -= 1
    if last >= 0 and kept[last] == ",":
        del kept[last]


def _objects(text: str) -> Iterator[tuple[int, dict[str, Json]]]:
    """Objects that do not lie in one another, each with its length in the text."""
    for source in (text, without_trailing_commas(text)):
        position = starts = 0
        while starts < _MOST_STARTS and (position := source.find("{", position)) >= 0:
            starts += 1
            try:
                value, end = _DECODER.raw_decode(source, position)
            except (ValueError, RecursionError):
                position += 1
                continue
            if isinstance(value, dict):
                yield end - position, value
            position = end
