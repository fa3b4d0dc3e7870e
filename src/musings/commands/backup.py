"""Back up the database and a manifest of the media; --media takes the files along. The worker may go on meanwhile.

DEST is the folder to make, or an existing folder to make it in; without it, `backups` beside the database.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from musings.commands.opening import report, settings_for, show_warnings
from musings.sqlite import backup
from musings.sqlite.location import where
from musings.store import times


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dest", nargs="?", metavar="DEST", type=Path, help="where to")
    parser.add_argument("--media", action="store_true", help="with the files themselves")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments)
    show_warnings(settings)
    database, now = where(settings.database), times.now()
    destination = arguments.dest or database.backup_folder(now)
    made = backup.make(
        database.file, settings.media_root, destination.expanduser().absolute(), media=arguments.media, now=now
    )
    report(arguments, lambda: vars(made), _lines(made))
    return 0


def _lines(made: backup.Made) -> Iterator[str]:
    yield f"{made.folder}"
    yield (
        f"  {made.rows.get('prompts', 0):,} prompts, {made.rows.get('writings', 0):,} writings; the copy was checked"
    )
    files = "copied" if made.media_included else "listed with their sums, not copied (--media does)"
    yield f"  {made.files:,} files, {made.media_bytes / 1e6:,.1f} MB, {files}"
    if made.missing:
        yield f"  {len(made.missing)} files that rows name were not there, such as {made.missing[0]}"
