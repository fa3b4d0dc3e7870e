"""Work through the queue: until stopped, or with --drain until nothing is left to do."""

import argparse
import contextlib
import signal
from collections.abc import Iterator, Sequence

from musings.commands.opening import open_database, service_logs, settings_for
from musings.config.settings import Settings
from musings.errors import DiskError, InfrastructureFault, StoreError, UsageError
from musings.models import Kind
from musings.process import end_with_parent
from musings.process.arenas import few_arenas
from musings.sqlite.due import is_by_hand
from musings.store.database import Database
from musings.store.queue import accounts, schedule
from musings.worker import assemble
from musings.worker.interrupts import interrupts
from musings.worker.running import Summary


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--drain", action="store_true", help="end when the queue is empty")
    parser.add_argument("--only", metavar="KINDS", help="comma list of text, image, music, voice, video; or media")
    parser.add_argument("--concurrency", type=int, metavar="N", help="how many prompts at a time")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments, {"processing.concurrency.total": arguments.concurrency})
    kinds = kinds_named(arguments.only)
    end_with_parent()
    few_arenas()
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
    noted = _noted_run(settings, database) if drain and not is_by_hand() else contextlib.nullcontext()
    with interrupts(runner.stop) as met, noted:
        summary = runner.run_queue_processor(drain=drain)
    if drain and not met:
        refuse_to_call_it_done(database, summary)
    return 130 if met == [signal.SIGINT] else 0


def refuse_to_call_it_done(database: Database, summary: Summary) -> None:
    """Raise ``DiskError`` after a run that a disk or the database kept from its work: a scheduler has to hear of it."""
    if summary.ended["unsettled"]:
        raise DiskError(
            f"The ends of {summary.ended['unsettled']} prompts could not be stored.",
            hint="Look at the disk of the database; the next run takes them up.",
        )
    if summary.ended[InfrastructureFault.stored_name]:
        waiting, reason = database.reading(accounts.waiting_for, "disk")
        if waiting:
            prompts = "1 prompt waits" if waiting == 1 else f"{waiting} prompts wait"
            raise DiskError(f"{prompts}: {reason}")


@contextlib.contextmanager
def _noted_run(settings: Settings, database: Database) -> Iterator[None]:
    """Write down that a run of a schedule was there, however it ends: between two runs nothing else tells."""
    with contextlib.suppress(StoreError):  # the run itself says it aloud
        database.writing(schedule.begin_run, settings.service.interval_minutes)
    try:
        yield
    finally:
        with contextlib.suppress(StoreError):
            database.writing(schedule.end_run)
