"""Texts in GIF files.

Source: the GIF89a specification, sections 18 to 26, and the XMP specification, part 3, for its application block.
"""

from collections.abc import Iterator
from itertools import islice

from comfyui_workflows.metadata.collected import MOST_PARTS, Content
from comfyui_workflows.metadata.containers import gif_extensions
from musings.files.metadata_removal.spans import Span

START = b"GIF8"
COMMENT, APPLICATION = b"\xfe", b"\xff"
LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")


def blanked(content: Content) -> Iterator[Span]:
    """Comments, and what programs added but for how often it repeats and its colours, are spaces."""
    for part in islice(gif_extensions(content), MOST_PARTS):
        is_added = part.kind == APPLICATION and content[part.first + 1 : part.first + 12] not in LOOPS
        if part.kind == COMMENT or is_added:
            yield from (Span(first, b" " * (last - first)) for first, last in _pieces(content, part.first, part.last))


def _pieces(content: Content, place: int, end: int) -> Iterator[tuple[int, int]]:
    """What each sub-block holds. The name of the program, which is the first of an application, is not a text."""
    while place < end and place < len(content) and content[place]:
        last = min(place + 1 + content[place], len(content))
        yield place + 1, last
        place = last
