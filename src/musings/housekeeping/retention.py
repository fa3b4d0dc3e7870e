"""What may go: a decision about values, with no disk and no clock of its own."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from musings.models import Kind, PromptStatus
from musings.store.gallery.removal import Removable

FINAL = (PromptStatus.COMPLETED, PromptStatus.FAILED, PromptStatus.CANCELLED)


class Reason(StrEnum):
    """Why something goes."""

    TRASH = "its time in the trash is over"
    EMPTIED = "the trash is emptied"
    AGE = "it is older than the retention allows"
    SIZE = "the media take more room than the retention allows"


@dataclass(frozen=True)
class RetentionRules:
    """What the settings say. ``max_bytes`` bounds everything that rows name, starred things and the trash included."""

    max_age: timedelta | None
    max_bytes: int | None
    kinds: Collection[Kind]
    keep_starred: bool
    trash: timedelta


@dataclass(frozen=True)
class Expired:
    """A prompt that goes, why, and how many bytes of files go with it."""

    held: Removable
    reason: Reason
    bytes: int


def due_for_removal(
    holdings: Sequence[Removable], sizes: Mapping[str, int], rules: RetentionRules, now: datetime
) -> list[Expired]:
    """Which prompts go, in the order in which they do.

    ``sizes`` are the bytes of the files that are there, by path. First what was in the trash long enough; then what is
    too old; then, while the whole is too large, the trash from its oldest on, and after it the oldest of the rest. A
    starred prompt goes only when it was put into the trash and its time there is over, unless the rules say otherwise.
    """
    freed = _freed_by(holdings, sizes)
    expired: dict[int, Expired] = {}

    def take(those: Sequence[Removable], reason: Reason) -> None:
        for held in those:
            expired.setdefault(held.id, Expired(held, reason, freed(held)))

    take([each for each in holdings if _trash_is_over(each, rules, now)], Reason.TRASH)
    take([each for each in holdings if _may_go(each, rules) and _is_too_old(each, rules, now)], Reason.AGE)
    if rules.max_bytes is not None:
        named = {path for each in holdings for path in each.paths}
        left = sum(sizes.get(path, 0) for path in named) - sum(each.bytes for each in expired.values())
        for held in _by_age(holdings, rules):
            if left <= rules.max_bytes:
                break
            if held.id not in expired and freed(held):
                take([held], Reason.SIZE)
                left -= freed(held)
    return list(expired.values())


def _trash_is_over(held: Removable, rules: RetentionRules, now: datetime) -> bool:
    if not held.in_trash or held.deleted_at is None or held.status == PromptStatus.PROCESSING:
        return False
    return now - held.deleted_at >= rules.trash


def _may_go(held: Removable, rules: RetentionRules) -> bool:
    kept = held.starred and rules.keep_starred
    return not held.in_trash and not kept and held.kind in rules.kinds and held.status in FINAL


def _is_too_old(held: Removable, rules: RetentionRules, now: datetime) -> bool:
    if rules.max_age is None or held.finished_at is None or not held.paths:
        return False
    return now - held.finished_at > rules.max_age


def _by_age(holdings: Sequence[Removable], rules: RetentionRules) -> list[Removable]:
    """What may go for its size: the trash first, then the rest, each from the oldest on."""
    trash = [
        each
        for each in holdings
        if each.in_trash and each.status != PromptStatus.PROCESSING and not (each.starred and rules.keep_starred)
    ]
    rest = [each for each in holdings if _may_go(each, rules) and each.finished_at is not None]
    trash.sort(key=lambda each: (each.deleted_at.timestamp() if each.deleted_at else 0, each.id))
    rest.sort(key=lambda each: (each.finished_at.timestamp() if each.finished_at else 0, each.id))
    return trash + rest


def _freed_by(holdings: Sequence[Removable], sizes: Mapping[str, int]) -> Callable[[Removable], int]:
    """How much room each prompt gives back. A file that two prompts name stays for the other, so it gives none."""
    namers = Counter(path for each in holdings for path in set(each.paths))
    return lambda held: sum(sizes.get(path, 0) for path in set(held.paths) if namers[path] == 1)
