"""Texts in FLAC and Ogg files: Vorbis comments. Pure.

Source: RFC 9639, section 8.6 (FLAC), RFC 3533 (Ogg pages), RFC 7845, section 5.2 (the comment header of Opus): a
vendor, a number, and so many texts ``NAME=value``, each after its length in four bytes, the least first.
"""

from comfyui_workflows.metadata.collected import MOST_TEXT, CollectedTexts, Content, decoded
from comfyui_workflows.metadata.containers import flac_blocks, ogg_pages

COMMENTS = b"\x04"
STARTS = (b"OpusTags", b"\x03vorbis")


def read_flac(content: Content, found: CollectedTexts) -> None:
    """Collect the comments of a FLAC."""
    for block in found.within_bounds(flac_blocks(content)):
        if block.kind == COMMENTS:
            _comments(content[block.first : block.last], found)


def read_ogg(content: Content, found: CollectedTexts) -> None:
    """Collect the comments of an Ogg: the second packet of its first stream."""
    packet, number = b"", 0
    for page in found.within_bounds(ogg_pages(content)):
        if page.serial == content[14:18]:
            at = page.first
            for size in page.sizes:
                packet += content[at : at + size] if number == 1 else b""
                at += size
                number += size < 255
        if number > 1 or len(packet) >= MOST_TEXT:
            break
    for begins in STARTS:
        if packet.startswith(begins):
            _comments(packet.removeprefix(begins), found)


def _comments(data: bytes, found: CollectedTexts) -> None:
    place = 4 + int.from_bytes(data[:4], "little")
    count = int.from_bytes(data[place : place + 4], "little")
    place += 4
    for _ in range(count):
        if place + 4 > len(data) or not found.another():
            return
        length = int.from_bytes(data[place : place + 4], "little")
        name, is_one, text = data[place + 4 : place + 4 + length].partition(b"=")
        if is_one:
            found.keep(decoded(name), decoded(text))
        place += 4 + length
