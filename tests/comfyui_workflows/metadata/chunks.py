"""Parts of files, built by hand: what no library writes."""

import struct


def chunk(kind: bytes, data: bytes, length: int | None = None) -> bytes:
    """A chunk of a PNG, perhaps with a length that is not its own."""
    return struct.pack(">I", len(data) if length is None else length) + kind + data + bytes(4)


def box(kind: bytes, data: bytes, size: int | None = None) -> bytes:
    """A box of an MP4."""
    return struct.pack(">I", len(data) + 8 if size is None else size) + kind + data


def element(kind: int, data: bytes) -> bytes:
    """An element of a Matroska, its size in eight bytes."""
    return kind.to_bytes((kind.bit_length() + 7) // 8, "big") + (1 << 56 | len(data)).to_bytes(8, "big") + data


def frame(kind: bytes, data: bytes, *, sevens: bool) -> bytes:
    """A frame of an ID3 tag; ``sevens``: sizes as version 2.4 writes them."""
    return kind + (seven_bits(len(data)) if sevens else struct.pack(">I", len(data))) + bytes(2) + data


def tag(version: int, frames: bytes, flags: int = 0) -> bytes:
    """An ID3 tag of version 2.``version``."""
    return b"ID3" + bytes((version, 0, flags)) + seven_bits(len(frames)) + frames


def seven_bits(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))
