"""What waits, what runs, what failed, and whether a worker lives."""

import argparse
from collections.abc import Iterator, Sequence

from musings.commands.opening import open_database, report, settings_for
from musings.engine.liveness import is_alive
from musings.makers.choice import Makers
from musings.models import Prompt
from musings.mqtt.standing import in_words
from musings.store.gallery import lists
from musings.store.gallery.defaults import WorkflowDefaults
from musings.views import present, schemas


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments)
    with open_database(settings) as database:
        makers = Makers(settings, defaults=WorkflowDefaults(database))
        stats = present.queue_stats(database, makers, is_alive, settings.hours_of_kinds())
        failed = database.reading(lists.listing, lists.PromptFilter(statuses=["failed"]), 5, None).items
        pending = database.reading(lists.listing, lists.PromptFilter(statuses=["pending"]), 50, None).items
        mqtt = in_words(settings, database)
    report(arguments, lambda: {**stats.model_dump(mode="json"), "mqtt": mqtt}, _lines(stats, pending, failed, mqtt))
    return 0


def _lines(
    stats: schemas.QueueStats, pending: Sequence[Prompt], failed: Sequence[Prompt], mqtt: str | None
) -> Iterator[str]:
    yield "Worker: " + _worker_in_words(stats.worker)
    yield (
        "Queue: "
        + ("paused, " if stats.paused else "")
        + ", ".join(f"{n} {name}" for name, n in stats.by_status.items())
    )
    if stats.disk_message:
        yield stats.disk_message
    if stats.hours_message:
        yield stats.hours_message[0].upper() + stats.hours_message[1:]
    if mqtt is not None:
        yield f"MQTT: {mqtt}"
    for kind, counts in sorted(stats.by_kind.items()):
        yield f"  {kind}: " + ", ".join(f"{n} {name}" for name, n in sorted(counts.items()))
    for running in stats.running:
        stage = f", {running.progress.stage}" if running.progress else ""
        yield f"Running: {running.id} ({running.kind}{stage}) {running.prompt_text[:60]}"
    for prompt in [each for each in pending if each.waiting_reason][:5]:
        yield f"Waits: {prompt.id} ({prompt.prompt_type}) {prompt.waiting_reason}"
    for prompt in failed:
        yield f"Failed: {prompt.id} ({prompt.prompt_type}) {prompt.error_message}"


def _worker_in_words(worker: schemas.WorkerState | None) -> str:
    if worker is None or worker.message == present.NOBODY:
        return "none runs"
    return f"at work (process {worker.pid})" if worker.alive else f"none runs; {worker.message}"
