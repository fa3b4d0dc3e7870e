"""How many prompts a second go through the queue with a pipeline that does nothing, against the bare SQL statements."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.doubles import pipelines_of

from benchmarks.figures import Figure, milliseconds, percentile, timed
from musings import logs
from musings.config.settings import Settings, load
from musings.makers.base import Context
from musings.makers.choice import Makers
from musings.models import ArtifactType, Job, MadeFile, NewPrompt, Outcome
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store.database import Database
from musings.store.queue import submission
from musings.worker import assemble

PROMPTS = 400
BARE = (
    "UPDATE prompts SET status = 'processing', attempt = attempt + 1 WHERE id = (SELECT id FROM prompts WHERE"
    " status = 'pending' ORDER BY priority, id LIMIT 1) AND status = 'pending' RETURNING id",
    "INSERT INTO attempts (prompt_id, attempt, status, started_at) VALUES (:id, 1, 'running', '')",
    "INSERT INTO prompt_artifacts (prompt_id, artifact_type, file_path) VALUES (:id, 'text', 'text/x/0001.md')",
    "UPDATE prompts SET status = 'completed', artifact_metadata = '{}' WHERE id = :id AND attempt = 1",
    "UPDATE attempts SET status = 'completed' WHERE prompt_id = :id AND attempt = 1",
)


class Nothing:
    """A pipeline that leaves one small file."""

    name = "nothing"

    def run(self, job: Job, _context: Context) -> Outcome:
        path = job.directory / "0001.md"
        path.write_text("nothing\n", encoding="utf-8")
        return Outcome((MadeFile(path, ArtifactType.TEXT),), "nothing")


def measure(folder: Path) -> Iterator[Figure]:
    bare = PROMPTS / bare_seconds(folder / "bare")
    ours = PROMPTS / queue_seconds(folder / "ours")
    yield Figure("bare SQL statements of the same prompts", f"{bare:.0f} prompts/s")
    yield Figure("queue throughput, a pipeline that does nothing", f"{ours:.0f} prompts/s", "bare SQL", ours / bare)
    with opened(folder / "enqueue") as (_, database):
        taken = timed(lambda: database.writing(submission.add, NewPrompt("a fox in the snow", "image")), 1000)
    yield Figure("enqueue, p50", milliseconds(percentile(taken, 0.5)))
    yield Figure("enqueue, p99", milliseconds(percentile(taken, 0.99)))
    unseen = pickup_seconds(folder / "unseen", told=False)
    told = pickup_seconds(folder / "told", told=True)
    yield Figure("from another program's row to its start, idle worker, p50", milliseconds(unseen))
    yield Figure(
        "from a commit of ours to its start, idle worker, p50",
        milliseconds(told),
        "another program's row",
        told / unseen,
    )


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Settings, Database]]:
    """An empty house in a folder of its own."""
    folder.mkdir(parents=True)
    file = folder / "poets_cron_config.json"
    file.write_text('{"logging": {"level": "INFO"}, "processing": {"shutdown_seconds": 0.1}}')
    settings = load(file, {}, folder)
    database = open_database(settings.database.path)
    schema.ensure(database)
    try:
        yield settings, database
    finally:
        database.close()


def queue_seconds(folder: Path) -> float:
    with opened(folder) as (settings, database):
        logs.configure(settings.logging, "musings-worker", terminal=False)  # into the file, as a service does
        for n in range(PROMPTS):
            database.writing(submission.add, NewPrompt(f"fox {n}", "text"))
        runner = assemble.runner(settings, database, pipelines=nothing())
        began = time.perf_counter()
        runner.run_queue_processor(drain=True)
        return time.perf_counter() - began


def bare_seconds(folder: Path) -> float:
    with opened(folder) as (settings, database):
        for n in range(PROMPTS):
            database.writing(submission.add, NewPrompt(f"fox {n}", "text"))
        with closing(sqlite3.connect(settings.database.path, isolation_level=None)) as plain:
            plain.execute("PRAGMA synchronous = FULL")
            began = time.perf_counter()
            for _ in range(PROMPTS):
                plain.execute("BEGIN IMMEDIATE")
                [(prompt_id,)] = plain.execute(BARE[0]).fetchall()
                plain.execute(BARE[1], {"id": prompt_id})
                plain.execute("COMMIT")
                plain.execute("BEGIN IMMEDIATE")
                for statement in BARE[2:]:
                    plain.execute(statement, {"id": prompt_id})
                plain.execute("COMMIT")
            return time.perf_counter() - began


def pickup_seconds(folder: Path, *, told: bool) -> float:
    """From the insert to the call of the pipeline, in a worker that had nothing to do.

    ``told``: by another process of Musings, which wakes the worker; otherwise by a program that knows of no worker.
    """
    started = threading.Event()

    class Telling(Nothing):
        def run(self, job: Job, context: Context) -> Outcome:
            started.set()
            return super().run(job, context)

    with opened(folder) as (settings, database):
        runner = assemble.runner(settings, database, pipelines=nothing(Telling()))
        thread = threading.Thread(target=lambda: runner.run_queue_processor(drain=False))
        thread.start()
        # A connection of its own, as the API has: what it says goes over the socket.
        other = open_database(settings.database.path)
        taken = []
        for n in range(20):
            time.sleep(0.3)
            started.clear()
            began = time.perf_counter()
            if told:
                other.writing(submission.add, NewPrompt(f"fox {n}", "text"))
            else:
                with closing(sqlite3.connect(settings.database.path)) as plain, plain:
                    plain.execute("INSERT INTO prompts (prompt_text) VALUES (?)", (f"fox {n}",))
            started.wait(30)
            taken.append(time.perf_counter() - began)
        runner.stop()
        thread.join()
        other.close()
    return percentile(taken, 0.5)


def nothing(pipeline: Nothing | None = None) -> Makers:
    return pipelines_of(pipeline or Nothing())
