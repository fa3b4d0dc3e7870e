"""Compare the files of the media root with the rows that name them; --repair mends what can be mended.

A file that no row names is moved to .orphans, never deleted. A row whose file is gone is marked as missing. Previews
that are gone are made again.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from musings.commands.opening import open_database, report, settings_for
from musings.files.media_root import media_root_of
from musings.housekeeping.checking import CheckReport, Lack, check
from musings.media.facts import artifacts_of
from musings.models import ArtifactType, MadeFile, NewArtifact, Outcome

SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repair", action="store_true", help="mend what can be mended")
    parser.add_argument("--verify", action="store_true", help="read every file and compare its sha256")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments)
    with open_database(settings) as database:
        found = check(
            database,
            media_root_of(settings),
            verify=arguments.verify,
            repair=described if arguments.repair else None,
        )
    report(arguments, lambda: {**asdict(found), "clean": found.is_clean}, _lines(found))
    return 0 if found.is_clean else 1


def described(file: Path, kind: ArtifactType) -> NewArtifact:
    """What the worker says of a file that was just made, its preview below the file's folder."""
    [made] = artifacts_of(Outcome((MadeFile(file, kind),), ""), file.parent, "", lambda: None, marks=False)
    preview = made.preview_path.lstrip("/") if made.preview_path else None
    return NewArtifact(made.artifact_type, made.file_path, preview, made.metadata)


def _lines(report: CheckReport) -> Iterator[str]:
    yield f"{report.rows} rows name files; {report.files} files are there."
    done = report.repaired
    yield from _list(
        report.orphans, "files are named by no row", "moved to .orphans" if done else "--repair moves them aside"
    )
    yield from _list(
        _words(report.missing), "rows have lost their file", "marked as missing" if done else "--repair marks them"
    )
    yield from _list(_words(report.back), "rows have their file again", "unmarked" if done else "--repair unmarks them")
    yield from _list(
        _words(report.without_preview), "previews are gone", "made again" if done else "--repair makes them again"
    )
    yield from _list(_words(report.changed), "files are not what was recorded", "restore them from a backup")
    yield from _list(_words(report.failed), "could not be mended or read", "look at each")
    yield from _list(report.lost_uploads, "uploads have lost their file, or are not what was sent", "send them again")
    if report.is_clean:
        yield "All is well." if not done else "All is well now."


def _list(lines: Sequence[str], what: str, then: str) -> Iterator[str]:
    if not lines:
        return
    yield f"{len(lines)} {what} ({then}):"
    for line in lines[:SHOWN]:
        yield f"  {line}"
    if len(lines) > SHOWN:
        yield f"  … and {len(lines) - SHOWN} more; --json lists them all"


def _words(lacks: Sequence[Lack]) -> list[str]:
    return [f"prompt {each.prompt}: {each.path}{', ' + each.words if each.words else ''}" for each in lacks]
