"""Every fault of the fake ComfyUI, for each kind of prompt, at each moment of a job; and disks that fail.

The worker is the real one, in this process, with a real database; the fake speaks HTTP. A case is one prompt: the fault
is switched on before it is submitted, when its job runs, or when its job has ended and its files are about to be
fetched. It has to end, completed or failed with words in its row, or to wait with words, and then to end when the fault
is gone. A sketch beside it, which needs no server, has to complete meanwhile. Then nothing may be left: no file without
a row, no row without its file, no second artifact, and after the next start of the worker no folder of an attempt.

The limits of time and size are the usual ones with smaller numbers, so that a case takes seconds.
"""

import itertools
import os
import random
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fake_comfyui.faults import FAULTS
from fake_comfyui.server import FakeComfy
from musings.models import Prompt
from tests.campaigns.examination import left_over
from tests.campaigns.inside import Inside, has_ended, short_limits
from tests.disks import fill, remount
from tests.musings.makers.comfyui.graphs import filmed, painting, song

GRAPHS = {"image_fox": painting(), "music_fox": song(), "video_fox": filmed()}
KINDS = {"image": "image_fox", "music": "music_fox", "video": "video_fox"}
MOMENTS = ("submit", "run", "fetch")
DISKS = ("full", "read-only")
CASE_SECONDS = 90.0
"""Far more than any case needs: one that takes this long would never end."""


@dataclass
class Record:
    """``ends`` counts how cases ended; ``wrong`` says what gave way, and is to be empty."""

    cases: int = 0
    of: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.wrong


@dataclass(frozen=True)
class Case:
    fault: str
    kind: str
    moment: str

    def __str__(self) -> str:
        return f"{self.fault} × {self.kind} × {self.moment}"


def cases() -> list[Case]:
    """The whole matrix; disks too, where they can be mounted."""
    wanted = [*FAULTS, *(f"disk-{how}" for how in DISKS if os.geteuid() == 0)]
    return [Case(*each) for each in itertools.product(wanted, KINDS, MOMENTS)]


def run(folder: Path, seed: int, minutes: float, most: int, say: Callable[[str], None]) -> Record:
    """As many cases of the matrix as the time allows, in an order drawn by the seed."""
    chosen = cases()
    random.Random(seed).shuffle(chosen)
    record, deadline = Record(of=len(chosen)), time.monotonic() + minutes * 60
    limits = short_limits(most_file_bytes=2_000_000, most_answer_bytes=4_000_000, seconds=2.0)
    with limits, _disk(folder) as disk, FakeComfy(root=folder / "comfyui") as fake:
        where = {"output_directory": str(disk / "media")} if disk is not None else {}
        inside = Inside(folder, fake.url, GRAPHS, seconds=30.0, comfyui=where)
        with inside.working():
            for case in chosen[:most]:
                if time.monotonic() > deadline:
                    break
                before = len(record.wrong)
                _Try(inside, fake, disk, case, record).go()
                say(f"{record.cases}/{record.of} {case}: {'; '.join(record.wrong[before:]) or 'well'}")
        with inside.working():
            """What could not be removed from a disk that was read-only is removed by the next start."""
        record.wrong += left_over(inside.media_root, inside.rows)
        twice = "SELECT prompt_id, count(*) FROM prompt_artifacts GROUP BY 1 HAVING count(*) > 1"
        record.wrong += [f"prompt {row[0]} has {row[1]} artifacts" for row in inside.rows(twice)]
        inside.close()
    return record


def lines(record: Record) -> list[str]:
    """The figures, for a person."""
    ends = ", ".join(f"{count} {name}" for name, count in sorted(record.ends.items()))
    return [
        f"{record.cases} of {record.of} cases: {ends}; the slowest took {record.slowest:.1f} s",
        f"{len(record.wrong)} gave way",
        *(f"    {each}" for each in record.wrong[:40]),
    ]


class _Try:
    """One case. Whatever it does, the faults are off at its end."""

    def __init__(self, inside: Inside, fake: FakeComfy, disk: Path | None, case: Case, record: Record) -> None:
        self._inside, self._fake, self._disk = inside, fake, disk
        self._case, self._record = case, record

    def go(self) -> None:
        began = time.monotonic()
        self._fake.pace.slow = 0.5
        self._fake.pace.node = 0.0 if self._case.moment == "submit" else 0.03
        try:
            if self._case.moment == "submit":
                self._on()
            number = self._inside.add(f"{self._case}", self._case.kind, KINDS[self._case.kind])
            beside = self._inside.add(f"beside {self._case}", "text")
            if self._case.moment != "submit":
                self._await_moment(number)
                self._on()
            told = self._inside.told(number, CASE_SECONDS)
            neighbour = None if self._case.fault.startswith("disk") else self._inside.ended(beside, CASE_SECONDS)
        finally:
            self._off()
        ended = self._inside.ended(number, CASE_SECONDS)
        neighbour = self._inside.ended(beside, CASE_SECONDS) if neighbour is None else neighbour
        self._judge(told, ended, neighbour)
        self._record.cases += 1
        self._record.slowest = max(self._record.slowest, time.monotonic() - began)

    def _judge(self, told: Prompt, ended: Prompt, beside: Prompt) -> None:
        name = ended.status if has_ended(told) else f"waited, then {ended.status}"
        self._record.ends[name] = self._record.ends.get(name, 0) + 1
        wrong = self._record.wrong
        if not has_ended(told) and told.waiting_reason is None:
            wrong.append(f"{self._case}: neither an end nor words in {CASE_SECONDS:g} s ({told.status})")
        if not has_ended(ended):
            wrong.append(f"{self._case}: did not end when the fault was gone: {ended.status}, {ended.error_message}")
        elif ended.status != "completed" and not (ended.error_message or "").strip():
            wrong.append(f"{self._case}: {ended.status} without a word")
        if beside.status != "completed":
            wrong.append(f"{self._case}: the prompt beside it is {beside.status}: {beside.error_message}")

    def _await_moment(self, number: int) -> None:
        """When the job runs, or is in the history; or when the prompt has ended before anybody saw that."""
        seen = set(self._fake.counts.executions)
        deadline = time.monotonic() + CASE_SECONDS
        while time.monotonic() < deadline and not has_ended(self._inside.get(number)):
            begun = set(self._fake.counts.executions) - seen
            if begun and (self._case.moment == "run" or not self._runs()):
                return
            time.sleep(0.002)

    def _runs(self) -> bool:
        site = self._fake._site
        return site is not None and bool(site.engine.queue()["queue_running"])

    def _on(self) -> None:
        how = self._case.fault.removeprefix("disk-")
        if not self._case.fault.startswith("disk-"):
            self._fake.faults.on(self._case.fault)
            if self._case.fault == "slow-start":
                threading.Thread(target=self._fake.restart, daemon=True).start()
        elif self._disk is not None and how == "full":
            fill(self._disk)
        elif self._disk is not None:
            remount(self._disk, "ro")

    def _off(self) -> None:
        self._fake.faults.off()
        if self._case.fault == "disk-read-only" and self._disk is not None:
            remount(self._disk, "rw")
        if self._case.fault == "disk-full" and self._disk is not None:
            (self._disk / "ballast").unlink(missing_ok=True)


@contextmanager
def _disk(folder: Path) -> Iterator[Path | None]:
    """A disk of some megabytes where one can be mounted."""
    place = folder / "disk"
    place.mkdir(parents=True)
    words = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(words, check=False, capture_output=True).returncode != 0:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)
