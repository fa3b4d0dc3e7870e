"""Put prompts into the trash with what they made; a running one is stopped. `trash restore` brings them back."""

import argparse

from musings.commands.opening import open_database, prompt_id, report, settings_for
from musings.store.gallery import trash


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", type=prompt_id, nargs="+", metavar="ID", help="the numbers of prompts")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments)
    with open_database(settings) as database:
        for prompt_id in arguments.ids:
            database.writing(trash.discard, prompt_id)
    days = settings.media.retention.trash_days
    words = f"In the trash for {days:g} days: {', '.join(map(str, arguments.ids))}."
    report(arguments, lambda: {"deleted": arguments.ids}, [words])
    return 0
