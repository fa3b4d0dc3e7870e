"""Tags and titles of WebM and Matroska files.

Source: RFC 8794 (EBML: ids, sizes, ``Void``), RFC 9559 (Matroska: ``Segment``, ``Info``, ``Tags``).
"""

from collections.abc import Iterator
from itertools import islice

from comfyui_workflows.metadata.collected import MOST_PARTS, Content
from comfyui_workflows.metadata.containers import ebml_elements
from musings.files.metadata_removal.spans import Span

START = b"\x1aE\xdf\xa3"
CONTAINERS = SEGMENT, INFO = 0x18538067, 0x1549A966
TEXTS = TAGS, TAG, TITLE = 0x1254C367, 0x7373, 0x7BA9
VOID = 0xEC
LARGEST_HEAD = 9
DEEPEST = 8


def blanked(content: Content) -> Iterator[Span]:
    """Each element of texts becomes a void one of the same length."""
    return _within(content, 0, len(content), 0)


def _within(content: Content, start: int, end: int, depth: int) -> Iterator[Span]:
    for element in islice(ebml_elements(content, start, end, CONTAINERS), MOST_PARTS):
        if element.kind in CONTAINERS and depth < DEEPEST:
            yield from _within(content, element.first, element.last, depth + 1)
        # Found behind the pictures as well: programs write them where they end. What is in tags of unknown size, and
        # behind pictures of unknown size, follows as if it stood beside them.
        elif element.kind in TEXTS and element.last > element.first:
            yield Span(element.start, void(element.last - element.start))


def void(size: int) -> bytes:
    """An element of ``size`` bytes in all, two at least, that says nothing."""
    # A size of eight bytes does not fit into an element that is shorter than its own head.
    if size < LARGEST_HEAD:
        return bytes([VOID, 0x80 | size - 2]) + bytes(size - 2)
    return bytes([VOID, 0x01]) + (size - LARGEST_HEAD).to_bytes(7, "big") + bytes(size - LARGEST_HEAD)
