"""Texts in a TIFF structure, as EXIF has them; what says how a picture is to be turned and coloured stays.

Source: TIFF 6.0, section 2 (image file directories), and CIPA DC-008 (EXIF 2.32), section 4.6.
"""

from collections.abc import Iterator

from comfyui_workflows.metadata.collected import Content
from musings.files.metadata_removal.spans import Span, zeros

ORDERS = {b"II*\0": "little", b"MM\0*": "big"}
# Bytes of a value, by its type: BYTE, ASCII, SHORT, LONG, RATIONAL, the signed ones, FLOAT, DOUBLE.
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
TEXTS = (1, 2, 7)
POINTERS = (0x8769, 0x8825, 0xA005)  # EXIF, GPS, interoperability
ENTRY = 12
MOST_DIRECTORIES, MOST_ENTRIES = 16, 1_000


def blanked(content: Content, start: int, end: int) -> Iterator[Span]:
    """The values that may hold a text, of all directories of the structure between two places."""
    if content[start : start + 6] == b"Exif\0\0":
        start += 6
    order = ORDERS.get(content[start : start + 4])
    if order is None:
        # Whatever it is, it is no EXIF that anybody needs.
        yield zeros(start, end)
        return

    def number(place: int, size: int) -> int:
        return int.from_bytes(content[place : min(place + size, end)], order)  # type: ignore[arg-type]

    waiting, seen = [start + number(start + 4, 4)], set[int]()
    while waiting and len(seen) < MOST_DIRECTORIES:
        place = waiting.pop()
        if place in seen or not start < place < end:
            continue
        seen.add(place)
        count = min(number(place, 2), MOST_ENTRIES)
        for entry in range(place + 2, min(place + 2 + count * ENTRY, end - ENTRY + 1), ENTRY):
            tag, kind, size = number(entry, 2), number(entry + 2, 2), number(entry + 4, 4)
            size *= SIZES.get(kind, 1)
            # Orientation, resolution and colours are numbers, so that a picture without its texts looks the same.
            if tag in POINTERS:
                waiting.append(start + number(entry + 8, 4))
            elif kind in TEXTS or kind not in SIZES:
                # A short value stands in the entry itself.
                first = entry + 8 if size <= 4 else start + number(entry + 8, 4)
                if start < first < end:
                    yield zeros(first, min(first + size, end))
        waiting.append(start + number(place + 2 + count * ENTRY, 4))
