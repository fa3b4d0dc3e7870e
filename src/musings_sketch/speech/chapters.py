"""Chapters of a long speech: where its paragraphs begin, by the times at which the pieces were put together. Pure."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

LEAST_SECONDS = 30.0
"""A paragraph that begins sooner after the last chapter belongs to it: nobody leaps by less."""
TITLE_CHARACTERS = 60


@dataclass(frozen=True)
class Chapter:
    """``start`` is in seconds from the beginning; ``title`` are the first words that are spoken there."""

    start: float
    title: str


def chapters(texts: Sequence[str], starts: Mapping[int, float]) -> tuple[Chapter, ...]:
    """``texts`` are the pieces, ``starts`` when each begins (s), by its place; one that is not heard has none.

    A speech that would have one chapter has none.
    """
    found: list[Chapter] = []
    begins = True
    for number, text in enumerate(texts):
        if begins and number in starts:
            start = starts[number] if found else 0.0  # the silence before the first word is the first chapter's
            if not found or start - found[-1].start >= LEAST_SECONDS:
                title = textwrap.shorten(text, TITLE_CHARACTERS, placeholder="…")
                found.append(Chapter(round(start, 3), title or text.strip()[:TITLE_CHARACTERS]))
            begins = False
        begins = begins or text.endswith("\n\n")
    return tuple(found) if len(found) > 1 else ()


def facts(found: Sequence[Chapter]) -> dict[str, Any]:
    """As the metadata of an artifact has them; nothing where there are none."""
    return {"chapters": [asdict(each) for each in found]} if found else {}
