"""Check configuration, database, disk, workflows and worker; exit code 1 when something stops prompts."""

import argparse
from dataclasses import asdict

from musings.commands.opening import print_json, say, settings_for
from musings.doctor import Level, test_configuration

MARKS = {Level.OK: "ok     ", Level.WARNING: "warning", Level.FAILURE: "FAILURE"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    findings = test_configuration(settings_for(arguments))
    if arguments.json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            mend = f"\n         {finding.mend}" if finding.mend else ""
            say(f"{MARKS[finding.level]}  {finding.what}: {finding.detail}{mend}")
    return 1 if any(finding.level is Level.FAILURE for finding in findings) else 0
