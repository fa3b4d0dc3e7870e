"""How a running attempt talks to its runner: the worker's side of ``makers.base.Context``."""

import base64
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from musings import logs
from musings.errors import Cancelled, Stopping, StoreError, TimedOut
from musings.models import JsonObject, Prompt, Writing
from musings.store import rows
from musings.store.database import Database
from musings.store.queue import accounts, events, in_flight, leftovers
from musings.store.queue.states import Step
from musings.worker.exclusive import exclusively

# Each report is a write that every open page is told of; more than two a second nobody can read.
PROGRESS_SECONDS = 0.5
PREVIEW_SECONDS = 1.0
# It is stored in the journal of events; a large picture would grow the database with every step.
PREVIEW_BYTES = 200_000
# A script may print for hours; the row keeps an excerpt anyway, so this only bounds the memory.
LOG_CHARACTERS = 2_000_000
EXCERPT_CHARACTERS = 1_000
TAKEN_OVER = "Another worker has taken over this prompt."


class AttemptContext:
    """One for each running attempt; the runner asks it to stop through ``cancel`` and ``stop``."""

    def __init__(
        self,
        database: Database,
        prompt: Prompt,
        timeout_seconds: float,
        *,
        on_made: Callable[[], None] = lambda: None,
        quiet_seconds: float = PROGRESS_SECONDS,
    ) -> None:
        self._database = database
        self._prompt = prompt
        self._log = logs.get("worker").bind(prompt=prompt.id, attempt=prompt.attempt)
        self._lines: list[str] = []
        self._characters = 0
        self._timeout = timeout_seconds
        self.began = time.monotonic()
        self._cancel = threading.Event()
        self._stop = threading.Event()
        self._told = _Throttle(PROGRESS_SECONDS)
        self._showed = _Throttle(PREVIEW_SECONDS)
        self._stage = ""
        self._quiet = quiet_seconds
        # ``value``, ``maximum`` and ``stage`` of the latest report that was held back.
        self._withheld: tuple[float, float, str] | None = None
        self._catching_up: threading.Timer | None = None
        self._on_made = on_made
        self.made = threading.Event()  # whatever made it is free again; what is left is ours
        self.settling = threading.Event()  # nothing is left to do but to store the end, however long that takes
        self._excerpt = ""
        self._step: str = Step.WORKING
        self._can_be_joined = (prompt.external_id or "").startswith(leftovers.SERVER_JOB)

    def cancel(self) -> None:
        self._cancel.set()

    def stop(self) -> None:
        self._stop.set()

    def leave(self) -> None:
        """The pipeline is done: its place may be taken by the next prompt."""
        # First, or the timer could report progress of a prompt that has ended.
        self._forget_withheld()
        self.made.set()
        self._on_made()

    def settle(self) -> None:
        """Nothing is left to do but to store the end."""
        self._forget_withheld()
        self.settling.set()

    def check(self) -> None:
        # In this order: who cancelled wants no result at all, while a stopping worker puts the prompt back.
        if self._cancel.is_set():
            raise Cancelled("Cancelled.")
        if self._stop.is_set():
            raise Stopping("The worker is shutting down.")
        if self.remaining <= 0:
            raise TimedOut(
                f"It took longer than the limit of {self._timeout:g} s.",
                hint="Ask for less, or raise processing.timeout_seconds.",
            )

    def progress(self, value: float, maximum: float, stage: str) -> None:
        if self.elapsed < self._quiet:
            self._withhold(value, maximum, stage)
        else:
            self._show(value, maximum, stage)

    def _withhold(self, value: float, maximum: float, stage: str) -> None:
        """A quick attempt is over before anybody could read it: shown only when this one lasts."""
        self._withheld = (value, maximum, stage)
        if self._catching_up is None:
            self._catching_up = threading.Timer(self._quiet - self.elapsed, self._catch_up)
            # A daemon: a timer must not keep the process alive at its end.
            self._catching_up.daemon = True
            self._catching_up.start()

    def _catch_up(self) -> None:
        if (withheld := self._withheld) is not None:
            self._show(*withheld)

    def _forget_withheld(self) -> None:
        self._withheld = None
        if self._catching_up is not None:
            self._catching_up.cancel()

    def _show(self, value: float, maximum: float, stage: str) -> None:
        self._withheld = None
        # A new stage is shown at once: it is what a person looks for, and it is rare.
        if not self._told.due() and stage == self._stage:
            return
        self._stage = stage
        share = value / maximum if maximum > 0 else 0.0
        # Linear in the share done; before anything is done there is nothing to divide by.
        eta = self.elapsed * (1 - share) / share if 0 < share <= 1 else None
        shown = {
            "value": round(value, 3),
            "max": round(maximum, 3),
            "stage": stage,
            "eta_seconds": None if eta is None else round(eta, 1),
            **({"excerpt": self._excerpt} if self._excerpt else {}),
        }
        self._quietly(
            lambda: self._database.writing_relaxed(
                in_flight.report_progress, self._prompt.id, self._prompt.attempt, shown
            )
        )

    def preview(self, picture: bytes, media_type: str) -> None:
        # Dropped, not scaled down: pictures come again soon, and scaling would cost the worker's time.
        if len(picture) > PREVIEW_BYTES or not self._showed.due():
            return
        url = f"data:{media_type};base64,{base64.b64encode(picture).decode()}"
        data = rows.dump({"id": self._prompt.id, "url": url})
        self._quietly(lambda: self._database.writing_relaxed(events.tell, "preview", self._prompt.id, data))

    def excerpt(self, text: str) -> None:
        # The end of the text: a page shows how it grows.
        self._excerpt = text[-EXCERPT_CHARACTERS:]

    def keep_writing(self, writing: Writing) -> int:
        # Not relaxed, unlike progress: the next attempt relies on it and does not write the text again.
        kept = self._database.writing(in_flight.keep_writing, self._prompt, writing)
        if kept is None:
            raise Cancelled(TAKEN_OVER)
        return kept

    def uses(self, parameters: JsonObject) -> None:
        self._database.writing(in_flight.record_parameters, self._prompt.id, self._prompt.attempt, parameters)

    def started(self, external_id: str) -> None:
        # Before the work starts outside: a worker that dies in between would leave a job or a process that nobody
        # knows.
        if not self._database.writing(in_flight.started_outside, self._prompt.id, self._prompt.attempt, external_id):
            raise Cancelled(TAKEN_OVER)
        self._step = Step.OUTSIDE
        self._can_be_joined = external_id.startswith(leftovers.SERVER_JOB)

    def alone(self, resource: str, stage: str) -> AbstractContextManager[None]:
        return exclusively(self._database.dialect.host_lock(resource), self, stage)

    def step(self, name: str) -> None:
        if name != self._step:
            self._step = name
            if not self._can_be_joined:  # then recovery asks for no step: the whole attempt is the worker's own
                return
            prompt = self._prompt
            self._quietly(lambda: self._database.writing_relaxed(accounts.note_step, prompt.id, prompt.attempt, name))

    # Counted in the database, so that it survives the worker: a prompt that brings a server down must end some time.
    def crashed(self) -> int:
        try:
            return self._database.writing(accounts.count_crash, self._prompt.id, self._prompt.attempt)
        except StoreError as error:  # the next time will be counted
            self._log.warning("a crash was not counted", error=str(error))
            return 0

    def others_crashed(self) -> bool:
        try:
            return self._database.reading(accounts.others_crashed, self._prompt.id)
        except StoreError as error:  # given the benefit of the doubt
            self._log.warning("crashes could not be compared", error=str(error))
            return True

    def log(self, text: str) -> None:
        self._log.info(text)
        if self._characters < LOG_CHARACTERS:
            self._lines.append(f"[{self.elapsed:8.2f} s] {text}")
            self._characters += len(text)

    @property
    def elapsed(self) -> float:
        """Seconds since the attempt began."""
        return time.monotonic() - self.began

    @property
    def remaining(self) -> float:
        return max(0.0, self._timeout - self.elapsed)

    @property
    def logged(self) -> str:
        return "\n".join(self._lines)

    def _quietly(self, tell: Callable[[], None]) -> None:
        """Progress is worth nothing to a prompt whose database is busy: say so and go on."""
        try:
            tell()
        except StoreError as error:
            self._log.warning("progress was not stored", error=str(error))


class _Throttle:
    # One for progress and one for pictures: a stream of pictures must not silence the figures.
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._last = float("-inf")
        self._lock = threading.Lock()

    # Locked: reports come from the pipeline's thread, from its listeners and from the timer.
    def due(self) -> bool:
        with self._lock:
            now = time.monotonic()
            if now - self._last < self._seconds:
                return False
            self._last = now
            return True
