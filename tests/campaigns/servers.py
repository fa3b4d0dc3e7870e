"""Servers that are broken, or somebody else's, or hostile: what they do to a prompt, to the memory and to the next one.

Each case is a server that misbehaves at one address in one way (``hostile``), and one prompt for it. The prompt has to
end, or to wait, with words in its row, within a bound of time and of memory; a sketch beside it has to complete; when
the server behaves, a prompt has to complete on it. Nothing may be left behind, and nothing written outside.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psutil

from musings.worker.running import OVERDUE_SECONDS
from tests.campaigns.examination import left_over
from tests.campaigns.hostile import (
    BEHAVIOURS,
    ODD_JSON,
    ODD_NAMES,
    ODD_OUTPUTS,
    SOCKETS,
    HostileServer,
    says,
)
from tests.campaigns.inside import Inside, has_ended, short_limits
from tests.musings.makers.comfyui.graphs import picture

PLACES = ("prompt", "object_info", "submit", "queue", "history", "view")
TIMEOUT_SECONDS = 10.0
SECONDS = TIMEOUT_SECONDS + OVERDUE_SECONDS + 20.0
"""Of one case. The limits of one answer are 2 to 4 s here; what no limit ends is given up on with its attempt."""
MEGABYTES = 400.0
"""By how much the process may grow in one case. What is packed is unpacked a read at a time: 64 kB of a bomb are 67 MB,
which are held several times for a moment, however small the bound of the whole is.
"""


@dataclass
class Record:
    cases: int = 0
    of: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    slowest: float = 0.0
    most_megabytes: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.wrong


Setting = Callable[[HostileServer], None]


def cases() -> Iterator[tuple[str, Setting]]:
    """Each with its words."""

    def at(place: str, behaviour: Callable[..., None], server: HostileServer) -> None:
        server.behaviours[place] = behaviour

    def outputs(value: object, server: HostileServer) -> None:
        server.outputs = value

    def named(name: object, server: HostileServer) -> None:
        server.outputs = {"2": {"images": [{"filename": name, "subfolder": "", "type": "output"}]}}

    def entered(value: object, server: HostileServer) -> None:
        server.entry = lambda _: value

    for place in PLACES:
        for name, behaviour in BEHAVIOURS.items():
            yield f"{place} {name}", partial(at, place, behaviour)
    for place in PLACES[:-1]:
        for name, body in ODD_JSON.items():
            yield f"{place} answers {name}", partial(at, place, says(body))
    for name, value in ODD_NAMES.items():
        yield f"a file is named {name}", partial(named, value)
    for name, value in ODD_OUTPUTS.items():
        yield f"outputs are {name}", partial(outputs, value)
    for number, value in enumerate(
        ([], "done", {}, {"outputs": {}}, {"status": "success"}, {"status": {"messages": 3}})
    ):
        yield f"the history's entry is odd ({number})", partial(entered, value)
    for name, behaviour in SOCKETS.items():
        yield f"ws {name}", partial(at, "ws", behaviour)


def run(folder: Path, seed: int, minutes: float, most: int, say: Callable[[str], None]) -> Record:
    """As many cases as the time allows, in an order drawn by the seed."""
    chosen = list(cases())
    random.Random(seed).shuffle(chosen)
    record, deadline = Record(of=len(chosen)), time.monotonic() + minutes * 60
    limits = short_limits(most_file_bytes=20_000_000, most_answer_bytes=4_000_000, seconds=2.0)
    with limits, HostileServer() as server:
        inside = Inside(folder, server.url, {"image_fox": picture()}, seconds=TIMEOUT_SECONDS, comfyui={})
        outside = _listing(folder)
        with inside.working():
            for name, setting in chosen[:most]:
                if time.monotonic() > deadline:
                    break
                before = len(record.wrong)
                _one(inside, server, name, setting, record)
                say(f"{record.cases}/{record.of} {name}: {'; '.join(record.wrong[before:]) or 'well'}")
        with inside.working():
            """What was in the middle of something ends with the next start."""
        record.wrong += left_over(inside.media_root, inside.rows)
        record.wrong += [f"written outside: {each}" for each in sorted(_listing(folder) - outside)]
        inside.close()
    return record


def lines(record: Record) -> list[str]:
    """The figures, for a person."""
    ends = ", ".join(f"{count} {name}" for name, count in sorted(record.ends.items()))
    return [
        f"{record.cases} of {record.of} cases: {ends}",
        f"the slowest took {record.slowest:.1f} s; the process grew by {record.most_megabytes:.0f} MB at most in one",
        f"{len(record.wrong)} gave way",
        *(f"    {each}" for each in record.wrong[:40]),
    ]


def _one(inside: Inside, server: HostileServer, name: str, setting: Setting, record: Record) -> None:
    setting(server)
    began, wrong = time.monotonic(), record.wrong
    with _Memory() as memory:
        number = inside.add(name, "image", "image_fox", attempts=1)
        told = inside.told(number, SECONDS)
    record.slowest = max(record.slowest, time.monotonic() - began)
    beside = inside.ended(inside.add(f"beside {name}", "text"), SECONDS)
    server.heal()
    ended = inside.ended(number, SECONDS)
    after = inside.ended(inside.add(f"after {name}", "image", "image_fox"), SECONDS)
    record.cases += 1
    record.most_megabytes = max(record.most_megabytes, memory.grown)
    how = ended.status if has_ended(told) else f"waited, then {ended.status}"
    record.ends[how] = record.ends.get(how, 0) + 1
    if not has_ended(told) and told.waiting_reason is None:
        wrong.append(f"{name}: neither an end nor words in {SECONDS:g} s ({told.status})")
    if not has_ended(ended):
        wrong.append(f"{name}: did not end when the server behaved: {ended.status}, {ended.error_message}")
    elif ended.status != "completed" and not (ended.error_message or "").strip():
        wrong.append(f"{name}: {ended.status} without a word")
    elif "bug" in (ended.error_message or "").lower():
        wrong.append(f"{name}: told as our own mistake: {ended.error_message}")
    if memory.grown > MEGABYTES:
        wrong.append(f"{name}: the process grew by {memory.grown:.0f} MB")
    for what, each in (("a sketch beside it", beside), ("the prompt after it", after)):
        if each.status != "completed":
            wrong.append(f"{name}: {what} is {each.status}: {each.error_message}")


class _Memory:
    """The most that this process grew by, in MB, while the block ran."""

    def __enter__(self) -> "_Memory":
        self.grown, self._over = 0.0, threading.Event()
        self._process = psutil.Process()
        self._before = self._process.memory_info().rss
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.02):
            self.grown = max(self.grown, (self._process.memory_info().rss - self._before) / 1e6)


def _listing(folder: Path) -> set[str]:
    """What lies beside the installation's own files."""
    own = ("GeneratedMedia", "logs", "media", "musings.db")
    return {each.name for each in folder.iterdir() if not each.name.startswith(own)}
