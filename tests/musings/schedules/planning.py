"""Schedules in a real database, whose times come at the word of the test."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from musings.makers.choice import Makers
from musings.models import Prompt
from musings.requests.request import PromptRequest
from musings.schedules import acts
from musings.schedules.acts import ScheduleRequest
from musings.schedules.firing import Firings
from musings.schedules.making import Wanted, Workroom
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import lists
from musings.store.schedules import schedules
from musings.store.schedules.schedules import ScheduleRow
from tests.doubles import Double, pipelines_of
from tests.musings.store.adding import shell

POEM = PromptRequest("a poem about the morning", "poem")
DAILY = "FREQ=DAILY;BYHOUR=7;BYMINUTE=0"


@dataclass
class Planner:
    database: Database
    makers: Makers = field(default_factory=lambda: pipelines_of(Double()))
    max_pending: int | None = None
    allowed_hosts: tuple[str, ...] = ()

    @property
    def room(self) -> Workroom:
        return Workroom(self.database, self.makers, 3, self.max_pending, self.allowed_hosts)

    @property
    def firings(self) -> Firings:
        return Firings(self.room)

    def keep(self, name: str = "morning", wanted: Wanted = POEM, rule: str = DAILY, **rest: Any) -> ScheduleRow:
        return acts.add(self.room, ScheduleRequest(name, rule, wanted, **rest), "Europe/Berlin")[0]

    def due(self, name: str = "morning", *, days: float = 0, **rest: Any) -> ScheduleRow:
        """One whose time came so many days ago."""
        kept = self.keep(name, **rest)
        self.set_next(kept.id, times.now() - timedelta(days=days, seconds=1))
        return self.get(kept.id)

    def set_next(self, schedule_id: int, at: datetime) -> None:
        shell(
            self.database,
            "UPDATE musings_schedules SET next_at = ? WHERE id = ?",
            at.strftime(times.FORMAT),
            schedule_id,
        )

    def get(self, schedule_id: int) -> ScheduleRow:
        return self.database.reading(schedules.get, schedule_id)

    def prompts(self) -> list[Prompt]:
        return list(self.database.reading(lists.listing, lists.PromptFilter(), 200, None).items)
