"""SIGKILL for the worker and for whoever starts musings and answers at their gates, at random, until all are done.

Both are real processes that turn what is due into prompts, so that they meet at the same runs. A chain has a gate, a
fan-out, a choice, a step whose condition never holds and one that comes after all. In the end each result of each step
has one prompt, made once.
"""

import contextlib
import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from musings.chains import acts, library, reading, starting, states
from musings.chains.gates import GateAction, GateReply
from musings.chains.progress import RunStatus
from musings.chains.starting import RunRequest
from musings.chains.states import RunState
from musings.chains.taking import advance_with
from musings.config.settings import load
from musings.errors import BusyError, ConflictError
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store.chains import runs
from musings.store.database import Database
from tests.doubles import Double, pipelines_of
from tests.musings.worker.conftest import FORKS, Program

LINES = 3
STEPS = {"poem": 1, "picture": LINES, "voice": 1, "song": 1}
"""How many prompts each step has; ``never`` has none."""
CHAIN = f"""
name = "campaign"
[[steps]]
name = "poem"
type = "poem"
prompt = "{{{{idea}}}}"
gate = {{ ask = "approve" }}
[[steps]]
name = "picture"
kind = "image"
each = "poem.lines"
prompt = "{{{{item}}}} {{{{number}}}} of {LINES}"
gate = {{ ask = "choose" }}
[[steps]]
name = "never"
kind = "image"
prompt = "x"
when = [{{ value = "{{{{idea}}}}", is_empty = true }}]
[[steps]]
name = "voice"
kind = "voice"
prompt = "{{{{never.seed or poem.text}}}} {{{{picture.count}}}}"
[[steps]]
name = "song"
kind = "music"
prompt = "{{{{poem.text}}}}"
after = ["voice"]
"""
PAUSES = {"worker": (0.05, 0.8), "people": (0.05, 0.6)}
END_SECONDS = 300.0


@dataclass
class Record:
    """``wrong`` is to be empty: what was lost, or made twice."""

    kills: dict[str, int] = field(default_factory=lambda: {"worker": 0, "people": 0})
    musings: int = 0
    prompts: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.wrong and self.total > 0

    @property
    def total(self) -> int:
        return sum(self.kills.values())


def people(config: str, seed: int, count: int) -> None:
    """Start so many musings, each by its key, and answer whatever is asked, until all have ended."""
    settings = load(Path(config), {}, Path.cwd())
    database = open_database(settings.database.path)
    makers = pipelines_of(Double())
    advancing = advance_with(makers, database, 100)
    for number in range(count):
        idea = "\n".join(f"musing {number} line {line}" for line in range(LINES))
        _patiently(lambda: starting.start(advancing, makers, RunRequest("campaign", idea, {}, 5, f"{seed}-{number}")))  # noqa: B023 (called at once)
    while not all(each.progress.status is RunStatus.COMPLETED for each in every(database)):
        for each in every(database):
            if each.progress.status is RunStatus.ASKING:
                _answer(database, each)
            _patiently(lambda: advancing.whole(each.run.id))  # noqa: B023 (called at once)
    database.close()


def _answer(database: Database, asking: RunState) -> None:
    step = next(each.step for each in asking.progress.steps if each.state == "asking")
    chosen = GateReply(GateAction.CHOOSE, {}, [2])
    given = chosen if step.name == "picture" else GateReply(GateAction.APPROVE, {}, [])
    with contextlib.suppress(ConflictError):  # answered by the one before, which was killed
        _patiently(lambda: database.writing(acts.answer, asking.run.id, step.name, given))


def _patiently(act: Callable[[], object]) -> None:
    """A worker that is killed in a transaction may hold others up for a moment."""
    for _ in range(50):
        with contextlib.suppress(BusyError):
            act()
            return


def every(database: Database) -> list[RunState]:
    with database.read() as connection:
        return states.of_runs(connection, runs.listing(connection, 200, None).items)


class Campaign:
    def __init__(self, folder: Path, seed: int, seconds: float, most: int, count: int) -> None:
        folder.mkdir(parents=True)
        file = folder / "poets_cron_config.json"
        file.write_text(json.dumps({"processing": {"backoff_seconds": 0.01, "shutdown_seconds": 0.2}}))
        self._settings = load(file, {}, folder)
        self._program = Program(self._settings)
        self._seed, self._count, self._most = seed, count, most
        self._deadline = time.monotonic() + seconds
        self._chance = random.Random(seed)
        self._pause = threading.Event()
        self.record = Record(musings=count)

    def run(self) -> Record:
        database = open_database(self._settings.database.path)
        schema.ensure(database)
        database.writing(library.store, reading.from_toml(CHAIN))
        try:
            while self.record.total < self._most and time.monotonic() < self._deadline and not self._are_done(database):
                self._round()
            self._finish(database)
            self.record.wrong = examine(database, self._count)
            with database.read() as connection:
                self.record.prompts = connection.exec_driver_sql("SELECT count(*) FROM prompts").scalar_one()
        finally:
            database.close()
        return self.record

    def _round(self) -> None:
        """Both at work, and each killed after a while of its own."""
        worker, somebody = self._program.start(drain=False, longest_gap=0.05), self._people()
        waits = sorted((self._chance.uniform(*PAUSES[name]), name) for name in PAUSES)
        passed = 0.0
        for seconds, name in waits:
            self._pause.wait(seconds - passed)
            passed = seconds
            pid = worker.pid if name == "worker" else somebody.pid or 0
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
                self.record.kills[name] += 1
        somebody.join()
        worker.end()

    def _people(self) -> "FORKS.Process":  # type: ignore[name-defined]
        made = FORKS.Process(target=people, args=(str(self._settings.file), self._seed, self._count))
        made.start()
        return made

    def _are_done(self, database: Database) -> bool:
        found = every(database)
        return len(found) == self._count and all(each.progress.status is RunStatus.COMPLETED for each in found)

    def _finish(self, database: Database) -> None:
        """Nobody is killed any more."""
        worker, somebody = self._program.start(drain=False, longest_gap=0.05), self._people()
        deadline = time.monotonic() + END_SECONDS
        while not self._are_done(database) and time.monotonic() < deadline:
            self._pause.wait(0.05)
        worker.signal(15)
        worker.end()
        somebody.kill()
        somebody.join()


def examine(database: Database, count: int) -> list[str]:
    """What is wrong when nobody works any more: each result of each step has to be there, once, and nothing else."""
    found = every(database)
    wrong = [] if len(found) == count else [f"{len(found)} musings of {count}"]
    wrong += [f"musing {each.run.id} is {each.progress.status}: {each.progress.problem}" for each in found
              if each.progress.status is not RunStatus.COMPLETED]  # fmt: skip
    for each in found:
        made = Counter(row.step for step in each.progress.steps for row in step.rows if row.prompt_id is not None)
        if made != STEPS:
            wrong.append(f"musing {each.run.id} has {dict(made)}")
    with database.read() as connection:
        asked = {
            "prompts of no step": "SELECT id FROM prompts WHERE id NOT IN (SELECT prompt_id FROM musings_run_steps"
            " WHERE prompt_id IS NOT NULL)",
            "results noted twice": "SELECT run_id, step, number FROM musings_run_steps GROUP BY 1, 2, 3"
            " HAVING count(*) > 1",
            "prompts of two steps": "SELECT prompt_id FROM musings_run_steps WHERE prompt_id IS NOT NULL"
            " GROUP BY 1 HAVING count(*) > 1",
            "prompts completed twice": "SELECT prompt_id FROM attempts WHERE status = 'completed'"
            " GROUP BY 1 HAVING count(*) > 1",
            "prompts without one artifact": "SELECT id FROM prompts WHERE 1 <> (SELECT count(*) FROM prompt_artifacts"
            " WHERE prompt_id = prompts.id)",
            "runs that are still marked": "SELECT id FROM musings_runs WHERE generation > observed_generation",
        }
        for words, query in asked.items():
            if rows := connection.exec_driver_sql(query).fetchall():
                wrong.append(f"{words}: {[tuple(row) for row in rows][:10]}")
    return wrong


def run(folder: Path, seed: int, minutes: float, most: int, _say: Callable[[str], None], count: int = 40) -> Record:
    """One campaign in ``folder``, which is made; it ends when all musings have ended, or after ``most`` kills."""
    return Campaign(folder, seed, minutes * 60, most, count).run()


def lines(record: Record) -> list[str]:
    """The figures, for a person."""
    said = [f"{record.total} SIGKILLs ({', '.join(f'{count} {name}' for name, count in record.kills.items())})"]
    said.append(f"{record.musings} musings, {record.prompts} prompts")
    return [*said, f"{len(record.wrong)} wrong", *(f"    {each}" for each in record.wrong[:20])]
