"""Removal for good, of what the rules choose: tombstone, then files, then rows.

A kill at any moment is harmless: what has a tombstone is out of sight, and the next run finishes it. ``at_step`` is
called between the steps, by name, so that a test can end the process there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from musings import logs
from musings.config.settings import RetentionSettings
from musings.errors import PathError, StoreError
from musings.files.media_root import MediaRoot
from musings.housekeeping.choosing import Going, Rules, Why, choose
from musings.housekeeping.files import clear_empty, size_of
from musings.sqlite.copying import sync
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import removal, uploads
from musings.store.gallery.removal import Held

STEPS = ("condemned", "unlinked", "cleared", "buried")
UPLOADS_FOR = timedelta(days=1)
AT_ONCE = 200  # prompts between two looks at whether to stop


@dataclass(frozen=True)
class Removed:
    """What a run did. ``left`` are prompts whose row something that we do not know holds on to."""

    prompts: tuple[int, ...]
    files: int
    bytes: int
    left: tuple[int, ...] = ()


def rules_of(retention: RetentionSettings) -> Rules:
    """The settings as rules; a gigabyte is 10^9 bytes."""
    return Rules(
        max_age=None if retention.max_age_days is None else timedelta(days=retention.max_age_days),
        max_bytes=None if retention.max_gigabytes is None else int(retention.max_gigabytes * 1e9),
        kinds=retention.kinds,
        keep_starred=retention.keep_starred,
        trash=timedelta(days=retention.trash_days),
    )


def plan(database: Database, root: MediaRoot, rules: Rules, now: datetime | None = None) -> list[Going]:
    """What a run would remove now. Every file is looked at only where its size decides."""
    now = now or times.now()
    only_trash = rules.max_age is None and rules.max_bytes is None
    holdings = database.reading(removal.holdings, only_trash=only_trash)
    looked_at = holdings
    if rules.max_bytes is None:
        looked_at = [going.held for going in choose(holdings, {}, rules, now)]
    return choose(holdings, _sizes(root, looked_at), rules, now)


def trash_plan(database: Database, root: MediaRoot, ids: Sequence[int] = ()) -> list[Going]:
    """Everything in the trash, or of it only ``ids``, as something to remove now."""
    holdings = [each for each in database.reading(removal.holdings, only_trash=True) if not ids or each.id in ids]
    sizes = _sizes(root, holdings)
    return [Going(each, Why.EMPTIED, sum(sizes.get(path, 0) for path in set(each.paths))) for each in holdings]


def prune(
    database: Database,
    root: MediaRoot,
    going: Sequence[Going],
    rules: Rules,
    *,
    stopping: Callable[[], bool] = lambda: False,
    at_step: Callable[[str], None] = lambda step: None,
) -> Removed:
    """Remove what a plan chose, unless it was starred, restored or queued again meanwhile.

    Also finishes what an earlier run began. Raises ``StoreError`` when files cannot be removed; what had its tombstone
    by then stays out of sight and goes at the next run.
    """
    if going:
        _check_there(database, root)
    done = finish(database, root, stopping=stopping, at_step=at_step)
    for start in range(0, len(going), AT_ONCE):
        if stopping():
            break
        some = going[start : start + AT_ONCE]
        by_hand = [each.held.id for each in some if each.held.in_trash]
        database.writing(removal.condemn_trash, by_hand)
        others = [each.held.id for each in some if not each.held.in_trash]
        database.writing(removal.condemn_kept, others, starred_too=not rules.keep_starred)
        at_step("condemned")
        done = _sum(done, _finish(database, root, list(database.reading(removal.condemned).items()), stopping, at_step))
    return done


def finish(
    database: Database,
    root: MediaRoot,
    *,
    stopping: Callable[[], bool] = lambda: False,
    at_step: Callable[[str], None] = lambda step: None,
) -> Removed:
    """Remove the files and then the rows of everything that has its tombstone. Raises as ``prune``."""
    waiting = list(database.reading(removal.condemned).items())
    if waiting:
        _check_there(database, root)
    return _finish(database, root, waiting, stopping, at_step)


def _finish(
    database: Database,
    root: MediaRoot,
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
            count, freed = _remove_files(root, paths, at_step)
            files, size = files + count, size + freed
        at_step("cleared")
        ids = [prompt_id for prompt_id, _ in some]
        gone = database.writing(removal.bury, ids)
        at_step("buried")
        left = tuple(each for each in ids if each not in gone)
        if left:
            logs.get("housekeeping").warning("rows are held by a table of another program", prompts=left)
        done = _sum(done, Removed(tuple(gone), files, size, left))
    return done


def prune_uploads(database: Database, root: MediaRoot, now: datetime | None = None) -> tuple[int, int]:
    """Remove uploads that nothing names and nobody used for a day; how many, and their bytes."""
    if not root.folder.is_dir():
        return 0, 0
    before = (now or times.now()) - UPLOADS_FOR
    uploads.clear_received(root, before)
    if not database.reading(uploads.are_idle, before):
        return 0, 0
    return database.writing(uploads.prune, root, before)


def _sizes(root: MediaRoot, holdings: Sequence[Held]) -> dict[str, int]:
    """The bytes of the files that are there, by path."""
    found = ((path, size_of(root, path)) for path in {path for each in holdings for path in each.paths})
    return {path: size for path, size in found if size is not None}


def _check_there(database: Database, root: MediaRoot) -> None:
    """Before a tombstone, that what it promises can be done: the files are on their disk, and it can be written.

    A disk that is not mounted looks as if every file had gone; their rows must not follow them.
    """
    paths = [path for each in database.reading(removal.holdings) for path in each.paths]
    if not root.folder.is_dir() or (paths and all(size_of(root, path) is None for path in paths)):
        raise StoreError(
            f"None of the {len(paths)} files that the rows name is in the media root {root.folder}.",
            hint="Is its disk mounted? Nothing is removed meanwhile. If they are lost: `musings check-files --repair`.",
        )
    root.prepare()


def _remove_files(root: MediaRoot, paths: Sequence[str], at_step: Callable[[str], None]) -> tuple[int, int]:
    """Remove files and the folders that they leave empty; how many files, and their bytes."""
    files = size = 0
    folders: set[Path] = set()
    for path in paths:
        try:
            found = root.find(path)
        except PathError:
            continue  # gone already, or never a path of ours
        try:
            size += found.stat().st_size
            found.unlink()
        except OSError as error:
            raise StoreError(
                f"The file {found} cannot be removed: {error.strerror}.",
                hint="Give this user the right to change the media root; the next run goes on.",
            ) from error
        files += 1
        folders.add(found.parent)
        at_step("unlinked")
    for folder in folders:
        sync(folder)
    for folder in folders:
        clear_empty(root.folder.resolve(), folder)
    return files, size


def _sum(one: Removed, other: Removed) -> Removed:
    return Removed(one.prompts + other.prompts, one.files + other.files, one.bytes + other.bytes, one.left + other.left)
