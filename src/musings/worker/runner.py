"""The worker around an engine's loop: what is to be done before, beside and after prompts.

The engine decides who runs what, and when; here is what any engine needs for it.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from musings import logs
from musings.chains.taking import advance_with
from musings.engine.base import Engine
from musings.errors import StoreError
from musings.models import Kind
from musings.schedules.firing import Firings, ScheduleWatch, watching
from musings.store.queue import admission, recovery, stages
from musings.store.queue.workers import new_identity
from musings.worker.capacity import Capacity
from musings.worker.clock import ClockWitness
from musings.worker.hastening import Hastening
from musings.worker.heartbeat import heartbeat
from musings.worker.housekeeper import Housekeeper
from musings.worker.leftovers import Leftovers
from musings.worker.running import AttemptLimits, Running, RunningAttempts, Summary
from musings.worker.slots import SERVERS, MakerSlots
from musings.worker.takeover import take_over
from musings.worker.watchdog import Watchdog
from musings.worker.workshop import Workshop


class Runner:
    """``run_queue_processor`` is the whole of it; ``stop`` may be called from any thread."""

    def __init__(
        self,
        engine: Engine,
        workshop: Workshop,
        housekeeper: Housekeeper,
        slots: MakerSlots,
        limits: AttemptLimits,
        firings: Firings,
        *,
        kinds: Collection[Kind],
        pid: int,
    ) -> None:
        self._engine = engine
        self._workshop = workshop
        self._housekeeper = housekeeper
        self._kinds = tuple(kinds)
        self._pid = pid
        database = workshop.database
        self._hastening = Hastening(database)
        self._leftovers = Leftovers(database, workshop.pipelines, self._servers_changed)
        self._clock = ClockWitness(database)
        # Changes of its own: each watcher is told once, and the loop's must not be eaten by this one.
        self.attempts = RunningAttempts(workshop, limits, engine.changes(), on_end=self._ended)
        self.capacity = Capacity(slots, self.attempts, kinds, housekeeper.allowed, self._taken)
        self._watchdog = Watchdog(
            [
                # Cancelled first: it is what somebody waits for.
                self.attempts.look_for_cancelled,
                self.attempts.abandon_overdue,
                self.attempts.insist,
                self._clock.look,
                self._hastening.look,
                self._leftovers.look,
            ]
        )
        self._firings = firings
        self._advance = advance_with(workshop.pipelines, database, workshop.max_attempts)
        self.identity = new_identity()
        self._drain = False
        self._log = logs.get("worker")

    @property
    def summary(self) -> Summary:
        return self.attempts.summary

    def run_queue_processor(self, *, drain: bool) -> Summary:
        """Work until ``stop``, or with ``drain`` until nothing is due any more.

        Raises ``LockedError`` when another runner works on this queue. One failed prompt never stops the next.
        """
        self._drain = drain
        if drain:
            self.attempts.drain()
        self._engine.run(self.attempts.process, self.capacity, self, drain=drain)
        self._log.info("worker stopped", started=self.summary.started)
        return self.summary

    def stop(self) -> None:
        """Start nothing new; let what runs finish for a while, then put it back."""
        # Asked before the engine stops: an attempt that ends right now must not start another try.
        self._workshop.stopping.set()
        # The time to end counts from the signal, not from when the loop gets round to it.
        self.attempts.ask_to_stop()
        self._engine.stop()

    @contextmanager
    def open(self, living: Collection[str] = ()) -> Iterator[None]:
        """The ``Session`` of the engine."""
        workshop = self._workshop
        # Before the sign of life: nothing of a dead worker may be left when this one shows up as alive.
        self.summary.recovered = take_over(workshop.database, workshop.media_root, workshop.max_attempts, living)
        try:
            self._clock.at_start()
            self._hastening.at_start()
            # After the take-over, which counts the deaths that make a prompt a suspect.
            self.capacity.suspects = workshop.database.reading(recovery.suspects, workshop.max_attempts)
            self.capacity.expect(workshop.database.reading(recovery.later_suspects, workshop.max_attempts))
            with heartbeat(workshop.database, self.identity.id, self._pid, self._kinds), self._attended():
                self._fire_missed()
                yield
                # Inside: the heartbeat and the watchdog go on while the last attempts end.
                self.attempts.finish()
        finally:
            # Last, because ending attempts may still use servers and scripts that are kept warm.
            workshop.pipelines.close()

    def admit(self) -> int:
        """New rows of other programs, rows that wait between two stages, and what is due in runs of chains."""
        database, most = self._workshop.database, self._workshop.max_attempts
        with database.read() as connection:  # a read takes no write lock
            # Looked at outside the write transaction, so that an idle runner never takes the write lock.
            left = admission.are_outside(connection) or stages.are_between(connection)
        # Before what is admitted: its steps have waited for longer than what has just come.
        came = self._advance.due(self._workshop.stopping.is_set)
        if not left:
            return came
        with database.write() as connection:
            return came + admission.admit(connection, most) + stages.take_up(connection, most)

    @contextmanager
    def _attended(self) -> Iterator[None]:
        """With the housekeeper and the watchdog beside."""
        self._housekeeper.open(lambda: not len(self.attempts))
        try:
            self._watchdog.open()
            self._log.info("worker started", kinds=",".join(self._kinds), recovered=self.summary.recovered)
            try:
                with watching(ScheduleWatch(self._firings, self._engine.changes(), self._workshop.stopping.is_set)):
                    yield
            finally:
                # Before the last look: the two must not hasten or hand on the same jobs at once.
                self._watchdog.close()
            # After a signal nothing more is begun; the next run does the rest.
            if self._drain and not self._workshop.stopping.is_set():
                self._end_drain()
        finally:
            self._housekeeper.close()

    def _fire_missed(self) -> None:
        """Before the first prompt is taken: a drain works on what its schedules have just asked for, too."""
        try:
            self._firings.due(self._workshop.stopping.is_set)
        except StoreError as error:  # the thread of the schedules tries again
            self._log.error("the database does not serve", error=error.explained)

    def _end_drain(self) -> None:
        """Nobody is there afterwards: what is left to do is done now."""
        self._housekeeper.look(ending=True)
        try:
            self._leftovers.finish(self._workshop.stopping.wait)
        except StoreError as error:  # the next worker has the rest
            self._log.error("the database does not serve", error=error.explained)

    def _taken(self, maker: str | None) -> None:
        # Watched only when a prompt has to do with a server: an idle worker opens no connection.
        if maker == SERVERS:
            self._workshop.pipelines.watch(self._servers_changed)

    def _servers_changed(self) -> None:
        """A ComfyUI went away or came back; told on another thread."""
        self._hastening.servers_changed()
        self._watchdog.wake()
        # A server that is back may have room for a prompt that is due already.
        self.attempts.tell_room()

    def _ended(self, running: Running, how: str) -> None:
        if running.maker == SERVERS:
            self._hastening.left_its_server(how)
