"""Texts in WebM and Matroska files: their tags. Pure.

Source: RFC 9559 (Matroska), section 5.1.8, and RFC 8794 (EBML), section 4: each element has an id, a size and its
content; ids and sizes begin with as many zero bits as bytes follow.
"""

from comfyui_workflows.metadata.collected import MOST_TEXT, CollectedTexts, Content, decoded
from comfyui_workflows.metadata.containers import ebml_elements

SEGMENT, TAGS, TAG, SIMPLE_TAG = 0x18538067, 0x1254C367, 0x7373, 0x67C8
NAME, TEXT = 0x45A3, 0x4487
CONTAINERS = (SEGMENT, TAGS, TAG, SIMPLE_TAG)
DEEPEST = 8


def read(content: Content, found: CollectedTexts) -> None:
    """Collect the tags of a file."""
    _walk(content, 0, len(content), found, 0)


def _walk(content: Content, start: int, end: int, found: CollectedTexts, depth: int) -> None:
    name = text = ""
    for element in found.within_bounds(ebml_elements(content, start, end, CONTAINERS)):
        kind, first, last = element.kind, element.first, element.last
        if kind in CONTAINERS and depth < DEEPEST:
            _walk(content, first, last, found, depth + 1)
        elif kind == NAME:
            name = decoded(content[first : min(last, first + 200)])
        elif kind == TEXT:
            text = decoded(content[first : min(last, first + MOST_TEXT)])
    if name:
        found.keep(name, text)
