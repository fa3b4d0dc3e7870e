"""What waits, what runs, what failed, and whether a worker lives."""

import argparse

from musings.commands.opening import open_database, print_json, say, settings_for
from musings.makers.choice import Makers
from musings.store.gallery import lists
from musings.store.gallery.defaults import WorkflowDefaults
from musings.views import present
from musings.views.schemas import WorkerState


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments)
    with open_database(settings) as database:
        stats = present.queue_stats(database, Makers(settings, defaults=WorkflowDefaults(database)))
        failed = database.reading(lists.listing, lists.PromptFilter(statuses=["failed"]), 5, None).items
        pending = database.reading(lists.listing, lists.PromptFilter(statuses=["pending"]), 50, None).items
    if arguments.json:
        print_json(stats.model_dump(mode="json"))
        return 0
    say("Worker: " + _worker_in_words(stats.worker))
    say(
        "Queue: "
        + ("paused, " if stats.paused else "")
        + ", ".join(f"{n} {name}" for name, n in stats.by_status.items())
    )
    if stats.disk_message:
        say(stats.disk_message)
    for kind, counts in sorted(stats.by_kind.items()):
        say(f"  {kind}: " + ", ".join(f"{n} {name}" for name, n in sorted(counts.items())))
    for running in stats.running:
        stage = f", {running.progress.stage}" if running.progress else ""
        say(f"Running: {running.id} ({running.kind}{stage}) {running.prompt_text[:60]}")
    for prompt in [each for each in pending if each.waiting_reason][:5]:
        say(f"Waits: {prompt.id} ({prompt.prompt_type}) {prompt.waiting_reason}")
    for prompt in failed:
        say(f"Failed: {prompt.id} ({prompt.prompt_type}) {prompt.error_message}")
    return 0


def _worker_in_words(worker: WorkerState | None) -> str:
    if worker is None or worker.message == present.NOBODY:
        return "none runs"
    return f"at work (process {worker.pid})" if worker.alive else f"none runs; {worker.message}"
