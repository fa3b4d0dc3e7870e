"""Queue a failed or cancelled prompt again, or with --failed every failed one."""

import argparse

from musings.commands.opening import open_database, prompt_id, report, settings_for
from musings.errors import UsageError
from musings.requests.stored_makers import makers_of
from musings.store.gallery import prompts
from musings.store.queue import retries


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", type=prompt_id, nargs="?", metavar="ID", help="the number of a prompt")
    parser.add_argument("--failed", action="store_true", help="every failed prompt")
    parser.add_argument("--latest", action="store_true", help="with the workflow file as it is now, not as it was then")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    if (arguments.id is None) is not arguments.failed:
        raise UsageError("Name one prompt, or give --failed.")
    if arguments.failed and arguments.latest:
        raise UsageError("--latest is for one prompt.")
    settings = settings_for(arguments)
    with open_database(settings) as database:
        if arguments.failed:
            ids = database.writing(retries.retry_all_failed)
        else:
            version = None
            if arguments.latest:
                version = makers_of(settings, database).latest_of(database.reading(prompts.get, arguments.id))
            ids = [database.writing(retries.retry, arguments.id, version).id]
    words = f"Queued again: {', '.join(map(str, ids)) or 'nothing had failed'}."
    report(arguments, lambda: {"retried": ids}, [words])
    return 0
