"""Texts in FLAC files.

Source: RFC 9639, section 8 (metadata blocks). A cover (``PICTURE``) stays.
"""

from collections.abc import Iterator
from itertools import islice

from comfyui_workflows.metadata.collected import MOST_PARTS, Content
from comfyui_workflows.metadata.containers import FLAC_LAST, flac_blocks
from musings.files.metadata_removal.spans import Span

START = b"fLaC"
PADDING, APPLICATION, COMMENTS = 1, b"\x02", b"\x04"


def blanked(content: Content) -> Iterator[Span]:
    """Each block of texts becomes padding of the same length."""
    for block in islice(flac_blocks(content), MOST_PARTS):
        if block.kind in (APPLICATION, COMMENTS):
            head = bytes([content[block.start] & FLAC_LAST | PADDING]) + content[block.start + 1 : block.first]
            yield Span(block.start, head + bytes(min(block.last, len(content)) - block.first))
