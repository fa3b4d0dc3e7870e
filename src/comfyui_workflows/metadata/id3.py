"""Texts in MP3 files: ID3 tags of version 2. Pure.

Source: id3.org, "ID3 tag version 2.3.0" and "2.4.0 - Main Structure", "2.4.0 - Native Frames". FFmpeg keeps what has no
frame of its own in ``TXXX``: an encoding, a name, and the text.
"""

from comfyui_workflows.metadata.collected import MOST_TEXT, CollectedTexts, Content, decoded

HEAD = 10
UNSYNCHRONISED, EXTENDED = 0x80, 0x40
ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")
WIDE = (1, 2)


def read(content: Content, found: CollectedTexts) -> None:
    """Collect the named texts and the comments of a file that begins with an ID3 tag."""
    if len(content) < HEAD:
        return  # cut off within the head
    version, flags, size = content[3], content[5], synchsafe_number(content[6:10])
    data = content[HEAD : HEAD + min(size, 4 * MOST_TEXT)]
    if flags & UNSYNCHRONISED and version < 4:
        data = data.replace(b"\xff\0", b"\xff")
    place = _extended(data, version) if flags & EXTENDED else 0
    while place + HEAD <= len(data) and data[place : place + 1] != b"\0" and found.another():
        kind = data[place : place + 4]
        # Since 2.4 the bytes of a size have seven bits each.
        raw = data[place + 4 : place + 8]
        length = synchsafe_number(raw) if version >= 4 else int.from_bytes(raw, "big")
        frame = data[place + HEAD : place + HEAD + length]
        if version >= 4 and data[place + 9] & 0x02:
            frame = frame.replace(b"\xff\0", b"\xff")
        if kind == b"TXXX":
            found.keep(*_named(frame[:1], frame[1:]))
        elif kind == b"COMM":
            # A language of three letters stands before the name.
            found.keep("comment", _named(frame[:1], frame[4:])[1])
        place += HEAD + length


def _named(encoding: bytes, data: bytes) -> tuple[str, str]:
    number = encoding[0] if encoding and encoding[0] < len(ENCODINGS) else 0
    if number not in WIDE:
        name, _, text = data.partition(b"\0")
        # Many programs write UTF-8 and call it Latin-1.
        return decoded(name), decoded(text)
    end = next((at for at in range(0, len(data) - 1, 2) if data[at : at + 2] == b"\0\0"), len(data))
    name, text = data[:end], data[end + 2 :]
    return name.decode(ENCODINGS[number], "replace"), text.decode(ENCODINGS[number], "replace")


def _extended(data: bytes, version: int) -> int:
    """The length of an extended header: with itself since 2.4, without before."""
    return synchsafe_number(data[:4]) if version >= 4 else 4 + int.from_bytes(data[:4], "big")


def synchsafe_number(raw: bytes) -> int:
    """The number of bytes that have seven bits each (2.4.0, section 6.2)."""
    number = 0
    for byte in raw:
        number = number << 7 | byte & 0x7F
    return number
