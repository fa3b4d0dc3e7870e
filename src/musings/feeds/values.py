"""What a feed says, whatever its format."""

import re
from dataclasses import dataclass
from datetime import datetime
from html import escape

FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (section 2.2) has no way to write; JSON readers do without it as well."""


@dataclass(frozen=True)
class FeedFile:
    """``bytes`` is the length of the file, ``seconds`` how long it plays, where that is known.

    ``chapters`` is the address of its chapters, where it has any; ``title`` tells it from others of an entry.
    """

    url: str
    media_type: str
    bytes: int
    seconds: float | None = None
    chapters: str | None = None
    title: str | None = None

    @property
    def plays(self) -> bool:
        return self.media_type.startswith(("audio/", "video/"))


@dataclass(frozen=True)
class FeedEntry:
    """``uid`` is a URI that stays; ``words`` what was asked for, ``text`` what was written; times are UTC."""

    uid: str
    title: str
    words: str
    text: str | None
    published: datetime
    files: tuple[FeedFile, ...] = ()
    cover: str | None = None

    @property
    def html(self) -> str:
        # Of our own making: nothing of a row is markup here.
        parts = [f'<p><img src="{escape(self.cover)}" alt=""></p>'] if self.cover else []
        parts.append(f"<p>{escape(plain(self.words))}</p>")
        if self.text:
            parts += [f"<p>{escape(each)}</p>".replace("\n", "<br>") for each in re.split(r"\n{2,}", plain(self.text))]
        return "".join(parts)


@dataclass(frozen=True)
class Feed:
    """``url`` is the address of this document, ``home`` that of the page, ``icon`` a square picture."""

    uid: str
    title: str
    url: str
    home: str
    icon: str
    updated: datetime
    entries: tuple[FeedEntry, ...]


def plain(text: str) -> str:
    """The same without what no reader could be sent."""
    return FORBIDDEN.sub("", text)
