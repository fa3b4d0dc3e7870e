"""Chapters of an episode, as podcast players fetch them: JSON chapters 1.2 of Podcasting 2.0.

https://github.com/Podcastindex-org/podcast-namespace/blob/main/chapters/jsonChapters.md
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from musings.feeds.values import plain

MEDIA_TYPE = "application/json+chapters"


@dataclass(frozen=True)
class ChapterMark:
    """``start`` is in seconds."""

    start: float
    title: str


def marks(metadata: object) -> tuple[ChapterMark, ...]:
    """The chapters in an artifact's metadata; none where they are no chapters: another program may have written it."""
    given = metadata.get("chapters") if isinstance(metadata, Mapping) else None
    found = [_mark(each) for each in given] if isinstance(given, list) else []
    return tuple(each for each in found if each is not None)


def render(found: Sequence[ChapterMark]) -> bytes:
    listed = [{"startTime": each.start, "title": plain(each.title)} for each in found]
    return json.dumps({"version": "1.2.0", "chapters": listed}, ensure_ascii=False).encode()


def _mark(given: Any) -> ChapterMark | None:
    start, title = (given.get("start"), given.get("title")) if isinstance(given, dict) else (None, None)
    if not isinstance(title, str) or not isinstance(start, int | float) or isinstance(start, bool):
        return None
    return ChapterMark(start, title) if math.isfinite(start) and start >= 0 else None
