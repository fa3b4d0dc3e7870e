"""Bring the database to the shape that this version needs: the owner's own, or one of an earlier Musings.

A checked copy of it is put beside it first. Twice is harmless; --dry-run tells the same and changes nothing.
"""

import argparse
from pathlib import Path

from musings.commands.opening import report, settings_for, show_warnings
from musings.errors import UsageError
from musings.sqlite import schema
from musings.sqlite.location import where


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--db", metavar="FILE", help="another database than the configured one")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, on a copy")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    given = Path(arguments.db).expanduser().absolute() if arguments.db else None  # the shell's folder counts
    settings = settings_for(arguments, {"database.path": given})
    show_warnings(settings)
    place = where(settings.database)
    if given is not None and not place.exists():
        raise UsageError(f"There is no database {place}.")
    if not arguments.dry_run:
        place.make_folder()
    database = place.open()
    try:
        done = schema.migrate(database, settings.media_root, rehearse=arguments.dry_run)
    finally:
        database.close()
    report(arguments, done.as_json, [done.as_words()])
    return 0
