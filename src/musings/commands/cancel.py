"""Cancel a waiting prompt at once, or ask a running one to stop."""

import argparse

from musings.commands.opening import is_remote, open_database, prompt_id, report, settings_for
from musings.commands.show import as_json
from musings.late import importing
from musings.store.queue import cancellation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", type=prompt_id, metavar="ID", help="the number of a prompt")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    if is_remote(arguments):
        with importing():
            from musings.commands import remote
        return remote.cancel(arguments)
    settings = settings_for(arguments)
    with open_database(settings) as database:
        prompt = database.writing(cancellation.cancel, arguments.id)
        asked = "is asked to stop" if prompt.cancel_requested else "is cancelled"
        report(arguments, lambda: as_json(database, prompt, settings), [f"Prompt {prompt.id} {asked}."])
    return 0
