"""Tags of MP3 files, before and behind the sound.

Source: "ID3 tag version 2.4.0 – Main Structure", sections 3.1 to 3.4; ID3v1 is 128 bytes at the end that begin with
``TAG``; "APE Tags v2 – Specification" for its footer.
"""

from collections.abc import Iterator

from comfyui_workflows.metadata.collected import Content
from comfyui_workflows.metadata.id3 import synchsafe_number
from musings.files.metadata_removal.spans import Span, zeros

START = b"ID3"
HEAD = 10
EXTENDED, FOOTER = 0x40, 0x10
OLD, OLD_START = 128, b"TAG"
APE, APE_HEAD = b"APETAGEX", 32


def blanked(content: Content) -> Iterator[Span]:
    """All that stands in a tag is zeros, which ID3 calls padding."""
    place = 0
    while content[place : place + 3] == START and place + HEAD <= len(content):
        size = synchsafe_number(content[place + 6 : place + HEAD])
        flags = content[place + 5]
        # No extended header is left to be read, and zeros where one is announced would be read as its size.
        yield Span(place + 5, bytes([flags & ~EXTENDED]))
        end = min(place + HEAD + size, len(content))
        yield zeros(place + HEAD, end)
        place = end + (HEAD if flags & FOOTER else 0)
    end = len(content)
    # Players show the old tag where there is no other.
    if end >= OLD and content[end - OLD : end - OLD + len(OLD_START)] == OLD_START:
        yield zeros(end - OLD + len(OLD_START), end)
        end -= OLD
    footer = end - APE_HEAD
    if footer >= 0 and content[footer : footer + len(APE)] == APE:
        size = int.from_bytes(content[footer + 12 : footer + 16], "little")
        yield zeros(max(0, end - size), footer)
        # Of no items.
        yield zeros(footer + 16, footer + 20)
