"""HEIC pictures of several builds, which no library here writes: a picture as HEVC, and the boxes around it."""

from base64 import b64decode
from dataclasses import dataclass


def box(kind: bytes, data: bytes) -> bytes:
    return (len(data) + 8).to_bytes(4, "big") + kind + data


# One grey gradient of 64 by 64 pixels as HEVC: how it is to be decoded, and its bytes. Written once, by libx265, and
# not anew for each run: the muxer of FFmpeg refuses it now and then, and some builds of FFmpeg lack that encoder.
RECIPE = b64decode(
    "AAAAdGh2Y0MBAWAAAACQAAAAAAAe8AD8/fj4AAAPAyAAAQAYQAEMAf//AWAAAAMAkAAAAwAAAwAelZgJIQABACdCAQEBYAAAAwCQ"
    "AAADAAADAB6gIIEFllZpJMrmgIAAAAMAgAAABQQiAAEAB0QBwXK0IkA="
)
PICTURE = b64decode("AAAAFygBrwpg+Zu4aER6Lh9YgWoq2pJQo3JW")


@dataclass(frozen=True)
class Still:
    """How a HEIC is built. ``texts`` are items of XMP; ``version`` and ``base_size`` are those of ``iloc``."""

    texts: tuple[bytes, ...] = ()
    version: int = 0
    base_size: int = 0
    offset_size: int = 4
    meta_last: bool = False
    has_reference: bool = False
    extra: bytes = b""
    """More boxes in ``meta``."""

    def content(self) -> bytes:
        head = box(b"ftyp", b"heic\0\0\0\0mif1heic")
        data = box(b"mdat", b"".join((PICTURE, *self.texts)))
        before = len(head) + (0 if self.meta_last else len(self._meta(0)))
        meta = self._meta(before + 8)
        return head + (data + meta if self.meta_last else meta + data)

    def _meta(self, place: int) -> bytes:
        entries = [b"\x02\0\0\0\0\x01\0\0hvc1\0"]
        entries += [
            b"\x02\0\0\0" + (2 + number).to_bytes(2, "big") + b"\0\0mime\0application/rdf+xml\0"
            for number in range(len(self.texts))
        ]
        listed = b"".join(box(b"infe", each) for each in entries)
        ispe = box(b"ispe", bytes(4) + (64).to_bytes(4, "big") * 2)
        ipma = box(b"ipma", bytes(4) + b"\0\0\0\x01\0\x01\x02\x81\x02")
        return box(
            b"meta",
            bytes(4)
            + box(b"hdlr", bytes(8) + b"pict" + bytes(13))
            + box(b"pitm", bytes(4) + b"\0\x01")
            + self._places((PICTURE, *self.texts), place)
            + box(b"iinf", bytes(4) + len(entries).to_bytes(2, "big") + listed)
            + (box(b"iref", bytes(4) + box(b"base", b"\0\x01\0\x01\0\x01")) if self.has_reference else b"")
            + box(b"iprp", box(b"ipco", RECIPE + ispe) + ipma)
            + self.extra,
        )

    def _places(self, items: tuple[bytes, ...], place: int) -> bytes:
        wide = 4 if self.version == 2 else 2
        sizes = bytes([self.offset_size << 4 | 4, self.base_size << 4])
        out = bytes([self.version, 0, 0, 0]) + sizes + len(items).to_bytes(wide, "big")
        for number, item in enumerate(items, 1):
            base, offset = (place, 0) if self.base_size else (0, place)
            out += number.to_bytes(wide, "big") + (b"\0\0" if self.version else b"") + b"\0\0"
            out += base.to_bytes(self.base_size, "big") + b"\0\x01"
            out += offset.to_bytes(self.offset_size, "big") + len(item).to_bytes(4, "big")
            place += len(item)
        return box(b"iloc", out)
