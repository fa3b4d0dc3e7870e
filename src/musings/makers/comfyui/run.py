"""One job on one server, from a filled graph to files in a folder.

The rules (docs/architecture.md, invariant 5): our own id is written down before the POST; after a crash the job is
looked for before it is submitted again; queue and history are the truth, the socket is for progress and previews, and
its trouble never fails a job; a job in neither, twice, is lost and submitted again under a new id; a job is
interrupted by its id only, until it is confirmed to be gone. A server that goes away is no fault of the job: the
caller waits for it, or goes elsewhere; one that goes down again and again while it runs this job is.
"""

import contextlib
import queue
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from comfyui_workflows.json_types import Object
from musings.errors import (
    Cancelled,
    MusingsError,
    NotFoundError,
    PassingFault,
    ServerAway,
    TimedOut,
    Unavailable,
    UnreachableError,
    UserFault,
)
from musings.makers.comfyui.answers import HistoryEntry, Phase, Rejected
from musings.makers.comfyui.client import ComfyServer, NoAnswer
from musings.makers.comfyui.explain import problems_fault, refusal
from musings.makers.comfyui.fetching import Fetched, fetch
from musings.makers.comfyui.listening import NEEDED_SECONDS, Inbox, SocketListener
from musings.makers.comfyui.outputs import OutputFile, OutputText
from musings.makers.comfyui.protocol import Failure
from musings.makers.comfyui.sent import Catcher
from musings.makers.comfyui.verdict import JobOutcome, JobVerdict, busted, judge
from musings.makers.comfyui.watching import JobHooks, JobLimits, JobWatch

MOST_FILES = 10_000
"""Of one job."""
LONGEST_ID = 100
HANGING_SECONDS = 5.0
"""A try to fetch a file that took longer and brought nothing may have met a server that hangs."""


@dataclass(frozen=True)
class JobResult:
    """What a job left. ``submissions`` counts the POSTs of this call; ``cached``: the server ran nothing.

    ``seconds`` is from the call to the last file. ``graph`` is what was submitted last.
    """

    prompt_id: str
    files: tuple[Fetched, ...]
    texts: tuple[OutputText, ...]
    cached: bool
    submissions: int
    seconds: float
    graph: Object


def run_graph(
    server: ComfyServer,
    graph: Object,
    *,
    prompt_id: str,
    target: Path,
    resume: bool = False,
    hooks: JobHooks | None = None,
    limits: JobLimits | None = None,
    verify: Callable[[Path], None] = lambda _: None,
    object_info: Object | None = None,
    paid: Sequence[str] = (),
) -> JobResult:
    """Run a graph in API format and fetch what it makes into ``target``, an existing folder.

    With ``resume`` the job ``prompt_id`` is looked for first, and joined when it waits, runs or is done.
    Files are named ``0001.png`` and so on, in the order of the node ids. ``verify`` is as in :func:`fetch`;
    ``object_info`` helps messages to name the nearest installed model. ``paid`` are the nodes of the graph that cost
    money each time they run: a lost job of theirs is not submitted again.

    Raises ``UserFault`` and ``PassingFault`` as ``musings.errors`` classes them, and ``ServerAway`` when the server
    does not answer any more. ``Cancelled`` and ``TimedOut`` from ``hooks.check`` stop the job on the server first;
    ``Stopping`` leaves it running, to be joined later.
    """
    run = _Run(server, graph, prompt_id, hooks or JobHooks(), limits or JobLimits(), object_info, paid)
    try:
        return run.work(target, resume=resume, verify=verify)
    except (Cancelled, TimedOut):
        # Only for these: ``Stopping`` leaves the job running, so that the next worker can join it.
        run.withdraw()
        raise
    # The order matters: ``NoAnswer`` is an ``UnreachableError``, but no attempt is counted for it.
    except NoAnswer as error:
        raise ServerAway(str(error), hint=error.hint) from error
    except UnreachableError as error:
        raise PassingFault(str(error), hint=error.hint) from error
    finally:
        run.close()


class _Run:
    _catcher: Catcher

    def __init__(
        self,
        server: ComfyServer,
        graph: Object,
        prompt_id: str,
        hooks: JobHooks,
        limits: JobLimits,
        object_info: Object | None,
        paid: Sequence[str],
    ) -> None:
        self._server, self._graph, self._prompt_id = server, graph, prompt_id
        self._hooks, self._limits, self._object_info = hooks, limits, object_info
        self._inbox: Inbox = queue.SimpleQueue()
        self._listener: SocketListener | None = None
        self._paid = tuple(paid)
        self._submissions = 0
        self._trying_since = 0.0
        self._went_down = False  # a server that had a job of ours was started again
        self._emptied = False  # somebody took a job of ours out of the history, once
        self._known = False  # the id may be on the server, or was: never submit under it again

    def work(self, target: Path, *, resume: bool, verify: Callable[[Path], None]) -> JobResult:
        started = time.monotonic()
        self._catcher = Catcher(self._graph, target, self._limits.most_job_bytes)
        # Pictures that come over the socket alone are lost if we do not wait for its end.
        self._hooks = replace(self._hooks, on_event=self._catcher.feed, to_the_end=bool(self._catcher.nodes))
        # An id that was handed down may be on the server in spite of all: it is never submitted again.
        self._known = resume
        if resume and self._found(min(self._limits.lost_gap_seconds, self._limits.resume_gap_seconds)):
            self._hooks.log(f"joined job {self._prompt_id} on {self._server.url}")
            self._hooks.on_joined()
            self._listen()
        else:
            if resume:
                # It was submitted once and is gone: it may have run, and been charged, before it was lost.
                self._refuse_to_pay_twice()
            self._submit()
        # Each kind of second try happens once, so that no server can keep us here for ever.
        spent: set[JobOutcome] = set()
        while True:
            entry, told = self._watch()
            verdict = judge(entry, self._graph, self._server.url, told)
            verdict = self._catcher.judged(verdict, entry, self._server.url, told)
            if verdict.outcome is JobOutcome.MADE:
                try:
                    files = self._fetch(verdict, target, verify)
                    files += self._catcher.kept(target, len(files) + 1, verify)
                # The history names the file and the folder does not have it: somebody deleted it, so that it is made
                # again.
                except NotFoundError as error:
                    fault = PassingFault(f"{error} It was made, and then deleted.")
                    verdict = JobVerdict(JobOutcome.EMPTY, cached=verdict.cached, fault=fault)
                else:
                    # After the result is safe.
                    self._delete_copies()
                    return self._result(verdict, files, started)
            self._once_more(verdict, entry, spent)

    def withdraw(self) -> None:
        """Take our job off the server, and say so when it would not go."""
        # Never submitted: a server that refused the job has nothing to interrupt.
        if not self._known:
            return
        try:
            gone = self._server.interrupt(self._prompt_id, seconds=self._limits.cancel_seconds)
        # The attempt ends with its own error: that the job could not be stopped is only worth a line.
        except MusingsError as error:
            self._hooks.log(f"could not stop job {self._prompt_id}: {error}")
            return
        words = "stopped" if gone else "asked to stop; it ends when its node does"
        self._hooks.log(f"job {self._prompt_id} {words}")

    def close(self) -> None:
        self._catcher.forget()  # what was kept is no longer there to forget
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _once_more(self, verdict: JobVerdict, entry: HistoryEntry, spent: set[JobOutcome]) -> None:
        """Submit again where that may help, once for each reason; otherwise raise the fault."""
        # A verdict without a fault must not end in silence.
        fault = verdict.fault or PassingFault(f"The ComfyUI at {self._server.url} made nothing.")
        # How a job of an earlier attempt ended, by our own interrupt perhaps, must not end this one too.
        stale = self._submissions == 0 and isinstance(fault, PassingFault)
        if verdict.outcome in spent or (verdict.outcome is JobOutcome.FAULT and not stale):
            raise fault
        spent.add(verdict.outcome)
        self._hooks.log(f"{fault}; submitting once more")
        # The models of an earlier job may be what fills the memory.
        if verdict.outcome is JobOutcome.MEMORY:
            self._server.free()
        elif verdict.outcome is JobOutcome.EMPTY:
            # The same graph would be answered from the cache once more, again without files.
            self._graph = busted(self._graph, entry.wanted, uuid.uuid4().hex)
        self._submit()

    def _found(self, gap_seconds: float) -> bool:
        """Whether our job is on the server; asks twice before it says no. One that ended badly is not worth joining."""
        # Between leaving the queue and being written into the history a job is in neither.
        for ask in range(2):
            if ask:
                self._pause(gap_seconds)
            state = self._server.state(self._prompt_id)
            if state.entry is not None and not state.entry.success:
                self._hooks.log(f"job {self._prompt_id} ended badly on {self._server.url}")
                self._paid = ()  # it is known how it ended: trying again is a decision of the attempts, not of ours
                return False
            if state.phase is not Phase.UNKNOWN:
                return True
        self._hooks.log(f"job {self._prompt_id} is not on {self._server.url}")
        return False

    def _submit(self) -> None:
        # A used id is never sent twice: the server would run it twice, and its history would mix both.
        if self._known:
            self._prompt_id = str(uuid.uuid4())
        self._known = True
        # Pictures of the earlier submission do not belong to this one.
        self._catcher.forget()
        # Listening before the POST: a quick job could be over before the socket is open.
        self._catcher.require(self._server, listening=self._listen())
        self._hooks.check()
        # Written down before the POST: a worker that dies right after it still leaves the id to look for.
        self._hooks.on_submitting(self._prompt_id)
        self._submissions += 1
        try:
            self._post()
        except UnreachableError as error:
            # The answer is lost, but the job may be queued. Nothing is sent again before we have looked.
            if not self._found(self._limits.lost_gap_seconds):  # which a server that is away does not let us find out
                raise PassingFault(str(error), hint="It answers other questions: is a proxy in its way?") from error
        self._hooks.on_submitted(self._prompt_id)

    def _post(self) -> None:
        client_id = self._listener.client_id if self._listener else uuid.uuid4().hex
        reply = self._server.submit(
            self._graph, prompt_id=self._prompt_id, client_id=client_id, extra=self._limits.extra
        )
        if isinstance(reply, Rejected):
            # It was refused, so that the id is on no server and may be used again.
            self._known = False
            # Refused for what it should have according to ``/object_info``: that is out of date.
            self._server.forget()
            raise refusal(reply, self._graph, self._object_info)
        if reply.prompt_id != self._prompt_id:
            self._refuse_another_id(reply.prompt_id)
        if reply.problems:
            # A part of the outputs is not what was asked for, and would look like a result.
            self.withdraw()
            opening = "ComfyUI would make only a part of the outputs, so the job was withdrawn"
            raise problems_fault(opening, reply.problems, self._graph, self._object_info)
        self._hooks.log(f"submitted job {self._prompt_id} to {self._server.url}")

    def _refuse_another_id(self, other: str) -> None:
        """Take a job away that the server calls otherwise than we do: after a crash nobody would find it again."""
        with contextlib.suppress(MusingsError):
            self._server.interrupt(other[:LONGEST_ID], seconds=self._limits.cancel_seconds)
        self._known = False
        raise UserFault(
            f"The ComfyUI at {self._server.url} gives the job an id of its own ({other[:LONGEST_ID]!r}), "
            "so it cannot be followed.",
            hint="Update ComfyUI; or a proxy in between changes what is sent.",
        )

    def _listen(self) -> bool:
        """Listen anew; whether the server has heard of it."""
        # A socket of an earlier submission would go on telling of that one.
        self.close()
        self._inbox = queue.SimpleQueue()
        seconds = NEEDED_SECONDS if self._catcher.nodes else self._limits.socket_seconds
        self._listener = SocketListener(self._server, self._inbox, self._hooks.log, open_seconds=seconds)
        return self._listener.ready(seconds)

    def _watch(self) -> tuple[HistoryEntry, Failure | None]:
        """Wait until the job is done; a lost one is submitted again, some times."""
        for again in range(self._limits.resubmissions + 1):
            if again:
                self._hooks.log(f"job {self._prompt_id} is lost; submitting again")
                self._submit()
            watch = JobWatch(self._server, self._prompt_id, self._graph, self._inbox, self._hooks, self._limits)
            try:
                entry = watch.until_done()
            except ServerAway:
                # It ran and then nobody listened any more: the program ended, and this job may be the reason.
                if watch.ran and watch.refused:
                    self._crashed()
                raise
            if entry is None:
                entry = self._after_a_loss(watch)
            if entry is not None:
                return entry, watch.told
        lost = f"The ComfyUI at {self._server.url} lost the job {self._submissions} times."
        if self._went_down:  # which is no fault of the job, as long as it did not run
            raise Unavailable(f"{lost} It was started again meanwhile.", waits_for="comfyui")
        raise PassingFault(lost)

    def _after_a_loss(self, watch: JobWatch) -> HistoryEntry | None:
        """What can still be had of a job that the server does not know any more; None when it may be sent again."""
        if (entry := watch.told_outcome()) is not None:
            self._hooks.log(f"job {self._prompt_id} is in no history; its end was told on the socket")
            return entry
        went_down = watch.refused or (self._listener is not None and self._listener.losses > 0)
        self._went_down = self._went_down or went_down
        # It never began, so that nothing was paid for and nothing can be had of it.
        if not watch.ran and (went_down or not self._emptied):
            return None
        if went_down:
            self._crashed()
            self._refuse_to_pay_twice()
            self._hooks.before_again()
            return None
        # Newer servers may still tell of it by another route.
        if (entry := self._server.job(self._prompt_id)) is not None:
            return entry
        self._refuse_to_pay_twice()
        if self._emptied:
            raise PassingFault(
                f"The ComfyUI at {self._server.url} has forgotten this job twice after it had run: "
                "somebody empties its history before the result can be fetched.",
                hint="Do not clear the history of a server while Musings works on it.",
            )
        # Once may be chance; the second time somebody does it regularly.
        self._emptied = True
        self._hooks.log(f"job {self._prompt_id} ran and is in no history: somebody has emptied it")
        return None

    def _crashed(self) -> None:
        self._hooks.log(f"the ComfyUI at {self._server.url} went down while it ran job {self._prompt_id}")
        self._hooks.on_crash()

    def _refuse_to_pay_twice(self) -> None:
        if self._paid:
            raise UserFault(
                f"The ComfyUI at {self._server.url} does not know this job any more, and its partner node "
                f"({', '.join(self._paid)}) may have been charged for it, so it was not sent again.",
                hint="Look at your account there; retry the prompt to run, and pay for, it again.",
            )

    def _fetch(self, verdict: JobVerdict, target: Path, verify: Callable[[Path], None]) -> tuple[Fetched, ...]:
        self._hooks.on_fetching()
        if len(verdict.files) > MOST_FILES:
            raise UserFault(
                f"The job made {len(verdict.files):,} files; {MOST_FILES:,} are the most that is fetched.",
                hint="Have the workflow make fewer at once.",
            )
        left, made = self._limits.most_job_bytes, []
        for number, file in enumerate(verdict.files, 1):
            most = min(left, self._limits.most_file_bytes)
            made.append(self._file(file, target / f"{number:04}{file.suffix}", verify, most))
            left -= made[-1].size
        return tuple(made)

    def _file(self, file: OutputFile, target: Path, verify: Callable[[Path], None], most: int) -> Fetched:
        began = self._trying_since = time.monotonic()
        try:
            fetched = fetch(
                self._server,
                file,
                target,
                verify=verify,
                check=self._hooks.check,
                wait=self._pause_unless_it_hangs,
                retry_seconds=self._limits.retry_seconds,
                most_bytes=most,
            )
        # A time limit is ours and says nothing about the server.
        except TimedOut:
            raise
        except PassingFault:
            self._server.queue_remaining()  # one that does not answer is away, and its files wait with it
            raise
        seconds = time.monotonic() - began
        self._hooks.log(f"fetched {file.shown}: {fetched.size:,} bytes in {seconds:.1f} s")
        return fetched

    def _delete_copies(self) -> None:
        """A proxy that repeats a POST queues the job twice; the copy would only burn time."""
        # Best effort: the job is done, and a copy that runs only wastes time.
        with contextlib.suppress(MusingsError):
            self._server.delete_pending(self._prompt_id)

    def _result(self, verdict: JobVerdict, files: tuple[Fetched, ...], started: float) -> JobResult:
        return JobResult(
            prompt_id=self._prompt_id,
            files=files,
            texts=verdict.texts,
            cached=verdict.cached,
            submissions=self._submissions,
            seconds=time.monotonic() - started,
            graph=self._graph,
        )

    def _pause_unless_it_hangs(self, seconds: float) -> None:
        """Between two tries to fetch a file: a server that answers nothing else either is not waited for five times."""
        if time.monotonic() - self._trying_since > HANGING_SECONDS:
            self._server.queue_remaining()
        self._pause(seconds)
        self._trying_since = time.monotonic()

    def _pause(self, seconds: float) -> None:
        self._limits.pause(seconds, self._hooks.check)
