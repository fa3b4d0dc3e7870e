"""What was found in a file: its texts by name, within bounds. Pure."""

from collections.abc import Iterable, Iterator
from itertools import takewhile
from mmap import mmap
from typing import TypeVar

Part = TypeVar("Part")

Content = bytes | mmap
"""A whole file. A mapped one is read where it is looked at, which matters for films."""

# The largest official templates have half a megabyte; this leaves room, and no bomb becomes larger.
MOST_TEXT = 4_000_000
"""Characters of one text."""
MOST_TEXTS = 16_000_000
"""Characters of all texts of a file together."""
# A picture of a gigapixel has some ten thousand chunks, a film of a day as many clusters.
MOST_PARTS = 100_000
"""Parts of a file that are looked at: chunks, boxes, frames."""


class CollectedTexts:
    """Texts by name in small letters; of two with one name the first stays."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self._room = MOST_TEXTS
        self._parts = MOST_PARTS

    def keep(self, name: str, text: str) -> None:
        """Keep a text, unless it is empty, too long, or one too many."""
        name, text = name.strip().lower(), text.strip("\0 \r\n\t")
        if text and len(text) <= min(MOST_TEXT, self._room):
            self._room -= len(text)
            self.texts.setdefault(name, text)

    def within_bounds(self, parts: Iterable[Part]) -> Iterator[Part]:
        """As many of these as may still be looked at."""
        return takewhile(lambda _part: self.another(), parts)

    def another(self) -> bool:
        """Whether one more part may be looked at."""
        self._parts -= 1
        return self._parts >= 0


def decoded(raw: bytes) -> str:
    """A text whose encoding nobody wrote down: UTF-8, else Latin-1, in which every byte is a letter."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
