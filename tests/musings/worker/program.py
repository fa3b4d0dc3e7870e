"""The real runner in a process that ends itself by SIGKILL where a test says.

``die_at`` is a step of ``musings.worker.attempt.STEPS``, or ``running`` for the middle of the pipeline. A prompt
whose text holds ``poison`` kills the process whenever it runs; one that holds ``hold`` runs until it is told to stop.
``longest_gap`` (s) bounds the wait before a prompt that stops the worker again and again is tried once more.
"""

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from musings import logs
from musings.config.settings import Settings, load
from musings.errors import LockedError
from musings.makers.base import Context
from musings.models import Job, Outcome
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store.queue import recovery
from musings.worker import assemble
from musings.worker.interrupts import interrupts
from tests.doubles import Act, Double, made_text, pipelines_of


def enter(config: str, output: str, said: dict[str, Any]) -> None:
    """The whole of the process; what it prints goes into a file."""
    file = os.open(output, os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.exit(main(load(Path(config), {}, Path.cwd()), said))


def main(settings: Settings, said: dict[str, Any]) -> int:
    logs.configure(settings.logging, "musings-worker")
    recovery.LONGEST_GAP_SECONDS = said.get("longest_gap", recovery.LONGEST_GAP_SECONDS)
    database = open_database(settings.database.path)
    schema.ensure(database)

    def at_step(step: str) -> None:
        if step == said.get("die_at"):
            die()

    runner = assemble.runner(settings, database, pipelines=pipelines_of(Double(act_of(said))), at_step=at_step)
    try:
        with interrupts(runner.stop) as met:
            runner.run_queue_processor(drain=said.get("drain", True))
    except LockedError as error:
        print(error, file=sys.stderr)
        return 75
    finally:
        database.close()
    return 130 if met == [signal.SIGINT] else 0


def act_of(said: dict[str, Any]) -> Act:
    def act(job: Job, context: Context) -> Outcome:
        (job.directory / "scratch.tmp").write_text("half made")
        if said.get("die_at") == "running" or ("poison" in said and said["poison"] in job.text):
            die()
        if "hold" in said and said["hold"] in job.text:
            print("holding", flush=True)
            while True:
                context.check()
                threading.Event().wait(0.01)
        return made_text(job, context)

    return act


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
