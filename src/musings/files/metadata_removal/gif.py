"""Texts in GIF files.

Source: the GIF89a specification, sections 18 to 26, and the XMP specification, part 3, for its application block.
"""

from collections.abc import Iterator
from itertools import islice

from comfyui_workflows.metadata.collected import MOST_PARTS, Content
from musings.files.metadata_removal.spans import Span

START = b"GIF8"
EXTENSION, IMAGE = 0x21, 0x2C
COMMENT, PLAIN_TEXT, APPLICATION = 0xFE, 0x01, 0xFF
LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")
HEADER, DESCRIPTOR = 13, 10


def blanked(content: Content) -> Iterator[Span]:
    """Comments, and what programs added but for how often it repeats and its colours, are spaces."""
    place = HEADER + _table(content[10] if len(content) > HEADER else 0)
    blocks = _blocks(content, place)
    for label, start, end in islice(blocks, MOST_PARTS):
        if label == COMMENT or (label == APPLICATION and content[start + 1 : start + 12] not in LOOPS):
            yield from (Span(first, b" " * (last - first)) for first, last in _pieces(content, start, end))


def _blocks(content: Content, place: int) -> Iterator[tuple[int, int, int]]:
    """Each extension: its label, and where its sub-blocks begin and end."""
    while place + 2 < len(content):
        if content[place] == EXTENSION:
            end = _end(content, place + 2)
            yield content[place + 1], place + 2, end
        elif content[place] == IMAGE and place + DESCRIPTOR < len(content):
            end = _end(content, place + DESCRIPTOR + _table(content[place + 9]) + 1)
        else:
            return
        # What follows the last whole block is left: it shows nothing.
        place = end


def _table(flags: int) -> int:
    """Bytes of a table of colours."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _pieces(content: Content, place: int, end: int) -> Iterator[tuple[int, int]]:
    """What each sub-block holds. The name of the program, which is the first of an application, is not a text."""
    while place < end and place < len(content) and content[place]:
        last = min(place + 1 + content[place], len(content))
        yield place + 1, last
        place = last


def _end(content: Content, place: int) -> int:
    """Behind the sub-block that ends a row of them."""
    while place < len(content) and content[place]:
        place += 1 + content[place]
    return place + 1
