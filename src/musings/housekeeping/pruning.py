"""Removal for good, of what the rules choose: tombstone, then files, then rows.

A kill at any moment is harmless: what has a tombstone is out of sight, and the next run finishes it. ``at_step`` is
called between the steps, by name, so that a test can end the process there.
"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from musings import logs
from musings.config.media import RetentionSettings
from musings.errors import DiskFullError, PathError, StoreError
from musings.files.artifact_store import ArtifactStore
from musings.housekeeping.retention import Expired, Reason, RetentionRules, due_for_removal
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import removal, uploads
from musings.store.gallery.removal import Removable

STEPS = ("tombstoned", "deleted", "cleared", "removed")
UPLOADS_FOR = timedelta(days=1)
FULL_BYTES = 100_000  # left on a disk that has no room for a transaction
AT_ONCE = 200  # prompts between two looks at whether to stop


@dataclass(frozen=True)
class Removed:
    """What a run did. ``left`` are prompts whose row something that we do not know holds on to."""

    prompts: tuple[int, ...]
    files: int
    bytes: int
    left: tuple[int, ...] = ()


def rules_of(retention: RetentionSettings) -> RetentionRules:
    """The settings as rules; a gigabyte is 10^9 bytes."""
    return RetentionRules(
        max_age=None if retention.max_age_days is None else timedelta(days=retention.max_age_days),
        max_bytes=None if retention.max_gigabytes is None else int(retention.max_gigabytes * 1e9),
        kinds=retention.kinds,
        keep_starred=retention.keep_starred,
        trash=timedelta(days=retention.trash_days),
    )


def plan(database: Database, root: ArtifactStore, rules: RetentionRules, now: datetime | None = None) -> list[Expired]:
    """What a run would remove now. Every file is looked at only where its size decides."""
    now = now or times.now()
    only_trash = rules.max_age is None and rules.max_bytes is None
    holdings = database.reading(removal.holdings, only_trash=only_trash)
    looked_at = holdings
    if rules.max_bytes is None:
        looked_at = [expired.held for expired in due_for_removal(holdings, {}, rules, now)]
    return due_for_removal(holdings, _sizes(root, looked_at), rules, now)


def trash_plan(database: Database, root: ArtifactStore, ids: Sequence[int] = ()) -> list[Expired]:
    """Everything in the trash, or of it only ``ids``, as something to remove now."""
    holdings = [each for each in database.reading(removal.holdings, only_trash=True) if not ids or each.id in ids]
    sizes = _sizes(root, holdings)
    return [Expired(each, Reason.EMPTIED, sum(sizes.get(path, 0) for path in set(each.paths))) for each in holdings]


def prune(
    database: Database,
    root: ArtifactStore,
    expired: Sequence[Expired],
    rules: RetentionRules,
    *,
    stopping: Callable[[], bool] = lambda: False,
    at_step: Callable[[str], None] = lambda step: None,
) -> Removed:
    """Remove what a plan chose, unless it was starred, restored or queued again meanwhile.

    Also finishes what an earlier run began. Raises ``StoreError`` when files cannot be removed; what had its tombstone
    by then stays out of sight and goes at the next run.
    """
    if expired:
        _check_there(database, root)
    done = finish(database, root, stopping=stopping, at_step=at_step)
    for start in range(0, len(expired), AT_ONCE):
        if stopping():
            break
        some = expired[start : start + AT_ONCE]
        by_hand = [each.held.id for each in some if each.held.in_trash]
        _mark_trash(database, root, by_hand)
        others = [each.held.id for each in some if not each.held.in_trash]
        database.writing(removal.mark_kept, others, starred_too=not rules.keep_starred)
        at_step("tombstoned")
        done = _sum(
            done, _finish(database, root, list(database.reading(removal.tombstones).items()), stopping, at_step)
        )
    return done


def finish(
    database: Database,
    root: ArtifactStore,
    *,
    stopping: Callable[[], bool] = lambda: False,
    at_step: Callable[[str], None] = lambda step: None,
) -> Removed:
    """Remove the files and then the rows of everything that has its tombstone. Raises as ``prune``."""
    waiting = list(database.reading(removal.tombstones).items())
    if waiting:
        _check_there(database, root)
    return _finish(database, root, waiting, stopping, at_step)


def _finish(
    database: Database,
    root: ArtifactStore,
    waiting: Sequence[tuple[int, tuple[str, ...]]],
    stopping: Callable[[], bool],
    at_step: Callable[[str], None],
) -> Removed:
    done = Removed((), 0, 0)
    for start in range(0, len(waiting), AT_ONCE):
        if stopping():
            break
        some = waiting[start : start + AT_ONCE]
        files = size = 0
        for _, paths in some:
            deleted = root.delete(paths, lambda: at_step("deleted"))
            files, size = files + deleted.files, size + deleted.bytes
        at_step("cleared")
        ids = [prompt_id for prompt_id, _ in some]
        gone = database.writing(removal.remove, ids)
        at_step("removed")
        left = tuple(each for each in ids if each not in gone)
        if left:
            logs.get("housekeeping").warning("rows are held by a table of another program", prompts=left)
        done = _sum(done, Removed(tuple(gone), files, size, left))
    return done


def prune_uploads(database: Database, root: ArtifactStore, now: datetime | None = None) -> tuple[int, int]:
    """Remove uploads that nothing names and nobody used for a day; how many, and their bytes."""
    if not root.is_there():
        return 0, 0
    before = (now or times.now()) - UPLOADS_FOR
    root.clear_received(before)
    if not database.reading(uploads.are_idle, before):
        return 0, 0
    return database.writing(uploads.prune, root, before)


def _sizes(root: ArtifactStore, holdings: Sequence[Removable]) -> dict[str, int]:
    """The bytes of the files that are there, by path."""
    found = ((path, _size_of(root, path)) for path in {path for each in holdings for path in each.paths})
    return {path: size for path, size in found if size is not None}


def _size_of(root: ArtifactStore, path: str) -> int | None:
    """The bytes of the file that a row names; None when it is not there."""
    try:
        return root.stat(path).bytes
    except PathError:
        return None


def _mark_trash(database: Database, root: ArtifactStore, ids: Sequence[int]) -> None:
    """The tombstone for what is in the trash, also where the database is on the full disk that this is to free.

    Then no row can be written before there is room. So files go first, those of one prompt after the other: they were
    thrown away by hand, and a kill leaves a row in the trash, which goes with the next run.
    """
    for each in ids:
        try:
            database.writing(removal.mark_trash, ids)
        except DiskFullError:
            free = root.free_bytes()
            if free is None or free > FULL_BYTES:  # another disk, whose files would go in vain
                raise
            root.delete(database.reading(removal.trash_paths, each))
        else:
            return
    database.writing(removal.mark_trash, ids)


def _check_there(database: Database, root: ArtifactStore) -> None:
    """Before a tombstone, that what it promises can be done: the files are on their disk, and it can be written.

    A disk that is not mounted looks as if every file had gone; their rows must not follow them.
    """
    paths = [path for each in database.reading(removal.holdings) for path in each.paths]
    if not root.is_there() or (paths and all(_size_of(root, path) is None for path in paths)):
        raise StoreError(
            f"None of the {len(paths)} files that the rows name is in the {root.name}.",
            hint="Is its disk mounted? Nothing is removed meanwhile. If they are lost: `musings check-files --repair`.",
        )
    # To remove is what a full disk needs.
    with contextlib.suppress(DiskFullError):
        root.prepare()


def _sum(one: Removed, other: Removed) -> Removed:
    return Removed(one.prompts + other.prompts, one.files + other.files, one.bytes + other.bytes, one.left + other.left)
