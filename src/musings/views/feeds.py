"""Addresses of feeds, as the API sends them and the command line prints them."""

from typing import Literal

from pydantic import BaseModel

from musings.models import Kind
from musings.store.access.feeds import MUSINGS, FeedAddress
from musings.views.schemas import Time

FeedKind = Kind | Literal["musing"]
FORMATS = ("atom", "json", "podcast.xml")


class FeedMeta(BaseModel):
    """Without its address, which is shown when it is made. ``kind`` and ``tag`` are null for everything."""

    id: int
    name: str
    kind: FeedKind | None
    tag: str | None
    state: Literal["usable", "revoked"]
    created_at: Time
    last_used_at: Time | None


class FeedSecret(FeedMeta):
    """Who has one of these addresses may read the feed and the files in it."""

    atom: str
    json_feed: str
    podcast: str


class FeedList(BaseModel):
    items: list[FeedMeta]
    next_cursor: str | None = None


def feed_meta(found: FeedAddress) -> FeedMeta:
    return FeedMeta(
        id=found.id,
        name=found.name,
        kind=_kind(found),
        tag=found.tag,
        state="usable" if found.revoked_at is None else "revoked",
        created_at=found.created_at,
        last_used_at=found.last_used_at,
    )


def _kind(found: FeedAddress) -> FeedKind | None:
    if found.kind == MUSINGS:
        return "musing"
    return Kind(found.kind) if found.kind in set(Kind) else None


def with_addresses(found: FeedAddress, base: str, secret: str) -> FeedSecret:
    """``base`` is the address of the server, without a stroke at its end."""
    atom, json_feed, podcast = (f"{base}/feeds/{secret}.{each}" for each in FORMATS)
    return FeedSecret(**feed_meta(found).model_dump(), atom=atom, json_feed=json_feed, podcast=podcast)
