"""Delivery: every notice to every channel once, with patience. Addresses are secrets and are never repeated."""

import socket
from collections.abc import Callable, Sequence
from datetime import timedelta

from musings import logs
from musings.backoff import backoff
from musings.store import times
from musings.store.alerts import notices
from musings.store.alerts.notices import Notice, Waiting
from musings.store.database import Database

Send = Callable[[str, Notice], bool]
"""Gives a notice to the channel of an address; whether it was taken. Raises nothing."""

FIRST_SECONDS = 30.0
LONGEST_SECONDS = 3600.0
CLAIM_SECONDS = 120.0
GIVE_UP = timedelta(days=3)


def channels_of(urls: Sequence[str]) -> list[str]:
    """Names for channels that may be stored and shown: their place and their kind, such as ``1:mailto``."""
    return [f"{place}:{url.partition(':')[0].strip().lower()[:20]}" for place, url in enumerate(urls, 1)]


def addresses_of(urls: Sequence[str]) -> dict[str, str]:
    """The address of each channel by its name. Never stored nor shown."""
    return dict(zip(channels_of(urls), urls, strict=True))


def deliver(database: Database, urls: Sequence[str], send: Send) -> int:
    """Give every notice whose time has come to the channels that lack it; returns how many were taken by all."""
    by_name = addresses_of(urls)
    done = 0
    for found in database.reading(notices.waiting):
        now = times.now()
        if found.at is not None and now < found.at < now + timedelta(days=1):  # farther: the clock was set back
            continue
        claimed = database.writing(notices.claim, found, now + timedelta(seconds=CLAIM_SECONDS))
        if claimed is not None:
            done += _deliver(database, claimed, by_name, send)
    return done


def _deliver(database: Database, found: Waiting, by_name: dict[str, str], send: Send) -> bool:
    log = logs.get("alerts")
    wanted = [name for name in found.left if name in by_name]  # another one was taken out of the configuration
    signed = Notice(
        f"Musings: {found.notice.title}", f"{found.notice.body}\n({socket.gethostname()})", found.notice.level
    )
    left = [name for name in wanted if not send(by_name[name], signed)]
    now = times.now()
    if left and found.since is not None and now - found.since > GIVE_UP:
        log.error("a notice is given up", title=found.notice.title, channels=left)
        database.writing(notices.drop, found)
        return False
    wait = backoff(max(1, found.tries), FIRST_SECONDS, LONGEST_SECONDS)
    database.writing(notices.settle, found, left, now + timedelta(seconds=wait))
    if left:
        log.warning("a notice was not taken", title=found.notice.title, channels=left, again_in_seconds=wait)
    return not left
