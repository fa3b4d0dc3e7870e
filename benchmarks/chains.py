"""How fast musings go through their steps, against as many plain prompts in the same worker.

A pipeline that does nothing, so that what is left is the queue: the smaller the work of a prompt, the more a step's own
cost shows. Plain prompts are stored before the clock runs; the steps of musings become prompts while it does.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure, median, milliseconds
from benchmarks.throughput import nothing, opened
from musings import logs
from musings.chains import library, reading, starting
from musings.chains.starting import RunRequest
from musings.chains.taking import advance_with
from musings.config.settings import Settings
from musings.models import NewPrompt
from musings.store.database import Database
from musings.store.queue import submission
from musings.worker import assemble

MUSINGS = 100
STEPS = 5
ROUNDS = 3
CHAIN = 'name = "five"\n' + "".join(
    f'[[steps]]\nname = "s{n}"\nkind = "text"\nprompt = "{{{{idea}}}}"\nafter = {[f"s{n - 1}"] if n else []}\n'
    for n in range(STEPS)
)


@dataclass(frozen=True)
class Took:
    """Seconds by the clock on the wall, and of the processor, which other programs on the machine change less."""

    wall: float
    processor: float


def measure(folder: Path) -> Iterator[Figure]:
    plain, chained = [], []
    for each in range(ROUNDS):  # in turns, so that the load of the machine is in both
        plain.append(plain_prompts(folder / f"plain-{each}"))
        chained.append(musings(folder / f"chained-{each}"))
    rate = MUSINGS * STEPS / median([each.wall for each in chained])
    ratio = median([each.wall for each in plain]) / median([each.wall for each in chained])
    yield Figure(f"{MUSINGS} musings of {STEPS} steps that do nothing", f"{rate:.0f} steps/s", "plain prompts", ratio)
    each_step = median([each.processor for each in chained]) / MUSINGS / STEPS
    ratio = median([each.processor for each in chained]) / median([each.processor for each in plain])
    yield Figure("processor time of such a step", milliseconds(each_step), "a plain prompt", ratio)


def plain_prompts(folder: Path) -> Took:
    with opened(folder) as (settings, database):
        for n in range(MUSINGS * STEPS):
            database.writing(submission.add, NewPrompt(f"fox {n}", "text"))
        return drained(settings, database)


def musings(folder: Path) -> Took:
    with opened(folder) as (settings, database):
        makers = nothing()
        database.writing(library.store, reading.from_toml(CHAIN))
        for n in range(MUSINGS):
            starting.start(advance_with(makers, database, 3), makers, RunRequest("five", f"fox {n}"))
        return drained(settings, database)


def drained(settings: Settings, database: Database) -> Took:
    logs.configure(settings.logging, "musings-worker", terminal=False)
    runner = assemble.runner(settings, database, pipelines=nothing())
    wall, processor = time.perf_counter(), time.process_time()
    summary = runner.run_queue_processor(drain=True)
    if summary.ended != {"completed": MUSINGS * STEPS}:
        raise RuntimeError(f"not all were made: {summary.ended}")
    return Took(time.perf_counter() - wall, time.process_time() - processor)
