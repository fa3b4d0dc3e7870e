"""Comments in Ogg files: Opus, Vorbis, FLAC in Ogg.

Source: RFC 3533 (pages and their check sums), RFC 7845, section 5.2 (``OpusTags``), and the Vorbis I specification,
section 5 (comments).
"""

from collections.abc import Iterator
from itertools import islice, takewhile

from comfyui_workflows.metadata.collected import Content
from comfyui_workflows.metadata.containers import OggPage, ogg_pages
from musings.files.metadata_removal.spans import Span, patched

START = b"OggS"
SUM = 22
PACKETS = {b"OpusTags": b"", b"\x03vorbis": b"\x01"}
"""How packets of comments begin, and what stands behind the count of the comments."""
FLAC, FLAC_COMMENTS, FLAC_HEAD = b"\x7fFLAC", 4, 4
MOST_COMMENT_PAGES = 2_000  # of 64 kB at most: far more than any workflow


def blanked(content: Content) -> Iterator[Span]:
    """Comments are counted as none, and zeros stand where they were."""
    flac: set[bytes] = set()
    done: set[bytes] = set()
    for page in _pages(content):
        serial, body = page.serial, page.first
        # Streams may lie between each other; of each the comments are one packet, and come once.
        if serial in done or body >= page.last:
            continue
        name = next((name for name in PACKETS if content[body : body + len(name)] == name), None)
        if name is not None:
            done.add(serial)
            yield from _packet(content, page, len(name), PACKETS[name])
        elif content[body : body + len(FLAC)] == FLAC:
            flac.add(serial)
        elif serial in flac and content[body] & 0x7F == FLAC_COMMENTS:
            done.add(serial)
            yield from _packet(content, page, FLAC_HEAD, b"")


def _packet(content: Content, begins: OggPage, head: int, framing: bytes) -> Iterator[Span]:
    """The packet that begins with a page, on all its pages. ``head``: bytes of its name."""
    places: list[tuple[int, int]] = []  # where the packet stands in the file
    touched: list[OggPage] = []
    for page in _pages(content, begins.start):
        if page.serial != begins.serial:
            continue
        # A segment that is not full ends the packet, and the packet after it may begin on the same page.
        mine = next((count for count, size in enumerate(page.sizes, 1) if size < 255), len(page.sizes))
        places.append((page.first, page.first + sum(page.sizes[:mine])))
        touched.append(page)
        if mine and page.sizes[mine - 1] < 255:
            break
    packet = b"".join(content[first:last] for first, last in places)
    spans = list(_spread(_without_comments(packet, head, framing), places))
    yield from spans
    # Last: a check sum is over its page as it is then.
    for page in touched:
        left = patched(content[page.start : page.last], page.start, [*spans, Span(page.start + SUM, bytes(4))])
        yield Span(page.start + SUM, checksum(left).to_bytes(4, "little"))


def _without_comments(packet: bytes, head: int, framing: bytes) -> bytes:
    """The packet with its vendor, which says what wrote the file, and with no comment."""
    vendor = int.from_bytes(packet[head : head + 4], "little")
    kept = packet[: head + 4 + vendor]
    if len(kept) + 4 + len(framing) > len(packet):  # a vendor that is as long as all of it is none
        kept = packet[:head] + bytes(4)
    return (kept + bytes(4) + framing).ljust(len(packet), b"\0")[: len(packet)]


def _spread(packet: bytes, places: list[tuple[int, int]]) -> Iterator[Span]:
    for first, last in places:
        yield Span(first, packet[: last - first])
        packet = packet[last - first :]


def _pages(content: Content, start: int = 0) -> Iterator[OggPage]:
    """Those that are whole: a page that is cut off has no check sum to keep."""
    return islice(takewhile(lambda page: page.last <= len(content), ogg_pages(content, start)), MOST_COMMENT_PAGES)


def _shifted(value: int) -> int:
    for _ in range(8):
        value = (value << 1 ^ 0x04C11DB7) if value & 0x80000000 else value << 1
    return value & 0xFFFFFFFF


_TABLE: list[int] = []


def checksum(page: bytes) -> int:
    """The CRC-32 of Ogg: the polynomial 0x04C11DB7, neither reflected nor inverted."""
    if not _TABLE:
        _TABLE.extend(_shifted(byte << 24) for byte in range(256))
    found = 0
    for byte in page:
        found = (found << 8 & 0xFFFFFFFF) ^ _TABLE[found >> 24 ^ byte]
    return found
