"""Restore a backup: everything is checked first, and the database that it replaces is kept beside it.

SOURCE is a folder that `musings backup` made, a folder of such folders (the newest counts), or a bare database file.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from musings.commands.opening import open_database, report, settings_for, show_warnings
from musings.config.settings import Settings
from musings.sqlite import restore, schema
from musings.sqlite.location import where
from musings.store import times
from musings.store.housekeeping import media_roots


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="SOURCE", type=Path, help="a folder that musings backup made")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments)
    show_warnings(settings)
    source = arguments.source.expanduser().absolute()
    checked = restore.check(source, schema.HEAD)
    done = _restored(settings, checked)
    report(arguments, lambda: vars(done), _lines(str(where(settings.database)), done))
    return 0


def _lines(place: str, done: restore.Restored) -> Iterator[str]:
    yield f"{place} is now what {done.source} holds: {done.rows.get('prompts', 0):,} prompts."
    if done.replaced is not None:
        yield f"  the database that was there is kept as {done.replaced}"
    yield f"  {done.copied:,} files copied, {done.already_there:,} were there already"
    if done.kept is not None:
        yield f"  files of other content that stood in their places are kept in {done.kept}"
    if done.missing:
        yield f"  {len(done.missing)} files are neither here nor in the backup, such as {done.missing[0]}"


def _restored(settings: Settings, checked: restore.CheckedBackup) -> restore.Restored:
    """Under the worker's lock: a worker that runs would write into what is being replaced."""
    database = where(settings.database)
    database.make_folder()
    lock = database.lock()
    lock.acquire()
    try:
        done = restore.restore(checked, database.file, settings.media_root, times.now())
    finally:
        lock.release()
    # Opened, because a backup of an earlier version is brought to ours at once.
    with open_database(settings) as opened:
        # It may have been used with this root on a disk that is lost: a new one is no sign of a disk that is away.
        opened.writing(media_roots.forget)
    return done
