"""Compare the files of the media root with the rows that name them; --repair mends what can be mended.

A file that no row names is moved to .orphans, never deleted. A row whose file is gone is marked as missing. Previews
that are gone are made again.
"""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from musings.commands.opening import open_database, print_json, say, settings_for
from musings.files.media_root import MediaRoot
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
        report = check(
            database,
            MediaRoot(settings.media_root),
            verify=arguments.verify,
            repair=described if arguments.repair else None,
        )
    if arguments.json:
        print_json({**asdict(report), "clean": report.is_clean})
    else:
        _tell(report)
    return 0 if report.is_clean else 1


def described(file: Path, kind: ArtifactType) -> NewArtifact:
    """What the worker says of a file that was just made, its preview below the file's folder."""
    [made] = artifacts_of(Outcome((MadeFile(file, kind),), ""), file.parent, "", lambda: None)
    preview = made.preview_path.lstrip("/") if made.preview_path else None
    return NewArtifact(made.artifact_type, made.file_path, preview, made.metadata)


def _tell(report: CheckReport) -> None:
    say(f"{report.rows} rows name files; {report.files} files are there.")
    done = report.repaired
    _list(report.orphans, "files are named by no row", "moved to .orphans" if done else "--repair moves them aside")
    _list(_words(report.missing), "rows have lost their file", "marked as missing" if done else "--repair marks them")
    _list(_words(report.back), "rows have their file again", "unmarked" if done else "--repair unmarks them")
    _list(_words(report.without_preview), "previews are gone", "made again" if done else "--repair makes them again")
    _list(_words(report.changed), "files are not what was recorded", "restore them from a backup")
    _list(_words(report.failed), "could not be mended or read", "look at each")
    _list(report.lost_uploads, "uploads have lost their file, or are not what was sent", "send them again")
    if report.is_clean:
        say("All is well." if not done else "All is well now.")


def _list(lines: Sequence[str], what: str, then: str) -> None:
    if not lines:
        return
    say(f"{len(lines)} {what} ({then}):")
    for line in lines[:SHOWN]:
        say(f"  {line}")
    if len(lines) > SHOWN:
        say(f"  … and {len(lines) - SHOWN} more; --json lists them all")


def _words(lacks: Sequence[Lack]) -> list[str]:
    return [f"prompt {each.prompt}: {each.path}{', ' + each.words if each.words else ''}" for each in lacks]
