"""Hours of work in little time: does anything grow that should not?

The API, the worker and a fake ComfyUI as processes. Prompts of all kinds keep a short queue full; between them a person
looks at lists and deletes, the trash is emptied, the retention prunes, a backup is made and an older one removed, the
logs go round, and at two moments of the first half everything is started anew. After every few prompts a sample is
taken: memory, descriptors and threads of the API and the worker, the size of the database, of the log folder and of the
media, and how long a list and a submission take.

A program grows at first, when libraries and caches come. So the second half is judged alone, by the slope between
pairs of samples of which half are steeper and half are flatter (Theil and Sen), which a few odd samples cannot move:
what it adds up to over that half must stay within what ``ALLOWED`` says.
"""

import contextlib
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx
import psutil

from tests.campaigns.examination import Found, examine
from tests.campaigns.house import House, Program
from tests.campaigns.kills import WORDS

WAITING = 25
KEPT_PROMPTS = 300
KINDS = {"text": 57, "image": 32, "voice": 10, "music": 1}
ALLOWED = {
    "api_megabytes": (0.10, 12.0),
    "worker_megabytes": (0.10, 12.0),
    "api_descriptors": (0.10, 6.0),
    "worker_descriptors": (0.10, 6.0),
    "api_threads": (0.10, 6.0),
    "worker_threads": (0.10, 6.0),
    "database_megabytes": (0.25, 6.0),
    "logs_megabytes": (0.25, 4.0),
    "media_files": (0.25, 400.0),
    "list_milliseconds": (0.50, 40.0),
    "submit_milliseconds": (0.50, 60.0),
}
"""What each may grow by over the second half: a share of its middle value, or so much, whichever is more."""
LEAST_SAMPLES = 8
"""In the second half, or nothing is said of slopes."""
SECONDS = 600.0


@dataclass(frozen=True)
class Sample:
    prompts: int
    api_megabytes: float
    worker_megabytes: float
    api_descriptors: float
    worker_descriptors: float
    api_threads: float
    worker_threads: float
    database_megabytes: float
    logs_megabytes: float
    media_files: float
    list_milliseconds: float
    submit_milliseconds: float


@dataclass
class Record:
    prompts: int = 0
    seconds: float = 0.0
    done: dict[str, int] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    found: Found = field(default_factory=Found)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.wrong and self.found.is_clean


def run(folder: Path, seed: int, minutes: float, most: int, say: Callable[[str], None]) -> Record:
    """``most`` prompts, or as many as the time allows."""
    return Soak(House(folder, {"logging": {"max_megabytes": 1, "backups": 2}}), seed, minutes * 60, most, say).run()


def growths(samples: Sequence[Sample]) -> dict[str, tuple[float, float, float]]:
    """Of the second half, by name: the middle value, what the slope adds up to, and what is allowed."""
    half = samples[len(samples) // 2 :]
    if len(half) < LEAST_SAMPLES:
        return {}
    found = {}
    for name, (share, least) in ALLOWED.items():
        points = [(float(each.prompts), float(asdict(each)[name])) for each in half]
        middle = statistics.median(value for _, value in points)
        grown = slope(points) * (points[-1][0] - points[0][0])
        found[name] = (middle, grown, max(share * middle, least))
    return found


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The median of the slopes between all pairs of points (Theil 1950, Sen 1968)."""
    pairs = [(one, two) for number, one in enumerate(points) for two in points[:number] if one[0] != two[0]]
    return statistics.median((one[1] - two[1]) / (one[0] - two[0]) for one, two in pairs) if pairs else 0.0


def lines(record: Record) -> list[str]:
    """The figures, for a person."""
    done = ", ".join(f"{count} {name}" for name, count in sorted(record.done.items()))
    said = [
        f"{record.prompts} prompts in {record.seconds / 60:.0f} minutes, {record.found.completed} kept and completed"
    ]
    said += [done, f"{'':22} {'first':>9} {'middle':>9} {'last':>9}   second half"]
    samples, grown = [asdict(each) for each in record.samples], growths(record.samples)
    for name in ALLOWED:
        values = [each[name] for each in samples]
        if values:
            shown = f"{name:22} {values[0]:9.1f} {values[len(values) // 2]:9.1f} {values[-1]:9.1f}"
            said.append(shown + (f"   {grown[name][1]:+.1f} of {grown[name][2]:.1f} allowed" if name in grown else ""))
    for name in ("lost", "doubled", "orphans", "failed"):
        said += [f"{name}: {each}" for each in getattr(record.found, name)[:10]]
    return [*said, f"{len(record.wrong)} gave way", *(f"    {each}" for each in record.wrong)]


class Soak:
    def __init__(self, house: House, seed: int, seconds: float, most: int, say: Callable[[str], None]) -> None:
        self._house, self._seconds, self._most, self._say = house, seconds, most, say
        self._chance = random.Random(seed)
        self._accepted: list[int] = []
        self._submitting: list[float] = []
        self._http = httpx.Client(base_url=house.url, timeout=60)
        self.record = Record()

    def run(self) -> Record:
        began = time.monotonic()
        every = max(10, min(50, self._most // 30))
        restarts = 2
        with self._house.open(), self._http:
            while len(self._accepted) < self._most and time.monotonic() - began < self._seconds:
                self._submit()
                count, share = len(self._accepted), (time.monotonic() - began) / self._seconds
                if count % every == 0:
                    self._sample()
                if count % (4 * every) == 0:
                    self._care(count // (4 * every))
                if restarts and max(share, count / self._most) > (0.15, 0.3)[2 - restarts]:
                    restarts -= 1
                    self._restart()
            self._until_at_most(0)
            self._sample()
            self.record.prompts = len(self._accepted)
            self.record.seconds = time.monotonic() - began
            self.record.found = examine(self._house, self._living())
        self.record.wrong += [
            f"{name} grew by {grown:.1f} over the second half, from about {middle:.1f}; {allowed:.1f} is allowed"
            for name, (middle, grown, allowed) in growths(self.record.samples).items()
            if grown > allowed
        ]
        return self.record

    def _submit(self) -> None:
        kind = self._chance.choices(list(KINDS), list(KINDS.values()))[0]
        number = len(self._accepted) + 1
        words = f"{' and '.join(self._chance.sample(WORDS, 2))}, number {number}"
        body = {"prompt_text": words, "prompt_type": kind, "parameters": {"duration": 20} if kind == "music" else {}}
        began = time.monotonic()
        told = self._http.post("/api/prompts", json=body)
        told.raise_for_status()
        self._submitting.append(time.monotonic() - began)
        self._accepted.append(int(told.json()["id"]))
        self._count(kind)
        if number % 5 == 0:
            self._until_at_most(WAITING)

    def _until_at_most(self, waiting: int) -> None:
        unended = "SELECT count(*) FROM prompts WHERE status IN ('pending', 'processing')"
        deadline = time.monotonic() + SECONDS
        while int(str(self._house.rows(unended)[0][0])) > waiting and time.monotonic() < deadline:
            time.sleep(0.1)

    def _care(self, number: int) -> None:
        """What people and schedules do between prompts."""
        for each in self._living()[:-KEPT_PROMPTS]:
            if self._http.delete(f"/api/prompts/{each}").status_code < 300:
                self._count("deleted")
        self._command("trash", "empty")
        self._command("prune", "--older-than", "30")
        backup = self._house.folder / "backups" / str(number)
        self._command("backup", str(backup))
        shutil.rmtree(backup.with_name(str(number - 2)), ignore_errors=True)

    def _command(self, *words: str) -> None:
        config = str(self._house.folder / "poets_cron_config.json")
        command = [sys.executable, "-m", "musings", *words, "--config", config]
        environment = self._house.api.environment()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, input="y\n")
        self._count(words[0])
        if done.returncode != 0:
            self.record.wrong.append(f"{' '.join(words)} ended with {done.returncode}: {done.stderr[-300:]}")

    def _restart(self) -> None:
        self._until_at_most(WAITING)
        for program in (self._house.api, self._house.worker):
            if program.process is not None:
                program.process.send_signal(signal.SIGTERM)
                program.process.wait()
            program.start()
            if program.until_ready(120) is None:
                self.record.wrong.append(f"{program.name} did not start again")
        self._count("restarts")

    def _count(self, name: str) -> None:
        self.record.done[name] = self.record.done.get(name, 0) + 1

    def _living(self) -> list[int]:
        return [
            int(str(row[0])) for row in self._house.rows("SELECT id FROM prompts WHERE deleted_at IS NULL ORDER BY id")
        ]

    def _sample(self) -> None:
        house = self._house
        looks = []
        for _ in range(9):
            began = time.monotonic()
            self._http.get("/api/prompts", params={"limit": 50}).raise_for_status()
            looks.append(time.monotonic() - began)
        # Submissions since the last sample; the median of either, so that a moment of others' work says little.
        submits, self._submitting = self._submitting or [0.0], []
        api, worker = _process(house.api), _process(house.worker)
        sample = Sample(
            prompts=len(self._accepted),
            api_megabytes=api[0],
            worker_megabytes=worker[0],
            api_descriptors=api[1],
            worker_descriptors=worker[1],
            api_threads=api[2],
            worker_threads=worker[2],
            database_megabytes=_size(house.folder.glob("musings.db*")) / 1e6,
            logs_megabytes=_size((house.folder / "logs").glob("*")) / 1e6,
            media_files=float(_files_in(house.media_root)),
            list_milliseconds=statistics.median(looks) * 1000,
            submit_milliseconds=statistics.median(submits) * 1000,
        )
        self.record.samples.append(sample)
        self._say(
            f"{sample.prompts} prompts: "
            + ", ".join(f"{n} {v:.0f}" for n, v in asdict(sample).items() if n != "prompts")
        )


def _process(program: Program) -> tuple[float, float, float]:
    """Megabytes, descriptors and threads."""
    process = psutil.Process(program.pid)
    return process.memory_info().rss / 1e6, float(process.num_fds()), float(process.num_threads())


def _files_in(folder: Path) -> int:
    """All of them, also while folders come and go."""
    return sum(len(files) for _, _, files in os.walk(folder))


def _size(files: Iterable[Path]) -> int:
    total = 0
    for each in files:
        with contextlib.suppress(FileNotFoundError):  # a log that goes round
            total += each.stat().st_size
    return total
