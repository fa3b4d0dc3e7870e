"""SIGKILL for the API, the worker, the fake ComfyUI and the worker's children, at random, while prompts go on coming.

Every program is started again at once and killed again some time after it works. Measured is how long it takes from the
kill until it works: the API answers; the worker has signed in, which it does after it has taken up what the dead one
left; the server, which has lost its whole queue, has a job of ours again. Two things make that longer and are no
slowness of ours: another kill meanwhile (a server has no job while nobody is there to give it one), and other programs
that want the same processors. Both are written down with each recovery, and those without either are told apart.
"""

import contextlib
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from tests.campaigns import load
from tests.campaigns.examination import Found, examine
from tests.campaigns.house import House, Program

MOST_WAITING = 40
RECOVERY_SECONDS = 60.0
QUIET_SHARE = 0.2
DRAIN_SECONDS = 600.0
WORDS = ("fox", "rain", "harbour", "lamp", "orchard", "winter", "letter", "river")
# Seconds from where a program works until it is killed again.
PAUSES = {"worker": (0.5, 6.0), "api": (1.0, 5.0), "server": (3.0, 10.0), "child": (0.0, 0.3)}


@dataclass(frozen=True)
class Recovery:
    """``others``: the share of the processors, from 0 to 1, that programs which are not ours took meanwhile.

    ``alone``: neither the worker nor the server nor the API was killed meanwhile, but this one.
    """

    seconds: float
    others: float
    alone: bool

    @property
    def is_undisturbed(self) -> bool:
        return self.alone and self.others <= QUIET_SHARE


@dataclass
class Record:
    """``recoveries`` by the name of the program; one that was not measured is only counted."""

    kills: dict[str, int] = field(default_factory=dict)
    recoveries: dict[str, list[Recovery]] = field(default_factory=dict)
    prompts: int = 0
    found: Found = field(default_factory=Found)

    @property
    def is_clean(self) -> bool:
        return self.found.is_clean

    @property
    def total(self) -> int:
        return sum(self.kills.values())


class Campaign:
    def __init__(
        self, house: House, seed: int, seconds: float, most_kills: int, say: Callable[[str], None], *, apart: bool
    ) -> None:
        self._house = house
        self._seed = seed
        self._seconds = seconds
        self._most = most_kills
        self._say = say
        self._apart = apart
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._accepted: set[int] = set()
        self.record = Record()

    def run(self) -> Record:
        house = self._house
        with house.open():
            house.server.until_ready(1)
            killers = [threading.Thread(target=self._kill_program, args=(each,)) for each in house.programs]
            killers.append(threading.Thread(target=self._kill_children))
            if self._apart:
                killers = [threading.Thread(target=self._kill_in_turn)]
            threads = [*killers, threading.Thread(target=self._submit)]
            for thread in threads:
                thread.start()
            deadline = time.monotonic() + self._seconds
            while time.monotonic() < deadline and self.record.total < self._most:
                self._over.wait(1)
            self._over.set()
            for thread in threads:
                thread.join()
            self._drain()
            self.record.prompts = len(self._accepted)
            self.record.found = examine(house, self._accepted)
        return self.record

    def _kill_program(self, program: Program) -> None:
        chance = random.Random(f"{self._seed} {program.name}")
        while not self._over.wait(chance.uniform(*PAUSES[program.name])):
            self._kill(program)

    def _kill_in_turn(self) -> None:
        """One after another, each when all work: what a recovery takes when nothing else goes wrong."""
        chance = random.Random(f"{self._seed} turns")
        while not self._over.wait(chance.uniform(1.0, 3.0)):
            for each in self._house.programs:
                each.until_ready(RECOVERY_SECONDS, lambda: not self._over.is_set())
            self._kill(chance.choice(self._house.programs))

    def _kill(self, program: Program) -> None:
        program.kill()
        with self._lock:
            self.record.kills[program.name] = self.record.kills.get(program.name, 0) + 1
            kills = self._kills_of_programs()
        began, watch = time.monotonic(), load.Watch()
        program.start()
        # The end of the campaign is no slow recovery: then it is counted, and not measured.
        took = program.until_ready(RECOVERY_SECONDS, lambda: not self._over.is_set())
        seconds = RECOVERY_SECONDS if took is None else time.monotonic() - began
        with self._lock:
            found = Recovery(seconds, watch.share_of_others(), self._kills_of_programs() == kills)
            if took is not None or not self._over.is_set():
                self.record.recoveries.setdefault(program.name, []).append(found)
        if took is None and not self._over.is_set():
            self._say(f"{program.name} did not work again within {RECOVERY_SECONDS:g} s")

    def _kills_of_programs(self) -> int:
        return sum(count for name, count in self.record.kills.items() if name != "child")

    def _kill_children(self) -> None:
        chance = random.Random(f"{self._seed} child")
        while not self._over.wait(0.02):
            if not self._house.children():
                continue
            self._over.wait(chance.uniform(*PAUSES["child"]))
            for child in self._house.children()[:1]:
                with contextlib.suppress(psutil.Error):
                    child.kill()
                    with self._lock:
                        self.record.kills["child"] = self.record.kills.get("child", 0) + 1

    def _submit(self) -> None:
        """Prompts, as a client sends them that does not take a broken connection for an answer."""
        chance = random.Random(f"{self._seed} prompts")
        number = 0
        while not self._over.is_set():
            number += 1
            body = prompt(chance, number)
            # Until it is answered, after the last kill as well: what was stored without an answer has to be known.
            deadline = None
            while True:
                try:
                    told = httpx.post(
                        f"{self._house.url}/api/prompts",
                        json=body,
                        headers={"Idempotency-Key": f"{self._seed}-{number}"},
                        timeout=10,
                    )
                except httpx.HTTPError:
                    if self._over.is_set():
                        deadline = deadline or time.monotonic() + RECOVERY_SECONDS
                        if time.monotonic() > deadline:
                            break
                    time.sleep(0.1)
                    continue
                if told.status_code not in (200, 201):
                    raise AssertionError(f"{told.status_code}: {told.text}")
                self._accepted.add(int(told.json()["id"]))
                break
            while not self._over.is_set() and self._waiting() >= MOST_WAITING:
                self._over.wait(0.2)

    def _waiting(self) -> int:
        [(count,)] = self._house.rows("SELECT count(*) FROM prompts WHERE status = 'pending'")
        return int(str(count))

    def _drain(self) -> None:
        deadline = time.monotonic() + DRAIN_SECONDS
        unended = "SELECT count(*) FROM prompts WHERE status IN ('pending', 'processing')"
        while self._house.rows(unended) != [(0,)] and time.monotonic() < deadline:
            for program in self._house.programs:
                if program.process is not None and program.process.poll() is not None:
                    program.start()
            time.sleep(0.2)


def run(
    folder: Path, seed: int, minutes: float, most_kills: int, say: Callable[[str], None], *, apart: bool = False
) -> Record:
    """One campaign in ``folder``, which is made; the same seed draws the same prompts and the same pauses.

    ``apart``: one program at a time, when all work.
    """
    return Campaign(House(folder), seed, minutes * 60, most_kills, say, apart=apart).run()


def lines(record: Record) -> list[str]:
    """The figures, for a person."""
    found = record.found
    said = [f"{record.total} SIGKILLs ({', '.join(f'{n} {name}' for name, n in sorted(record.kills.items()))})"]
    said += [f"{record.prompts} prompts, {found.completed} completed"]
    for name in ("lost", "doubled", "orphans", "failed"):
        listed = getattr(found, name)
        said += [f"{len(listed)} {name}", *(f"    {each}" for each in listed[:20])]
    for name, all_of_them in sorted(record.recoveries.items()):
        quiet = [each for each in all_of_them if each.is_undisturbed]
        for what, some in (("", all_of_them), (", undisturbed", quiet)):
            times = [each.seconds for each in some]
            figures = f"p50 {_share(times, 0.5):.1f} s, p99 {_share(times, 0.99):.1f} s, of {len(times)}"
            said.append(f"{name}: recovery{what}: {figures}")
    return said


def _share(times: list[float], part: float) -> float:
    return sorted(times)[min(len(times) - 1, int(part * len(times)))] if times else 0.0


def prompt(chance: random.Random, number: int) -> dict[str, object]:
    """The body of a request that is like those of people: mostly texts, some pictures, few voices, hardly any music."""
    words = f"{' and '.join(chance.sample(WORDS, 2))}, number {number}"
    kind = chance.choices(("text", "image", "voice", "music"), (700, 220, 75, 5))[0]
    if kind == "voice":
        words = f"{words}. " + " ".join(f"The {chance.choice(WORDS)} was there again." for _ in range(8))
    parameters = {"duration": 20} if kind == "music" else {}
    return {"prompt_text": words, "prompt_type": kind, "parameters": parameters}
