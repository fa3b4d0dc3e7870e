"""Check whether everything is there that prompts need; exit code 1 when something stops them.

Configuration and permissions, database and clock, disk, libraries, poets, voice and ComfyUI servers, every workflow
file, the worker and the service.
"""

import argparse
from dataclasses import asdict

from musings.commands.opening import report, settings_for
from musings.config.settings import Settings
from musings.doctor import Finding, Level, test_configuration
from musings.sqlite import examination
from musings.sqlite.location import where

MARKS = {Level.OK: "ok     ", Level.WARNING: "warning", Level.FAILURE: "FAILURE"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--deep", action="store_true", help="read the whole database and look at every file")
    parser.add_argument("--repair", action="store_true", help="make the indexes of the database anew, then check")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments)
    if arguments.repair:
        _rebuild(settings)
    findings = test_configuration(settings, deep=arguments.deep or arguments.repair)
    report(arguments, lambda: [asdict(finding) for finding in findings], map(_line, findings))
    return 1 if any(finding.level is Level.FAILURE for finding in findings) else 0


def _line(finding: Finding) -> str:
    mend = f"\n         {finding.mend}" if finding.mend else ""
    return f"{MARKS[finding.level]}  {finding.what}: {finding.detail}{mend}"


def _rebuild(settings: Settings) -> None:
    """Under the worker's lock: whoever works on the queue would wait all the while."""
    database = where(settings.database)
    if not database.exists():
        return
    lock = database.lock()
    lock.acquire()
    try:
        examination.rebuild(database.file)
    finally:
        lock.release()
