"""Texts in JPEG files.

Source: ITU-T T.81, annex B (markers and segments); the EXIF (CIPA DC-008), XMP (ISO 16684-1, part 3) and IPTC segments.
Colour profiles (APP2) and what is signed (C2PA's APP11) stay as they came.
"""

from collections.abc import Iterator
from itertools import islice

from comfyui_workflows.metadata.collected import MOST_PARTS, Content
from comfyui_workflows.metadata.containers import jpeg_segments
from musings.files.metadata_removal import tiff
from musings.files.metadata_removal.spans import Span, zeros

START = b"\xff\xd8\xff"
EXIF = b"Exif\0\0"
APP1, APP13, COMMENT = b"\xe1", b"\xed", b"\xfe"


def blanked(content: Content) -> Iterator[Span]:
    """The values of EXIF texts, and whole other segments that hold texts, are zeros."""
    for segment in islice(jpeg_segments(content), MOST_PARTS):
        first, last = segment.first, min(segment.last, len(content))
        if segment.kind == APP1 and content[first : first + len(EXIF)] == EXIF:
            yield from tiff.blanked(content, first, last)
        elif segment.kind in (APP1, APP13, COMMENT):
            yield zeros(first, last)
