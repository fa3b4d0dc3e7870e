"""Watches one submitted job until it is done, lost or stalled. Queue and history decide; the socket only
hurries.
"""

import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from comfyui_workflows.json_types import Object
from musings.errors import PassingFault, ServerAway, Stalled, UnreachableError
from musings.makers.comfyui.answers import HistoryEntry, JobState, Phase
from musings.makers.comfyui.bounded import MOST_FILE_BYTES, MOST_JOB_BYTES
from musings.makers.comfyui.client import ComfyServer, NoAnswer
from musings.makers.comfyui.listening import Inbox
from musings.makers.comfyui.progress import Tracker
from musings.makers.comfyui.protocol import (
    Event,
    Failed,
    Failure,
    JobEnded,
    NodeOutput,
    Preview,
    QueueLength,
    Succeeded,
)

# How soon a cancel is noticed while the job is waited for.
CHECK_SECONDS = 0.25
# How soon a server that has ended is found to be there again.
REFUSED_LOOK_SECONDS = 0.25
REFUSED_SECONDS = 15.0
"""An address refuses connections when ComfyUI has ended, and its jobs with it, unless a tunnel is in between."""


@dataclass(frozen=True)
class JobHooks:
    """How a running job talks to its caller.

    ``check`` is called at least four times a second, except while one answer of the server is awaited; what
    it raises ends the run. ``on_submitting`` is given our id before each POST and returns when it is written
    down. ``on_joined`` is called when a job of an earlier attempt is taken up, ``on_fetching`` when a job has ended
    and its files are about to come. ``on_crash`` is called each time a server went down while it ran our job, and
    ``before_again`` when it is back and the job would be sent once more; what they raise ends the run. ``elsewhere``
    says whether another server could take the job over. ``on_progress`` is given a value, a maximum and a stage,
    ``on_preview`` a picture and its media type. ``on_event`` is given everything that the socket tells, and the id of
    our job; ``to_the_end``: all that it tells of our job is waited for.
    """

    check: Callable[[], None] = lambda: None
    on_submitting: Callable[[str], None] = lambda _: None
    on_submitted: Callable[[str], None] = lambda _: None
    on_joined: Callable[[], None] = lambda: None
    on_fetching: Callable[[], None] = lambda: None
    on_crash: Callable[[], None] = lambda: None
    before_again: Callable[[], None] = lambda: None
    elsewhere: Callable[[], bool] = lambda: False
    on_progress: Callable[[float, float, str], None] = lambda _value, _maximum, _stage: None
    on_preview: Callable[[bytes, str], None] = lambda _picture, _media_type: None
    log: Callable[[str], None] = lambda _: None
    on_event: Callable[[Event, str], None] = lambda _event, _prompt_id: None
    to_the_end: bool = False


@dataclass(frozen=True)
class JobLimits:
    """How long to wait, in seconds.

    ``poll_seconds`` between two looks at the server when the socket is silent; ``lost_gap_seconds`` between
    the two looks that prove a job lost, ``restart_gap_seconds`` where the server was gone meanwhile and
    ``resume_gap_seconds`` where a worker that died had sent it;
    ``stall_seconds`` without any sign of life of a job that runs, ``idle_seconds`` of one that waits while nothing
    runs; ``unreachable_seconds`` without an answer, ``refused_seconds`` where connections are refused and another
    server could take the job over; ``cancel_seconds`` for a job to go; ``preview_seconds`` between two previews;
    ``socket_seconds`` for the socket's greeting. ``resubmissions`` of a lost job. ``extra`` is the ``extra_data`` of
    the submission; this one asks for previews, older servers ignore it.
    """

    # The socket tells of changes at once; this is for when it is silent or was lost.
    poll_seconds: float = 1.0
    # Longer than the moment in which a job that ends is in neither the queue nor the history.
    lost_gap_seconds: float = 3.0
    # A server that was started again knows nothing of what was before: there is no such moment.
    restart_gap_seconds: float = 0.5
    # The dead worker's request has had the time in which the next worker started; its place stands empty meanwhile.
    resume_gap_seconds: float = 1.0
    # Loading a large model from a slow disk takes minutes without a sign.
    stall_seconds: float = 900.0
    idle_seconds: float = 120.0
    unreachable_seconds: float = 60.0
    refused_seconds: float = REFUSED_SECONDS
    cancel_seconds: float = 10.0
    preview_seconds: float = 0.5
    socket_seconds: float = 2.0
    retry_seconds: float = 0.4
    most_file_bytes: int = MOST_FILE_BYTES
    most_job_bytes: int = MOST_JOB_BYTES
    # A server that loses a job three times would lose it for ever.
    resubmissions: int = 2
    extra: Object = field(default_factory=lambda: {"preview_method": "latent2rgb"})
    now: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep

    def pause(self, seconds: float, check: Callable[[], None]) -> None:
        """Wait, and go on asking ``check``."""
        end = self.now() + seconds
        # The clock is asked each time: ``check`` may itself take long.
        while (left := end - self.now()) > 0:
            check()
            self.wait(min(left, CHECK_SECONDS))


class JobWatch:
    """One job. ``told`` is the last error that the socket told, if any; ``ran`` whether it was seen to run;
    ``refused`` whether the server's address refused connections meanwhile.
    """

    def __init__(
        self, server: ComfyServer, prompt_id: str, graph: Object, inbox: Inbox, hooks: JobHooks, limits: JobLimits
    ) -> None:
        self.told: Failure | None = None
        self.ran = False
        self.refused = False
        self._shown: dict[str, Object] = {}
        self._succeeded = False
        self._server, self._prompt_id, self._inbox = server, prompt_id, inbox
        self._hooks, self._limits = hooks, limits
        self._tracker = Tracker(graph)
        self._ended = False
        self._alive_at = limits.now()
        self._sign: object = None
        self._previewed_at = float("-inf")

    def until_done(self) -> HistoryEntry | None:
        """The history entry of the job, or None when it is lost.

        Raises ``Stalled`` when the server shows no sign of life, ``ServerAway`` when it gives no answer, and
        ``PassingFault`` when it gives strange ones, for too long.
        """
        # Short at first: a job that is answered from the cache is over in milliseconds.
        pause, lost_at, heard_at = 0.05, None, self._limits.now()
        while True:
            self._listen(pause)
            pause = min(self._limits.poll_seconds, pause * 2)
            self._hooks.check()
            now = self._limits.now()
            try:
                # The truth is asked after every wait, whatever the socket said.
                state = self._server.state(self._prompt_id)
            except (UnreachableError, PassingFault) as error:
                refused = isinstance(error, NoAnswer) and error.refused
                # Remembered until the end: together with ``ran`` it tells a crash from a network fault.
                self.refused = self.refused or refused
                if refused:  # it costs next to nothing to ask, and the job waits for the answer
                    pause = min(pause, REFUSED_LOOK_SECONDS)
                if self._limits.now() - heard_at > self._patience(refused=refused):
                    raise self._absence(error) from error
            else:
                heard_at = now
                if state.entry is not None:
                    # The history may be ahead of the socket.
                    self._catch_up()
                    return state.entry
                if state.phase is Phase.UNKNOWN:
                    # One look proves nothing: the job may just be changing from the queue to the history.
                    lost_at = now if lost_at is None else lost_at
                    gap = self._gap
                    if now - lost_at >= gap:
                        return None
                    pause = min(pause, gap)
                else:
                    # Seen again: the two looks must be in a row.
                    lost_at = None
                    self._look_alive(state, now)

    def told_outcome(self) -> HistoryEntry | None:
        """The end of the job as the socket told it, where the server has forgotten it since."""
        if not self._succeeded or not self._shown:
            return None
        return HistoryEntry(self._prompt_id, success=True, outputs=self._shown)

    @property
    def _gap(self) -> float:
        gap = self._limits.lost_gap_seconds
        return min(gap, self._limits.restart_gap_seconds) if self.refused else gap

    def _patience(self, *, refused: bool) -> float:
        """How long a server may be away before its job may go elsewhere."""
        # Nobody listens, so that waiting for the long time brings nothing while another server could work.
        if refused and self._hooks.elsewhere():
            return min(self._limits.refused_seconds, self._limits.unreachable_seconds)
        return self._limits.unreachable_seconds

    def _absence(self, error: UnreachableError | PassingFault) -> PassingFault:
        """A server that says something else than ComfyUI does is there, and an attempt is spent on it."""
        # Anything else was an answer, though a strange one.
        if isinstance(error, NoAnswer | PassingFault):
            return ServerAway(str(error), hint=error.hint, lasting=True)
        return PassingFault(str(error), hint=error.hint)

    def _look_alive(self, state: JobState, now: float) -> None:
        """Raise the alarm when nothing about the queue has changed, and no event of ours has come, for
        too long.
        """
        self.ran = self.ran or state.phase is Phase.RUNNING
        # Its place in the line and what runs: as long as either changes, the server works.
        sign = (state.phase, state.position, state.queue.running)
        if sign != self._sign:
            self._sign, self._alive_at = sign, now
            if state.phase is Phase.PENDING:
                self._hooks.on_progress(0.0, 1.0, f"waiting, number {state.position} in line")
        # Waiting while nothing runs is a stuck worker, which shows much sooner than a slow node.
        idle = not state.queue.running
        limit = self._limits.idle_seconds if idle else self._limits.stall_seconds
        if now - self._alive_at > limit:
            where = "waits and nothing runs" if idle else f"is {state.phase}"
            raise Stalled(
                f"The ComfyUI at {self._server.url} has shown no sign of life for {limit:.0f} s: "
                f"our job {where}, {state.queue.remaining} left in its queue.",
                hint="Its worker is probably stuck: look at its log and restart it.",
            )

    def _listen(self, seconds: float) -> None:
        """Take events for ``seconds``, or until one says that it is time to look."""
        end = self._limits.now() + seconds
        while (left := end - self._limits.now()) > 0:
            try:
                event = self._inbox.get(timeout=min(left, CHECK_SECONDS))
            except queue.Empty:
                self._hooks.check()
                continue
            if self._take(event):
                return

    def _catch_up(self) -> None:
        """The history may be written before the last pictures of the socket are here: wait for the end of its words."""
        # Twice the greeting's time: the last frames are on their way already.
        quiet = 2 * self._limits.socket_seconds
        end = self._limits.now() + quiet
        while self._hooks.to_the_end and not self._ended and (left := end - self._limits.now()) > 0:
            self._hooks.check()
            try:
                event = self._inbox.get(timeout=min(left, CHECK_SECONDS))
            except queue.Empty:
                continue
            self._take(event)
            if isinstance(event, Preview):
                end = self._limits.now() + quiet

    def _take(self, event: Event) -> bool:
        self._hooks.on_event(event, self._prompt_id)
        # It says nothing of our job; that it changed is seen with the next poll.
        if isinstance(event, QueueLength):
            return False
        # The socket of an id is also told of other jobs, and previews of older servers name none.
        if getattr(event, "prompt_id", None) != self._prompt_id:
            return False
        self._alive_at = self._limits.now()
        self.ran = True
        if isinstance(event, NodeOutput):
            self._shown[event.node] = event.output
        self._succeeded = self._succeeded or isinstance(event, Succeeded)
        if isinstance(event, JobEnded):
            self._ended = True
            return True
        if isinstance(event, Failed):
            self.told = event.failure
        elif isinstance(event, Preview):
            # Held back here and not at the page: previews come with every step.
            self._preview(event)
        elif progress := self._tracker.feed(event):
            self._hooks.on_progress(progress.value, progress.maximum, progress.stage)
        return False

    def _preview(self, preview: Preview) -> None:
        now = self._limits.now()
        if now - self._previewed_at >= self._limits.preview_seconds:
            self._previewed_at = now
            self._hooks.on_preview(preview.picture, preview.media_type)
