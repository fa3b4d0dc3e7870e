"""What the runner does beside prompts: the disk guard, and the duties on a thread of their own."""

import threading
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime

from musings import logs
from musings.config.settings import Settings
from musings.files.media_root import media_root_of
from musings.housekeeping import mounting, pruning
from musings.housekeeping.disk import DiskGuard
from musings.housekeeping.duties import Duty, Roster
from musings.models import MEDIA_KINDS, Kind
from musings.sqlite import recounting, upkeep
from musings.store.database import Database
from musings.store.queue import events, leaps

# Seldom enough to cost nothing; duties have their own intervals of minutes and hours.
LOOK_SECONDS = 5.0
# A duty may be in the middle of deleting files. It is killed with the process then, and goes on at the next start.
CLOSE_SECONDS = 10.0
HOUR = 3600.0
DAY = 24 * HOUR
JOURNAL_SECONDS = 300.0


class Housekeeper:
    """Made with the runner, opened and closed by it. ``more`` are further duties, such as alerts."""

    def __init__(
        self, settings: Settings, database: Database, *, more: Sequence[Duty] = (), look_seconds: float = LOOK_SECONDS
    ) -> None:
        self._settings = settings
        self._database = database
        self._root = media_root_of(settings)
        retention = settings.media.retention
        self._hours = settings.hours_of_kinds()
        self._guard = DiskGuard(database, settings.media_root, retention.min_free_gigabytes)
        self._roster = Roster(database, [*self._duties(), *more])
        self._look_seconds = look_seconds
        # The thread's look and the last look of a drain may meet.
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_idle: Callable[[], bool] = lambda: True

    def open(self, is_idle: Callable[[], bool]) -> None:
        """Start doing duties; ``is_idle`` says whether no prompt runs."""
        self._is_idle = is_idle
        self._thread = threading.Thread(target=self._work, daemon=True, name="housekeeper")
        self._thread.start()

    def allowed(self, kinds: Collection[Kind]) -> list[Kind]:
        """Which of these kinds may start now: those whose hours it is, and no media on a disk that is nearly full."""
        # Asked before every start, so that hours begin and end without a restart.
        now = datetime.now(UTC)
        kinds = [kind for kind in kinds if kind not in self._hours or self._hours[kind].are_now(now)]
        # The disk is only asked where it matters: a text prompt needs no room on it.
        low = any(kind in MEDIA_KINDS for kind in kinds) and self._guard.is_low()
        return [kind for kind in kinds if not low or kind not in MEDIA_KINDS]

    def look(self, *, ending: bool = False) -> list[str]:
        """Do what is due now; returns the titles of what was done. Raises nothing. ``ending``: it is the last look."""
        with self._lock:
            try:
                return self._roster.do(idle=self._is_idle(), stopping=self._closing.is_set, ending=ending)
            except Exception as error:  # noqa: BLE001 (a mistake of ours here must end neither the care nor the runner)
                logs.get("housekeeping").error("bug in a duty", exc_info=error)
                return []

    def close(self) -> None:
        """Stop; what is being done ends at its next step, and is finished by the next start."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)

    def _work(self) -> None:
        while not self._closing.wait(self._look_seconds):
            self.look()

    def _duties(self) -> list[Duty]:
        return [
            Duty("the journal of events was trimmed", JOURNAL_SECONDS, self._trim_journal),
            Duty("the retention was applied", HOUR, self._prune, name="retention"),
            Duty("the database was cared for", HOUR, self._care, name="upkeep", only_idle=True),
            Duty("the counts were put right", DAY, self._recount, name="counts", only_idle=True),
        ]

    def _trim_journal(self) -> dict[str, object] | None:
        gone = self._database.writing_relaxed(events.forget_old)
        return {"events": gone} if gone else None

    def _prune(self) -> dict[str, object] | None:
        rules = pruning.rules_of(self._settings.media.retention)
        clock = self._database.writing(leaps.note)
        if clock.leaps:
            said = "the clock leapt ahead: until it has gone on for a day nothing goes for its age by that"
            logs.get("housekeeping").warning(said, hours=round(clock.unsure.total_seconds() / HOUR, 1))
        # A disk that is not mounted looks as if every file had gone: nothing may be pruned by that.
        mounting.expect_known(self._database, self._root)
        if not self._root.is_there():
            return None
        # Planned first, so that the rules see all candidates before the first is removed.
        going = pruning.plan(self._database, self._root, rules, clock.sure)
        done = pruning.prune(self._database, self._root, going, rules, stopping=self._closing.is_set)
        sent, size = pruning.prune_uploads(self._database, self._root, clock.sure)
        facts = {"prompts": done.prompts, "files": done.files, "bytes": done.bytes + size, "uploads": sent}
        return facts if done.prompts or sent else None

    def _recount(self) -> dict[str, object] | None:
        wrong = recounting.recount(self._database)
        return {"wrong": wrong} if wrong else None

    def _care(self) -> dict[str, object] | None:
        done = upkeep.tidy(self._database, lambda: self._is_idle() and not self._closing.is_set())
        return {"logs": done.logs, "merges": done.merges} if done.logs or done.merges else None
