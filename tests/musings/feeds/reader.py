"""A feed reader of others."""

from typing import Any

import feedparser  # type: ignore[import-untyped]


def read(content: bytes) -> Any:
    """What the reader makes of a document; ``bozo`` is what it had to overlook."""
    return feedparser.parse(content)
