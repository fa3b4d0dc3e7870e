"""The titles of a feed for the words of a schedule: fetched when it fires, never kept.

What comes from elsewhere is bounded and is words alone: nothing of it steers how a prompt is read.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from html import unescape
from xml.etree import ElementTree

from musings.errors import Fault, InvalidInputError, UnreachableError
from musings.models import JsonObject
from musings.schedules import making
from musings.schedules.making import Wanted
from musings.webhooks import destinations, sending

PLACEHOLDER = "{{headlines}}"
MOST = 20
USUAL = 5
MOST_BYTES = 2_000_000
TITLE_CHARACTERS = 200
SECONDS = 15.0
ENTRIES = ("item", "entry")
"""What RSS (all its versions) and Atom call one."""
_TAG = re.compile(r"<[^<>]{1,200}>")
# Dynamic prompts give braces, strokes and comments a meaning (docs/guide.md); a newspaper must not.
_PLAIN = str.maketrans({"{": "(", "}": ")", "|": "/", "\\": "/"})
_COMMENT = re.compile(r"/(?=[/*])")


@dataclass(frozen=True)
class HeadlineSource:
    """The address of a feed, and how many of its newest titles are taken."""

    feed: str
    most: int = USUAL


def as_json(wanted: Wanted, source: HeadlineSource | None) -> JsonObject:
    """What a schedule makes as it is stored, with its feed where it has one."""
    stored = making.as_json(wanted)
    return stored if source is None else {**stored, making.HEADLINES: {"feed": source.feed, "most": source.most}}


def filled(wanted: Wanted, request: JsonObject, allowed_hosts: Collection[str]) -> Wanted:
    """What is wanted, with what its feed has now in the place of the placeholder; ``request`` as it is stored.

    It may take seconds: never within a transaction. Raises ``UnreachableError`` where a feed does not answer or is
    none, and ``InvalidInputError``.
    """
    source = source_of(request)
    if source is None:
        return wanted
    words = making.words_of(wanted).replace(PLACEHOLDER, fetched(source, allowed_hosts))
    return making.with_words(wanted, words)


def source_of(request: JsonObject) -> HeadlineSource | None:
    """The feed of a schedule as it is stored. Raises ``InvalidInputError`` for what no version wrote."""
    given = request.get(making.HEADLINES)
    if given is None:
        return None
    feed, most = (given.get("feed"), given.get("most", USUAL)) if isinstance(given, dict) else (None, None)
    if not isinstance(feed, str) or not isinstance(most, int) or not 1 <= most <= MOST:
        raise InvalidInputError([Fault("request", "names headlines in a way that this version does not know")])
    return HeadlineSource(feed, most)


def checked(source: HeadlineSource | None, words: str, allowed_hosts: Collection[str]) -> None:
    """Raise ``InvalidInputError`` for a feed that could never be asked, or whose titles would go nowhere."""
    if source is None:
        if PLACEHOLDER in words:
            raise InvalidInputError([Fault("headlines", f"is missing: the words have {PLACEHOLDER}; name a feed")])
        return
    if PLACEHOLDER not in words:
        raise InvalidInputError([Fault("headlines", f"would go nowhere: write {PLACEHOLDER} into the words")])
    if not 1 <= source.most <= MOST:
        raise InvalidInputError([Fault("headlines.most", f"must be from 1 to {MOST}")])
    try:
        destinations.checked(source.feed, allowed_hosts)
    except InvalidInputError as error:
        # What its hints say is about webhooks, but for hosts of this network.
        hint = error.hint if "allowed_hosts" in (error.hint or "") else None
        raise InvalidInputError([Fault("headlines.feed", each.message) for each in error.faults], hint=hint) from error


def fetched(source: HeadlineSource, allowed_hosts: Collection[str]) -> str:
    """Its newest titles in one line. It takes up to ``SECONDS``: never within a transaction.

    Raises ``UnreachableError`` where the feed cannot be had, is none, or has no titles.
    """
    where = destinations.resolved(source.feed, allowed_hosts)
    found = list(titles(sending.fetch(where, SECONDS, MOST_BYTES), where.host))[: source.most]
    if not found:
        raise UnreachableError(f"The feed at {where.host} has no titles.")
    return "; ".join(found)


def titles(document: bytes, host: str) -> Iterator[str]:
    """The titles of the entries of an RSS or Atom document, in its order. Raises ``UnreachableError`` for any other."""
    # No feed needs one, and expansions are how a small file fills a memory.
    if b"<!ENTITY" in document:
        raise UnreachableError(f"What is at {host} declares entities, which is not read.")
    try:
        root = ElementTree.fromstring(document)  # noqa: S314 (bounded, without entities, and read by a patched expat)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise UnreachableError(f"What is at {host} is no RSS and no Atom ({error}).") from error
    for entry in root.iter():
        if _name(entry) not in ENTRIES:
            continue
        title = next((each for each in entry if _name(each) == "title"), None)
        if title is not None and (words := plain("".join(title.itertext()))):
            yield words


def plain(title: str) -> str:
    """The words of a title: without markup, in one line, not too long, and nothing that a prompt would obey."""
    # Tags first: what is escaped is meant to be read.
    words = unescape(_TAG.sub("", title)).translate(_PLAIN)
    words = " ".join(_COMMENT.sub("/ ", "".join(each if each.isprintable() else " " for each in words)).split())
    return words if len(words) <= TITLE_CHARACTERS else words[: TITLE_CHARACTERS - 1].rstrip() + "…"


def _name(element: ElementTree.Element) -> str:
    # Comments and instructions have a function in its place.
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
