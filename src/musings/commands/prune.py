"""Remove what the retention lets go: old media, media beyond the size, and the trash whose time is over."""

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

from musings.commands.opening import open_database, report, settings_for
from musings.files.media_root import media_root_of
from musings.housekeeping import mounting, pruning
from musings.housekeeping.pruning import Removed
from musings.housekeeping.retention import Expired
from musings.store import times
from musings.store.database import Database
from musings.store.queue import leaps
from musings.store.queue.leaps import Clock


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="list what would go, and change nothing")
    parser.add_argument("--older-than", type=float, metavar="DAYS", help="in place of media.retention.max_age_days")
    parser.add_argument("--max-gigabytes", type=float, metavar="GB", help="in place of media.retention.max_gigabytes")
    parser.add_argument("--kinds", metavar="KINDS", help="comma list of image, music, voice, video, text")
    parser.add_argument(
        "--trust-clock", action="store_true", help="the time of this machine is right, although it leapt ahead"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    section = "media.retention"
    kinds = None if arguments.kinds is None else [name.strip() for name in arguments.kinds.split(",")]
    overrides = {
        f"{section}.max_age_days": arguments.older_than,
        f"{section}.max_gigabytes": arguments.max_gigabytes,
        f"{section}.kinds": kinds,
    }
    settings = settings_for(arguments, overrides)
    root, rules = media_root_of(settings), pruning.rules_of(settings.media.retention)
    with open_database(settings) as database:
        mounting.expect_known(database, root)
        clock = _clock(database, arguments)
        expired = pruning.plan(database, root, rules, clock.sure)
        done = None if arguments.dry_run else pruning.prune(database, root, expired, rules)
        if done is not None:
            pruning.prune_uploads(database, root, clock.sure)
    unsure = {"unsure_seconds": clock.unsure.total_seconds()} if clock.leaps else {}
    report(arguments, lambda: {**as_json(expired, done), **unsure}, _lines(expired, done, clock))
    return 0


def _clock(database: Database, arguments: argparse.Namespace) -> Clock:
    """The time to go by. A dry run writes nothing."""
    if arguments.dry_run:
        return Clock(times.now()) if arguments.trust_clock else database.reading(leaps.look)
    return database.writing(leaps.trust if arguments.trust_clock else leaps.note)


def _lines(expired: Sequence[Expired], done: Removed | None, clock: Clock) -> Iterator[str]:
    if clock.leaps:
        hours = clock.unsure.total_seconds() / 3600
        yield (
            f"The clock leapt ahead by {hours:,.1f} hours since somebody looked. Until it has gone on for a day nothing"
            " goes for its age by that; if it is right, --trust-clock says so."
        )
    for each in expired:
        when = f"{each.held.finished_at:%Y-%m-%d}" if each.held.finished_at else "?"
        kind = each.held.kind or "?"
        yield f"{each.held.id:>6}  {kind:<6} {when}  {size_in_words(each.bytes):>9}  {each.reason}: {each.held.text}"
    yield from summary(expired, done)


def as_json(expired: Sequence[Expired], done: Removed | None) -> dict[str, Any]:
    """The plan, and what was done of it; ``removed`` is null for a dry run."""
    planned = [
        {
            "id": each.held.id,
            "kind": each.held.kind,
            "prompt_text": each.held.text,
            "finished_at": each.held.finished_at and each.held.finished_at.isoformat(),
            "why": each.reason.name.lower(),
            "bytes": each.bytes,
        }
        for each in expired
    ]
    removed = done and {"ids": done.prompts, "files": done.files, "bytes": done.bytes, "left": done.left}
    return {"planned": planned, "bytes": sum(each.bytes for each in expired), "removed": removed}


def summary(expired: Sequence[Expired], done: Removed | None) -> Iterator[str]:
    if done is None:
        freed = size_in_words(sum(each.bytes for each in expired))
        yield f"{len(expired)} prompts would go, which frees {freed}. Nothing was changed."
        return
    yield f"{len(done.prompts)} prompts went with {done.files} files: {size_in_words(done.bytes)} are free again."
    for prompt_id in done.left:
        yield f"Prompt {prompt_id} has lost its files, but a table of another program holds on to its row."


def size_in_words(count: int) -> str:
    """Bytes for people: ``1.2 MB``, in powers of 1000."""
    size, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 999.5:
            break
        size, unit = size / 1000, larger
    return f"{size:.0f} {unit}" if unit == "B" or size >= 99.5 else f"{size:.1f} {unit}"
