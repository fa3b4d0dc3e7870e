"""The faults that the fake can show, each by name. All were seen on real servers or reported by their
users.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class StagedFault:
    """``times`` is how often it shows unless another number is given; None means always."""

    help: str
    times: int | None = None


_REFUSALS = {
    "400-no-prompt": "the body held no prompt",
    "400-invalid-prompt": "a node class is unknown",
    "400-prompt-no-outputs": "no node saves anything",
    "400-required-input-missing": "an input is missing",
    "400-bad-linked-input": "a link is not a pair",
    "400-return-type-mismatch": "a link joins two types",
    "400-invalid-input-type": "a value is not a number",
    "400-value-smaller-than-min": "a value is too small",
    "400-value-bigger-than-max": "a value is too big",
    "400-value-not-in-list": "a model is not installed",
    "400-custom-validation-failed": "an input file is not there",
    "400-exception-during-validation": "a node's own check crashed",
    "400-exception-during-inner-validation": "the check of a node further up crashed",
}

FAULTS = {
    "deaf-socket": StagedFault("the WebSocket says hello, then nothing more, and stays open"),
    "silent-socket": StagedFault("the WebSocket opens and never says anything"),
    "no-socket": StagedFault("the WebSocket is refused"),
    "restart-mid-job": StagedFault("the server dies while a job runs and comes back with an empty memory", 1),
    "lost-queue": StagedFault("an accepted job vanishes from the queue without a trace", 1),
    "wedged-worker": StagedFault("jobs are accepted and never run, HTTP stays healthy"),
    "partial-acceptance": StagedFault("the last output node is refused, HTTP still says 200"),
    "cached-empty": StagedFault("a job ends in success, all cached, with no outputs"),
    "missing-output": StagedFault("a cached job names files that are no longer there"),
    "oom-once": StagedFault("the first node that computes runs out of memory", 1),
    "oom-always": StagedFault("every node that computes runs out of memory"),
    "slow-view": StagedFault("files trickle out of /view"),
    "truncated-view": StagedFault("the connection breaks in the middle of a file"),
    "wrong-length-view": StagedFault("/view sends half the file and calls it whole"),
    "endless-view": StagedFault("a file of /view never ends"),
    "endless-json": StagedFault("no answer in JSON ever ends"),
    "dripping-json": StagedFault("answers in JSON come byte by byte"),
    "deep-json": StagedFault("answers in JSON are nested 100,000 deep"),
    "bad-json-500": StagedFault("POST /prompt answers 500 in plain text"),
    "duplicated-ids": StagedFault("every job is queued twice under one id"),
    "nan": StagedFault("NaN and Infinity in messages and in the history"),
    "huge-frames": StagedFault("a text message of 8 MB and a binary frame of 8 MB before each job"),
    "slow-start": StagedFault("nothing answers for some seconds after the start"),
    "http-503": StagedFault("every request is answered 503, with Retry-After: 7"),
    "auth-required": StagedFault("401 without the header 'Authorization: Bearer fake-token'"),
    "interrupt-lost-first": StagedFault("the first interrupt is ignored", 1),
    "execution-error": StagedFault("the first node that computes fails"),
    "interrupted-by-other": StagedFault("somebody else interrupts the running job", 1),
    "lost-reply": StagedFault("a job is queued and the connection closes before the answer", 1),
    **{name: StagedFault(f"POST /prompt is refused: {why}") for name, why in _REFUSALS.items()},
}
TOKEN = "fake-token"  # noqa: S105 (a fixed word for tests, no secret)


def parse(words: Iterable[str]) -> dict[str, int | None]:
    """``NAME`` or ``NAME=TIMES`` words as a table. Raises ``ValueError`` that names what is wrong."""
    wanted: dict[str, int | None] = {}
    for word in words:
        name, _, times = word.partition("=")
        if name not in FAULTS:
            raise ValueError(f"there is no fault {name!r}; the faults are: {', '.join(FAULTS)}")
        if times and not times.isdigit():
            raise ValueError(f"{word!r}: {times!r} is not a number of times")
        wanted[name] = int(times) if times else FAULTS[name].times
    return wanted


class Switches:
    """Which faults are on, and how often each will still show. Safe from any thread."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._left = parse(words)

    def on(self, name: str, times: int | None = None) -> None:
        """Switch a fault on, for its usual number of times or for ``times``."""
        wanted = parse([name if times is None else f"{name}={times}"])
        with self._lock:
            self._left.update(wanted)

    def off(self, name: str | None = None) -> None:
        """Switch one fault off, or all of them."""
        with self._lock:
            if name is None:
                self._left.clear()
            else:
                self._left.pop(name, None)

    def active(self, name: str) -> bool:
        with self._lock:
            # None is no number: it is active too.
            return self._left.get(name, 0) != 0

    def take(self, name: str) -> bool:
        """Whether the fault shows now; uses up one of its times."""
        with self._lock:
            left = self._left.get(name, 0)
            # None and 0 stay as they are: the one never ends, the other has.
            if left:
                self._left[name] = left - 1
            return left is None or left > 0

    def refusal(self) -> str | None:
        """The kind of 400 to answer with, if one is switched on."""
        # In the order of the table, so that a test which switches several on knows which comes first.
        for name in _REFUSALS:
            if self.take(name):
                return name.removeprefix("400-").replace("-", "_")
        return None
