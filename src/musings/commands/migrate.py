"""Bring the database to the shape that this version needs. Twice is harmless."""

import argparse

from musings.commands.opening import open_database, print_json, say, settings_for
from musings.errors import UsageError
from musings.store import schema
from musings.store.database import Database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--db", metavar="FILE", help="another database than the configured one")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments, {"database.path": arguments.db})
    path = settings.database.path
    if arguments.db is not None and not path.exists():
        raise UsageError(f"There is no database {path}.")
    before = None
    if path.exists():
        database = Database(path)
        try:
            before = schema.version(database)
            if before is not None and before > schema.HEAD:
                raise schema.newer(database, before)
        finally:
            database.close()
    if not arguments.dry_run:
        with open_database(settings):
            pass
    report = {
        "database": str(path),
        "from": before,
        "to": schema.HEAD,
        "changed": before != schema.HEAD and not arguments.dry_run,
    }
    if arguments.json:
        print_json(report)
    elif before == schema.HEAD:
        say(f"{path} is at version {before} already.")
    else:
        would = "would go" if arguments.dry_run else "went"
        say(f"{path} {would} from version {before or 'none'} to {schema.HEAD}.")
    return 0
