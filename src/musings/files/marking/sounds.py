"""XMP in MP3 and AAC, and a comment in FLAC, Opus and Vorbis, which have no place for XMP; chapters in all of them.

Source: XMP specification, part 3, section 1.2.6 (the ID3v2 frame ``PRIV`` with the owner ``XMP``); "ID3 tag version
2.4.0 – Main Structure" and "2.3.0"; RFC 9639, section 8.6; RFC 3533; RFC 7845, section 5.2; the Vorbis I specification,
section 5.
"""

from collections.abc import Sequence
from itertools import islice, takewhile

from comfyui_workflows.metadata.collected import MOST_PARTS, Content
from comfyui_workflows.metadata.containers import FLAC_LAST, OGG_HEAD, OggPage, flac_blocks, ogg_pages
from comfyui_workflows.metadata.id3 import synchsafe_number
from musings.files.marking.chapters import FIELD as CHAPTER_FIELD
from musings.files.marking.chapters import FileChapter, bodies, comments, frame, synchsafe
from musings.files.marking.edits import Edit, inserted
from musings.files.marking.xmp import FIELD, TOOL, Mark, comment, packet
from musings.files.metadata_removal.ogg import MOST_COMMENT_PAGES, PACKETS, SUM, checksum

ID3, ID3_HEAD, FRAME_HEAD = b"ID3", 10, 10
OWNER = b"XMP\0"
CHAPTER_FRAMES = (b"CHAP", b"CTOC")
FLAC_COMMENTS = b"\x04"
LARGEST_TAG, LARGEST_BLOCK = (1 << 28) - 1, (1 << 24) - 1
FULL = 255
"""Bytes of a segment that another follows, and segments of a page."""


Chapters = Sequence[FileChapter]


def flac(content: Content, mark: Mark | None, chapters: Chapters = ()) -> list[Edit]:
    """More comments."""
    blocks = list(islice(flac_blocks(content), MOST_PARTS))
    if not blocks or blocks[-1].last > len(content):
        return []
    for block in blocks:
        if block.kind == FLAC_COMMENTS:
            found = _more_comments(content[block.first : block.last], mark, chapters)
            if found is None or len(found) > LARGEST_BLOCK:
                return []
            return [Edit(block.start + 1, block.last, len(found).to_bytes(3, "big") + found)]
    vendor = TOOL.encode()
    made = _more_comments(len(vendor).to_bytes(4, "little") + vendor + bytes(4), mark, chapters)
    if made is None:
        return []
    first = blocks[0]
    kind = content[first.start]
    # The first block is always the stream's, and what comes behind it takes over whether it is the last.
    return [
        Edit(first.start, first.start + 1, bytes([kind & ~FLAC_LAST])),
        inserted(first.last, bytes([FLAC_COMMENTS[0] | kind & FLAC_LAST]) + len(made).to_bytes(3, "big") + made),
    ]


def mpeg(content: Content, mark: Mark | None, chapters: Chapters = ()) -> list[Edit]:
    """Frames in the tag before the sound; a tag where there is none."""
    if content[:3] != ID3:
        # Some readers look for another frame behind the last one, and find that there is none.
        frames = _frames(mark, chapters, 4) + bytes(ID3_HEAD)
        return [inserted(0, ID3 + b"\x04\0\0" + synchsafe(len(frames)) + frames)]
    if len(content) < ID3_HEAD:
        return []
    version, flags, size = content[3], content[5], synchsafe_number(content[6:ID3_HEAD])
    end = ID3_HEAD + size
    # Of what is written otherwise (unsynchronised, extended) nothing is known that could be moved.
    behind = content[end : end + 2]
    if version not in (3, 4) or flags or len(behind) < 2 or behind[0] != 0xFF or behind[1] & 0xE0 != 0xE0:
        return []
    place = ID3_HEAD
    while place + FRAME_HEAD <= end and content[place]:
        raw = content[place + 4 : place + 8]
        length = synchsafe_number(raw) if version == 4 else int.from_bytes(raw, "big")
        name, first = content[place : place + 4], place + FRAME_HEAD
        if name == b"GEOB" and b"c2pa" in content[first : first + 60]:
            return []
        # What is there already is not said twice.
        mark = None if name == b"PRIV" and content[first : first + len(OWNER)] == OWNER else mark
        chapters = () if name in CHAPTER_FRAMES else chapters
        place = first + length
    frames = _frames(mark, chapters, version)
    if not frames or place > end or size + len(frames) > LARGEST_TAG:
        return []
    return [Edit(6, ID3_HEAD, synchsafe(size + len(frames))), inserted(place, frames)]


def ogg(content: Content, mark: Mark | None, chapters: Chapters = ()) -> list[Edit]:
    """More comments, on the pages that the comments have already: those behind them are numbered."""
    whole = takewhile(lambda page: page.last <= len(content), ogg_pages(content))
    pages = list(islice(whole, MOST_COMMENT_PAGES))
    for number, page in enumerate(pages):
        head = next((name for name in PACKETS if content[page.first : page.first + len(name)] == name), None)
        if head is not None:
            mine = [each for each in pages[number:] if each.serial == page.serial]
            return _commented(content, mine, head, mark, chapters)
    return []


def _commented(
    content: Content, pages: list[OggPage], head: bytes, mark: Mark | None, chapters: Chapters
) -> list[Edit]:
    counts: list[int] = []  # segments of the packet on each page
    for page in pages:
        counts.append(next((count for count, size in enumerate(page.sizes, 1) if size < FULL), len(page.sizes)))
        if page.sizes and page.sizes[counts[-1] - 1] < FULL:
            break
    pages = pages[: len(counts)]
    shares = [sum(page.sizes[:count]) for page, count in zip(pages, counts, strict=True)]
    packet_ = b"".join(content[page.first : page.first + share] for page, share in zip(pages, shares, strict=True))
    found = _more_comments(packet_[len(head) :], mark, chapters)
    if found is None:
        return []
    rest, edits = head + found, []
    for page, count, share in zip(pages, counts, shares, strict=True):
        is_last = page is pages[-1]
        body, rest = (rest, b"") if is_last else (rest[:share], rest[share:])
        sizes = _laced(len(body)) + page.sizes[count:] if is_last else page.sizes
        if len(sizes) > FULL:
            return []
        start = content[page.start : page.start + OGG_HEAD - 1] + bytes([len(sizes)]) + sizes
        made = start + body + content[page.first + share : page.last]
        made = made[:SUM] + bytes(4) + made[SUM + 4 :]
        edits.append(Edit(page.start, page.last, made[:SUM] + checksum(made).to_bytes(4, "little") + made[SUM + 4 :]))
    return edits


def _laced(length: int) -> bytes:
    """The sizes of the segments of a packet."""
    return bytes([FULL]) * (length // FULL) + bytes([length % FULL])


def _more_comments(block: bytes, mark: Mark | None, chapters: Chapters) -> bytes | None:
    """A list of comments with more; zeros behind it make room. None where it has them already, or is no list."""
    vendor = int.from_bytes(block[:4], "little")
    place = 8 + vendor
    count = int.from_bytes(block[4 + vendor : place], "little")
    if place > len(block) or count > MOST_PARTS:
        return None
    for _ in range(count):
        first = place + 4
        place = first + int.from_bytes(block[place:first], "little")
        if place > len(block):
            return None
        mark = None if block[first : first + len(FIELD) + 1].upper() == f"{FIELD}=".encode() else mark
        chapters = () if block[first : first + len(CHAPTER_FIELD)].upper() == CHAPTER_FIELD else chapters
    more = [comment(mark), *comments(chapters)] if mark else comments(chapters)
    if not more:
        return None
    added = b"".join(len(words).to_bytes(4, "little") + words for words in more)
    behind = block[place:]
    # Vorbis has a byte there that is not zero.
    framing, room = (behind[:1], behind[1:]) if behind[:1] == b"\x01" else (b"", behind)
    room = room[len(added) :] if not any(room) else room
    counted = (count + len(more)).to_bytes(4, "little")
    return block[: 4 + vendor] + counted + block[8 + vendor : place] + added + framing + room


def _frames(mark: Mark | None, chapters: Chapters, version: int) -> bytes:
    marked = frame(b"PRIV", OWNER + packet(mark), version) if mark else b""
    return marked + b"".join(frame(name, data, version) for name, data in bodies(chapters, version))
