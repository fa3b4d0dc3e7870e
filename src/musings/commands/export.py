"""Write one zip file with everything: JSON lines, the files, and a gallery that opens without a server."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from musings.archive import export
from musings.commands.opening import open_database, report, settings_for, show_warnings
from musings.files.media_root import media_root_of
from musings.sqlite.location import where
from musings.store import times


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dest", metavar="DEST.zip", type=Path, help="the file to write, or a folder to write it in")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments)
    show_warnings(settings)
    with open_database(settings):
        pass  # of our version, so that the gallery can be read from it
    destination = arguments.dest.expanduser().absolute()
    done = export.export(
        where(settings.database).file,
        media_root_of(settings),
        destination,
        times.now(),
        marks=settings.media.mark.exports,
    )
    report(arguments, lambda: vars(done), _lines(done))
    return 0


def _lines(done: export.Exported) -> Iterator[str]:
    yield f"{done.file}  ({done.bytes / 1e6:,.1f} MB)"
    yield (
        f"  {sum(done.rows.values()):,} rows of {len(done.rows)} tables, {done.files:,} files; open index.html in it"
    )
    if done.missing:
        yield f"  {len(done.missing)} files that rows name were not there; missing.txt names them"
