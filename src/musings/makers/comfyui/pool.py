"""Several servers: who is well, who can run a workflow, and who has the least to do.

Each server has a circuit breaker: after some failures in a row it is left alone for a while, then tried by one job.
While a worker watches, every server is also asked all the time, so that one which is away is passed over at once and
one that is back is used at once.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from comfyui_workflows.json_types import Object
from musings.errors import MusingsError, PassingFault, ServerAway, Stalled, Unavailable, UnreachableError, UserFault
from musings.hours import Hours
from musings.makers.comfyui.breaker import Breaker, Circuit
from musings.makers.comfyui.client import ComfyServer, NoAnswer, devices_in, version_in
from musings.makers.comfyui.readiness import readiness_of, unable
from musings.makers.comfyui.tending import LOOK_SECONDS, Tender
from musings.makers.comfyui.waking import Waker

# How soon a cancel or a time limit is noticed by a prompt that waits for a place.
CHECK_SECONDS = 0.25


@dataclass(frozen=True)
class ServerHealth:
    """How a server is, for a page. ``queue_remaining`` is None when it does not answer; ``asleep``: it may be, and a
    prompt wakes it.
    """

    url: str
    reachable: bool
    version: str | None
    queue_remaining: int | None
    working: int
    limit: int
    circuit: Circuit
    last_error: str | None
    devices: Sequence[Object] = ()
    asleep: bool = False


class Busy(PassingFault):
    """Only other jobs of ours are in the way."""


class ServerPool:
    """The configured servers. Safe from any thread. ``limit`` is how many of our jobs each may have at once.

    ``hours`` says by the address of a server when it is given jobs; what runs when they end is waited for. ``wakers``
    are those of the servers that sleep.
    """

    def __init__(
        self,
        servers: Sequence[ComfyServer],
        *,
        limit: int = 1,
        breaker: Breaker | None = None,
        now: Callable[[], float] = time.monotonic,
        hours: Mapping[str, Hours] | None = None,
        wakers: Mapping[str, Waker] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._lock = threading.Lock()
        # Not the lock: who waits for a place must not keep others from reading the state.
        self._freed = threading.Condition()
        self._now = now
        self._on_change: Callable[[], None] = lambda: None
        self._clock = clock
        self._members = [_Member(server, limit, breaker or Breaker(), self._heard) for server in servers]
        for member in self._members:
            member.hours = (hours or {}).get(member.server.url, member.hours)
            member.is_open = member.hours.are_now(clock())
            member.waker = (wakers or {}).get(member.server.url)

    def __len__(self) -> int:
        return len(self._members)

    @property
    def servers(self) -> tuple[ComfyServer, ...]:
        return tuple(member.server for member in self._members)

    def watch(self, on_change: Callable[[], None], look_seconds: float = LOOK_SECONDS) -> None:
        """Ask every server from now on whether it answers, until ``close``; ``on_change`` is called, on another thread,
        when one went away or came back.
        """
        self._on_change = on_change
        for member in self._members:
            member.tender.start(look_seconds)

    def places(self) -> int:
        """How many jobs of ours the servers that are not known to be away take at once; 1 when all are away.

        One that sleeps counts: a prompt that finds the others busy has it woken.
        """
        now = self._clock()
        with self._lock:
            there = sum(each.limit for each in self._members if each.may_work and each.hours.are_now(now))
        # One when all are away: a prompt has to find out, and it then waits without being counted.
        return there or min(1, len(self._members))

    def answers(self, url: str) -> bool:
        """Whether a server is there: asked now, unless it is known to be away from being asked all the time."""
        member = self._member(url)
        # Under the lock only for the look: the question below may take seconds.
        with self._lock:
            if member.is_known_away:
                return False
        try:
            member.server.queue_remaining()
        except (UnreachableError, PassingFault) as error:
            self._heard(member, error)
            return False
        self._heard(member, None)
        return True

    def stays_away(self, url: str, seconds: float, *, refused_seconds: float | None = None) -> bool:
        """Whether a server has not answered for so many seconds, or has left a job of ours alone for as long.

        ``refused_seconds`` are enough where its address refuses connections.
        """
        member = self._member(url)
        with self._lock:
            since = member.away_since
            if refused_seconds is not None and member.refuses:
                seconds = min(seconds, refused_seconds)
            # ``gone`` needs no more waiting: a job of ours has waited for it already.
            return since is not None and (member.gone or self._now() - since >= seconds)

    def others_answer(self, url: str) -> bool:
        """Whether there is another server that is not known to be away."""
        with self._lock:
            # By what is known, without asking: this is called in the middle of a job.
            others = [member for member in self._members if member.server.url != url.rstrip("/")]
            return any(each.away_since is None and each.hours.are_now(self._clock()) for each in others)

    def wake(self, url: str) -> str | None:
        """Have a server woken; how that stands in words, None where nobody said how or it is not its hour."""
        member = self._member(url)
        if member.waker is None or not member.hours.are_now(self._clock()):
            return None
        return member.waker.wake()

    def sleepers(self) -> Iterator[tuple[str, Waker]]:
        """The servers that may be put to sleep, with who does it."""
        for member in self._members:
            if member.waker is not None and member.waker.idle_seconds is not None:
                yield member.server.url, member.waker

    def let_sleep(self, url: str) -> bool:
        """Put a server to sleep; whether it sleeps now. False where it has work, ours or that of others.

        Raises ``CommandError`` or ``TimedOut`` where its command fails.
        """
        member = self._member(url)
        if member.waker is None:
            return False
        with self._lock:
            if member.working:
                return False
            # From here on it is given nothing: what is sent now would go down with it.
            member.retiring = True
        try:
            if member.server.queue_remaining():
                return False
            member.waker.sleep()
        except UnreachableError:
            pass  # it is away already
        finally:
            with self._lock:
                member.retiring = False
        member.waker.slept()
        with self._lock:
            member.away_since, member.refuses = self._now(), False
            member.last_error = f"{url} was put to sleep"
        return True

    def leave(self, url: str, prompt_ids: Collection[str]) -> None:
        """Jobs on a server that are wanted no more: taken away when it answers. Unknown servers are ignored."""
        # Silently: a server that is no longer configured cannot be reached to take anything away.
        for member in self._members:
            if member.server.url == url.rstrip("/"):
                for prompt_id in prompt_ids:
                    member.tender.leave(prompt_id)

    def has_left(self, url: str, prompt_ids: Collection[str]) -> bool:
        """Whether some of the jobs that were left on a server are still to be taken away."""
        mine = [member for member in self._members if member.server.url == url.rstrip("/")]
        return any(member.tender.has_left(each) for member in mine for each in prompt_ids)

    @contextmanager
    def lease(
        self,
        graph: Object,
        *,
        seconds: float = 0.0,
        check: Callable[[], None] = lambda: None,
        avoid: Collection[str] = (),
    ) -> Iterator[ComfyServer]:
        """A place on the least busy server that is well and has the nodes and models of ``graph``.

        Where only other jobs of ours are in the way, it waits for one of them to end, ``seconds`` at most; ``check``
        is called meanwhile. An ``UnreachableError`` or ``PassingFault`` inside counts against the server, anything
        else does not. The servers of ``avoid`` are not considered. Raises ``Busy`` or another ``PassingFault`` when all
        are busy or unwell, ``UserFault`` when no server that answers could ever run it.
        """
        end = self._now() + seconds
        while (member := self._choose(graph, avoid, patient=self._now() < end, check=check)) is None:
            check()
            # Woken when a place is freed, and looked at anyway: a server may also come back.
            with self._freed:
                self._freed.wait(CHECK_SECONDS)
        with self._held(member):
            yield member.server

    @contextmanager
    def lease_of(self, url: str) -> Iterator[ComfyServer]:
        """A place on one server whatever its state, to join a job there. Raises ``UserFault`` for an unknown one."""
        member = self._member(url)
        # Even with a full or resting server: the job is there already, and needs no new place.
        self._take(member)
        with self._held(member):
            yield member.server

    def health(self) -> list[ServerHealth]:
        """Ask every server how it is. Never raises."""
        return [self._ask(member) for member in self._members]

    def close(self) -> None:
        for member in self._members:
            member.tender.close()
            member.server.close()

    def _member(self, url: str) -> "_Member":
        for member in self._members:
            if member.server.url == url.rstrip("/"):
                return member
        raise UserFault(f"There is no ComfyUI at {url} in the configuration any more.")

    def _choose(
        self, graph: Object, avoid: Collection[str], *, patient: bool, check: Callable[[], None]
    ) -> "_Member | None":
        """The best server now; None, for the patient alone, where one of ours will be free by and by."""
        able: list[tuple[float, int, _Member]] = []
        asked: list[tuple[int, _Member]] = []
        asleep: list[_Member] = []
        reasons, lacking, waiting = [], [], False
        for place, member in enumerate(self._members):
            if self._may_sleep(member):
                asleep.append(member)
            elif member.server.url in avoid:
                # Going back to it at once would wait for the same absence again.
                reasons.append(f"{member.server.url}, which had this job, does not answer")
            elif reason := self._busy(member):
                reasons.append(reason)
                # Only ours end by themselves in a known time; a server that is away may stay so.
                waiting = waiting or self._is_working(member)
            else:
                asked.append((place, member))
        refusal: Exception | None = None
        # Without the lock, and all at once: one that hangs must not hold up the others.
        answers = readiness_of(graph, [member.server for _, member in asked], check)
        for (place, member), answer in zip(asked, answers, strict=True):
            if answer is None:
                reasons.append(f"{member.server.url} takes its time to answer")
            elif isinstance(answer, UnreachableError) and member.waker is not None:
                self._heard(member, answer)
                asleep.append(member)
            elif isinstance(answer, UnreachableError | PassingFault):
                self._settle(member, answer)
                reasons.append(str(answer).rstrip("."))
            elif isinstance(answer, Exception):
                # Another kind of error (a wrong token) is raised only when nobody else can be waited for.
                refusal = refusal or answer
            elif answer.lacking:
                lacking.append((member.server, answer.lacking))
            else:
                # Their jobs and ours: what was given a place a moment ago may not show in its queue yet.
                able.append((answer.remaining + member.working, place, member))
        for _, _, member in sorted(able, key=lambda found: found[:2]):
            # Looked at again under the lock: another thread may have taken the place since.
            if self._take(member, only_if_free=True):
                return member
            reasons.append(f"{member.server.url} is busy")
            waiting = True
        reasons += _woken(asleep)
        if waiting and patient:
            return None
        if refusal is not None and not waiting:
            raise refusal
        # As long as a server is only away or busy, it may be the one that has what is lacking.
        if reasons or not lacking:
            fault = Busy if waiting else PassingFault
            hint = "The prompt goes on when it answers." if asleep else None
            raise fault(f"No ComfyUI is free: {'; '.join(reasons) or 'none is configured'}.", hint=hint)
        raise unable(lacking)

    def _may_sleep(self, member: "_Member") -> bool:
        """Whether it is away, and could be woken for a prompt at this hour."""
        with self._lock:
            return member.waker is not None and member.is_known_away and member.hours.are_now(self._clock())

    def _busy(self, member: "_Member") -> str | None:
        with self._lock:
            url, said = member.server.url, (member.last_error or "").rstrip(".")
            if member.retiring:
                return f"{url} is being put to sleep"
            # Before everything else: whether it answers at this hour is nobody's trouble.
            if not member.hours.are_now(self._clock()):
                return f"{url} is given work {member.hours} only (media.comfyui.hours)"
            if member.is_known_away:
                return said or f"{url} does not answer"
            # A server that answers but fails job after job must not take all the prompts.
            if not member.breaker.allows(self._now()):
                return f"{url} is given a rest after {member.breaker.failures} failures ({said})"
            return f"{url} is busy" if member.working >= member.limit else None

    def _is_working(self, member: "_Member") -> bool:
        """Whether it has our jobs: then it will be free, or known to be unwell."""
        with self._lock:
            return member.working > 0

    def _take(self, member: "_Member", *, only_if_free: bool = False) -> bool:
        with self._lock:
            now = self._now()
            full = member.working >= member.limit or member.retiring
            if only_if_free and (full or not member.breaker.allows(now)):
                return False
            # Before the job is sent: of a resting server only one job finds out whether it is well again.
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
            # Outside the lock: it takes it itself.
            self._settle(member, error)
            with self._freed:
                # One place is free, so that one waiter is enough.
                self._freed.notify()

    def _settle(self, member: "_Member", error: BaseException | None) -> None:
        if isinstance(error, Unavailable) and not isinstance(error, ServerAway):
            return  # it says nothing about this server
        with self._lock:
            if isinstance(error, UnreachableError | PassingFault):
                if _is_refused(error) and member.is_watched_and_well:
                    # It has ended, and will be asked until it is there again: to let it rest beyond that would be idle.
                    member.away_since, member.refuses, member.last_error = self._now(), True, str(error)
                    member.server.forget()
                    member.tender.look_soon()
                    return
                lasting = isinstance(error, ServerAway) and error.lasting
                # It stayed away during a whole patience, or stalled: more jobs would only repeat that.
                doubtless = lasting or isinstance(error, Stalled)
                breaker = member.breaker
                member.breaker = breaker.gave_out(self._now()) if doubtless else breaker.failed(self._now())
                member.last_error = str(error)
                # It may have been restarted with other nodes.
                member.server.forget()
                if isinstance(error, ServerAway):
                    # The first time counts: the patience of a job is from then on.
                    member.away_since = self._now() if member.away_since is None else member.away_since
                    member.gone = lasting
            # An error of ours (a cancel, a fault of the workflow) shows that the server itself works.
            elif error is None or isinstance(error, MusingsError):
                member.breaker = member.breaker.succeeded()
                member.away_since, member.gone = None, False

    def _heard(self, member: "_Member", error: Exception | None) -> None:
        """A server was asked, and answered or did not."""
        with self._lock:
            was_away = member.away_since is not None
            if error is not None:
                member.away_since = member.away_since if was_away else self._now()
                member.refuses = isinstance(error, NoAnswer) and error.refused
                member.last_error = str(error)
            elif was_away:
                member.away_since = None
                # It was left alone because it was away, and it is not; what failed before that was its absence.
                if member.gone or member.breaker.opened_at is None:
                    member.breaker, member.gone = member.breaker.succeeded(), False
            is_open = member.hours.are_now(self._clock())
            turned, member.is_open = is_open is not member.is_open, is_open
        if member.waker is not None and error is None:
            member.waker.answered()
        # Only when it changed: this is called with every look, every few seconds.
        if was_away == (error is None):
            member.server.forget()
            turned = True
        if turned:
            # Outside the lock: whoever is told may ask the pool.
            self._on_change()

    def _ask(self, member: "_Member") -> ServerHealth:
        stats, remaining, failure = None, None, None
        try:
            remaining, stats = member.server.queue_remaining(), member.server.system_stats()
        except MusingsError as error:
            failure = str(error)
        with self._lock:
            return ServerHealth(
                url=member.server.url,
                reachable=failure is None,
                version=None if stats is None else version_in(stats),
                queue_remaining=remaining,
                working=member.working,
                limit=member.limit,
                circuit=member.breaker.circuit(self._now()),
                last_error=failure or member.last_error,
                devices=() if stats is None else devices_in(stats),
                asleep=failure is not None and member.waker is not None and not member.waker.is_overdue,
            )


class _Member:
    """``away_since`` is when it first did not answer; ``gone`` that it has left a job of ours alone for too long;
    ``refuses`` that its address refused the last connection.
    """

    def __init__(
        self,
        server: ComfyServer,
        limit: int,
        breaker: Breaker,
        heard: Callable[["_Member", Exception | None], None],
    ) -> None:
        self.server = server
        self.tender = Tender(server, lambda error: heard(self, error))
        self.away_since: float | None = None
        self.gone = False
        self.refuses = False
        self.limit = limit
        self.hours = Hours()
        self.is_open = True  # as the last look found it
        self.waker: Waker | None = None
        self.retiring = False
        self.breaker = breaker
        self.working = 0
        self.last_error: str | None = None

    @property
    def is_watched_and_well(self) -> bool:
        """Somebody watches, and nothing else than an absence was found so far that it should rest for."""
        return self.tender.is_at_work and self.breaker.opened_at is None and self.away_since is None

    @property
    def may_work(self) -> bool:
        """Whether it is there as far as is known, or may come when it is woken."""
        return not self.is_known_away or (self.waker is not None and not self.waker.is_overdue)

    @property
    def is_known_away(self) -> bool:
        """Only while somebody watches: without, a server is asked each time it might be used."""
        return self.away_since is not None and self.tender.is_at_work


def _woken(asleep: Sequence[_Member]) -> list[str]:
    """What is said of servers that are away and can be woken. One that may come soon is enough; the rest sleep on."""
    said = []
    for member in asleep:
        if member.waker is not None:
            said.append(member.waker.wake())
            if not member.waker.is_overdue:
                break
    return said


def _is_refused(error: BaseException | None) -> bool:
    """Whether nobody listens at the address any more: the error itself, or what it was raised from."""
    while error is not None and not isinstance(error, NoAnswer):
        error = error.__cause__
    return isinstance(error, NoAnswer) and error.refused
