"""Start nothing new; what runs finishes."""

import argparse

from musings.commands.opening import open_database, report, settings_for
from musings.store.queue import pause


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    with open_database(settings_for(arguments)) as database:
        database.writing(pause.set_paused, True)
    report(arguments, lambda: {"paused": True}, ["The queue is paused."])
    return 0
