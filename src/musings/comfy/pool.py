"""Several servers: who is well, who can run a workflow, and who has the least to do.

Each server has a circuit breaker: after some failures in a row it is left alone for a while, then tried by one job.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

from musings.comfy.checking import Problem, check
from musings.comfy.client import Server
from musings.comfy.protocol import Object
from musings.errors import MusingsError, PassingFault, UnreachableError, UserFault

CHECK_SECONDS = 0.25


class Circuit(StrEnum):
    """``closed`` lets jobs through, ``open`` none, ``half_open`` a single one, to see."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True)
class Breaker:
    """A circuit breaker as a value; every method is given the time, in seconds, and returns the next state.

    It opens after ``threshold`` failures in a row, for ``rest_seconds``, twice as long each time it fails again, at
    most ``longest_seconds``.
    """

    threshold: int = 3
    rest_seconds: float = 15.0
    longest_seconds: float = 300.0
    failures: int = 0
    opened_at: float | None = None
    rests: int = 0
    trying: bool = False

    def circuit(self, now: float) -> Circuit:
        if self.opened_at is None:
            return Circuit.CLOSED
        return Circuit.OPEN if now < self.opened_at + self._rest() else Circuit.HALF_OPEN

    def allows(self, now: float) -> bool:
        """Whether a job may be sent."""
        circuit = self.circuit(now)
        return circuit is Circuit.CLOSED or (circuit is Circuit.HALF_OPEN and not self.trying)

    def tried(self, now: float) -> "Breaker":
        """A job is being sent."""
        return replace(self, trying=self.circuit(now) is Circuit.HALF_OPEN)

    def succeeded(self) -> "Breaker":
        return replace(self, failures=0, opened_at=None, rests=0, trying=False)

    def failed(self, now: float) -> "Breaker":
        failures = self.failures + 1
        if self.opened_at is None and failures < self.threshold:
            return replace(self, failures=failures, trying=False)
        return replace(self, failures=failures, opened_at=now, rests=self.rests + 1, trying=False)

    def _rest(self) -> float:
        return float(min(self.longest_seconds, self.rest_seconds * 2 ** max(0, self.rests - 1)))


@dataclass(frozen=True)
class Health:
    """How a server is, for a page. ``queue_remaining`` is None when it does not answer."""

    url: str
    reachable: bool
    version: str | None
    queue_remaining: int | None
    working: int
    limit: int
    circuit: Circuit
    last_error: str | None


class Pool:
    """The configured servers. Safe from any thread. ``limit`` is how many of our jobs each may have at once."""

    def __init__(
        self,
        servers: Sequence[Server],
        *,
        limit: int = 1,
        breaker: Breaker | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._members = [_Member(server, limit, breaker or Breaker()) for server in servers]
        self._lock = threading.Lock()
        self._freed = threading.Condition()
        self._now = now

    def __len__(self) -> int:
        return len(self._members)

    @property
    def servers(self) -> tuple[Server, ...]:
        return tuple(member.server for member in self._members)

    @contextmanager
    def lease(
        self, graph: Object, *, seconds: float = 0.0, check: Callable[[], None] = lambda: None
    ) -> Iterator[Server]:
        """A place on the least busy server that is well and has the nodes and models of ``graph``.

        Where only other jobs of ours are in the way, it waits for one of them to end, ``seconds`` at most; ``check``
        is called meanwhile. An ``UnreachableError`` or ``PassingFault`` inside counts against the server, anything
        else does not. Raises ``PassingFault`` when all are busy or unwell, ``UserFault`` when no server that answers
        could ever run it.
        """
        end = self._now() + seconds
        while (member := self._choose(graph, patient=self._now() < end)) is None:
            check()
            with self._freed:
                self._freed.wait(CHECK_SECONDS)
        with self._held(member):
            yield member.server

    @contextmanager
    def lease_of(self, url: str) -> Iterator[Server]:
        """A place on one server whatever its state, to join a job there. Raises ``UserFault`` for an unknown one."""
        for member in self._members:
            if member.server.url == url.rstrip("/"):
                self._take(member)
                with self._held(member):
                    yield member.server
                return
        raise UserFault(f"There is no ComfyUI at {url} in the configuration any more.")

    def health(self) -> list[Health]:
        """Ask every server how it is. Never raises."""
        return [self._ask(member) for member in self._members]

    def close(self) -> None:
        for member in self._members:
            member.server.close()

    def _choose(self, graph: Object, *, patient: bool) -> "_Member | None":
        """The best server now; None, for the patient alone, where one of ours will be free by and by."""
        able: list[tuple[float, int, _Member]] = []
        reasons, lacking, waiting = [], [], False
        for place, member in enumerate(self._members):
            if reason := self._busy(member):
                reasons.append(f"{member.server.url} {reason}")
                waiting = waiting or self._is_working(member)
                continue
            try:
                problems = [problem for problem in check(graph, member.server.object_info()) if problem.missing]
                if problems:
                    lacking.append((member, problems))
                else:
                    able.append((member.server.queue_remaining() + member.working, place, member))
            except (UnreachableError, PassingFault) as error:
                self._settle(member, error)
                reasons.append(str(error))
        for _, _, member in sorted(able, key=lambda found: found[:2]):
            if self._take(member, only_if_free=True):
                return member
            reasons.append(f"{member.server.url} is busy")
            waiting = True
        if waiting and patient:
            return None
        if reasons or not lacking:
            raise PassingFault(f"No ComfyUI is free: {'; '.join(reasons) or 'none is configured'}.")
        raise _unable(lacking)

    def _busy(self, member: "_Member") -> str | None:
        with self._lock:
            if not member.breaker.allows(self._now()):
                return f"is given a rest after {member.breaker.failures} failures ({member.last_error})"
            return "is busy" if member.working >= member.limit else None

    def _is_working(self, member: "_Member") -> bool:
        """Whether it has our jobs: then it will be free, or known to be unwell."""
        with self._lock:
            return member.working > 0

    def _take(self, member: "_Member", *, only_if_free: bool = False) -> bool:
        with self._lock:
            now = self._now()
            if only_if_free and (member.working >= member.limit or not member.breaker.allows(now)):
                return False
            member.breaker = member.breaker.tried(now)
            member.working += 1
            return True

    @contextmanager
    def _held(self, member: "_Member") -> Iterator[None]:
        error: BaseException | None = None
        try:
            yield
        except BaseException as raised:
            error = raised
            raise
        finally:
            with self._lock:
                member.working -= 1
            self._settle(member, error)
            with self._freed:
                self._freed.notify()

    def _settle(self, member: "_Member", error: BaseException | None) -> None:
        with self._lock:
            if isinstance(error, UnreachableError | PassingFault):
                member.breaker = member.breaker.failed(self._now())
                member.last_error = str(error)
                member.server.forget()
            elif error is None or isinstance(error, MusingsError):
                member.breaker = member.breaker.succeeded()

    def _ask(self, member: "_Member") -> Health:
        version, remaining, failure = None, None, None
        try:
            remaining, version = member.server.queue_remaining(), member.server.version()
        except MusingsError as error:
            failure = str(error)
        with self._lock:
            return Health(
                url=member.server.url,
                reachable=failure is None,
                version=version,
                queue_remaining=remaining,
                working=member.working,
                limit=member.limit,
                circuit=member.breaker.circuit(self._now()),
                last_error=failure or member.last_error,
            )


class _Member:
    def __init__(self, server: Server, limit: int, breaker: Breaker) -> None:
        self.server = server
        self.limit = limit
        self.breaker = breaker
        self.working = 0
        self.last_error: str | None = None


def _unable(lacking: list[tuple[_Member, list[Problem]]]) -> UserFault:
    member, problems = min(lacking, key=lambda found: len(found[1]))
    told = " ".join(problem.message for problem in problems)
    more = "" if len(lacking) == 1 else f" (the nearest of {len(lacking)} servers)"
    hint = "Install what is missing there and restart that ComfyUI, or choose another workflow."
    return UserFault(f"{member.server.url}{more} cannot run this workflow. {told}", hint=hint)
