"""A workflow somewhere in a file whose structure nobody knows, or that is broken. Pure.

Every program that writes one writes JSON after its name: ``workflow:{…}``, ``prompt={…}``, ``"prompt": {…}``.
"""

import json
import re

from comfyui_workflows.metadata.collected import MOST_TEXT, CollectedTexts, Content, decoded

START = re.compile(rb'(workflow|prompt|parameters|invokeai_metadata)"?\0?\s{0,8}[:=]?\s{0,8}(?=\{)', re.IGNORECASE)
# What a program adds to a file stands at its beginning or at its end.
LOOKED_AT = 8_000_000
"""Bytes at either end."""
MOST_STARTS = 32


def read(content: Content, found: CollectedTexts) -> None:
    """Collect whole JSON objects that stand behind a known name."""
    _part(content[:LOOKED_AT], found)
    if len(content) > LOOKED_AT:
        _part(content[max(LOOKED_AT, len(content) - LOOKED_AT) :], found)


def _part(data: bytes, found: CollectedTexts) -> None:
    for number, start in enumerate(START.finditer(data)):
        # A file may be made of nothing but beginnings.
        if number >= MOST_STARTS:
            return
        text = decoded(data[start.end() : start.end() + MOST_TEXT])
        try:
            _, end = json.JSONDecoder().raw_decode(text)
        except (ValueError, RecursionError):
            continue
        found.keep(start[1].decode(), text[:end])
