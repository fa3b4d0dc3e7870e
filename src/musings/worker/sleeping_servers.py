"""Puts ComfyUI servers to sleep that were woken for prompts, once there is nothing left for them to do."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from musings import logs
from musings.config.settings import Settings
from musings.errors import MusingsError
from musings.housekeeping.duties import Duty
from musings.makers.base import Sleeper
from musings.models import MEDIA_KINDS, Kind
from musings.store import times
from musings.store.database import Database
from musings.store.queue import pause, woken_servers

LOOK_SECONDS = 300.0
# Soon: a worker that dies in between leaves a machine on.
NOTE_SECONDS = 5.0


def duties(settings: Settings, database: Database, sleepers: Callable[[], Sequence[Sleeper]]) -> list[Duty]:
    """None where no server has a command that puts it to sleep. ``sleepers`` asks no server."""
    if not any(each.sleep_command for each in settings.media.comfyui.wake.values()):
        return []
    care = SleepingServers(settings, database, sleepers)
    return [
        Duty("woken servers were written down", NOTE_SECONDS, care.note, at_end=True),
        # Named, so that a queue that is emptied by a timer comes by for it as well.
        Duty("servers were put to sleep", LOOK_SECONDS, care.look, name="sleeping servers"),
    ]


class SleepingServers:
    """``clock`` tells the time of day."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        sleepers: Callable[[], Sequence[Sleeper]],
        clock: Callable[[], datetime] = times.now,
    ) -> None:
        self._database = database
        self._sleepers = sleepers
        self._clock = clock
        self._hours_of_kinds = settings.hours_of_kinds()
        self._hours_of_servers = settings.hours_of_servers()

    def note(self) -> dict[str, object] | None:
        """Write down who was woken since."""
        woken = [each.url for each in self._sleepers() if each.woken]
        if not woken:
            return None
        known, now = self._database.reading(woken_servers.find), self._clock()
        new = [url for url in woken if url not in known]
        if new:
            self._database.writing(woken_servers.write, {**known, **dict.fromkeys(new, now)})
        return {"servers": ", ".join(new)} if new else None

    def look(self) -> dict[str, object] | None:
        """Put to sleep who was woken and has been idle for its time.

        A server that somebody else has woken is left alone: he may be sitting in front of it.
        """
        self.note()
        known, now = self._database.reading(woken_servers.find), self._clock()
        sleepers = {each.url: each for each in self._sleepers()}
        # One that is configured no more cannot be put to sleep; a time to come is a clock that was set back.
        awake = {url: min(since, now) for url, since in known.items() if url in sleepers}
        slept = [url for url, since in awake.items() if self._goes_to_sleep(sleepers[url], since, now)]
        left = {url: since for url, since in awake.items() if url not in slept}
        if left != known:
            self._database.writing(woken_servers.write, left)
        return {"servers": ", ".join(slept)} if slept else None

    def _goes_to_sleep(self, server: Sleeper, since: datetime, now: datetime) -> bool:
        idle = timedelta(seconds=server.idle_seconds)
        last = self._database.reading(woken_servers.last_ended, MEDIA_KINDS)
        if now - max(since, min(last or since, now)) < idle:
            return False
        kinds = self._kinds_for(server, now)
        if self._database.reading(woken_servers.is_work_left, kinds, now + idle):
            return False
        try:
            return server.let_sleep()
        except MusingsError as error:  # the others have their turn; it is tried again at the next look
            logs.get("housekeeping").warning(f"{server.url} could not be put to sleep", error=error.explained)
            return False

    def _kinds_for(self, server: Sleeper, now: datetime) -> list[Kind]:
        """Which kinds may begin on it as things stand: none while the queue is paused or its hours are over."""
        hours = self._hours_of_servers.get(server.url)
        if self._database.reading(pause.is_paused) or (hours is not None and not hours.are_now(now)):
            return []
        return [
            kind for kind in MEDIA_KINDS if kind not in self._hours_of_kinds or self._hours_of_kinds[kind].are_now(now)
        ]
