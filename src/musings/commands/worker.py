"""Work through the queue: until stopped, or with --drain until nothing is left to do."""

import argparse
import signal
from collections.abc import Sequence

from musings.commands.opening import open_database, service_logs, settings_for
from musings.config import Settings
from musings.errors import UsageError
from musings.models import Kind
from musings.store.database import Database
from musings.worker import assemble
from musings.worker.interrupts import interrupts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--drain", action="store_true", help="end when the queue is empty")
    parser.add_argument("--only", metavar="KINDS", help="comma list of text, image, music, voice; or media")
    parser.add_argument("--concurrency", type=int, metavar="N", help="how many prompts at a time")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments, {"processing.concurrency.total": arguments.concurrency})
    kinds = kinds_named(arguments.only)
    service_logs(settings, "musings-worker")
    with open_database(settings) as database:
        return _work(settings, database, kinds, drain=arguments.drain)


def kinds_named(given: str | None) -> list[Kind]:
    """The kinds of a comma list; ``media`` means all but text."""
    names = (given or ",".join(Kind)).replace("media", "image,music,voice").split(",")
    try:
        return list(dict.fromkeys(Kind(name.strip()) for name in names))
    except ValueError as error:
        raise UsageError(f"--only {given}: the kinds are {', '.join(Kind)}, and media for all but text.") from error


def _work(settings: Settings, database: Database, kinds: Sequence[Kind], *, drain: bool) -> int:
    runner = assemble.runner(settings, database, kinds)
    with interrupts(runner.stop) as met:
        runner.run_queue_processor(drain=drain)
    return 130 if met == [signal.SIGINT] else 0
