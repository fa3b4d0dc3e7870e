"""Schedules as the API sends them and the command line prints them."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel

from musings.store.schedules.schedules import Firing, ScheduleRow
from musings.views.schemas import JsonMap, Time


class ScheduleMeta(BaseModel):
    """``starts_at`` is a time on the wall of ``time_zone``. Of ``prompt`` and ``musing`` one is what it asks for,
    with the feed of ``headlines`` where it has one.

    ``next_at`` is null for one that is paused or has ended; ``last_error`` says why nothing was made the last time.
    """

    id: int
    name: str
    rule: str
    time_zone: str
    starts_at: str
    prompt: JsonMap | None
    musing: JsonMap | None
    headlines: JsonMap | None
    enabled: bool
    created_at: Time
    next_at: Time | None
    last_at: Time | None
    last_prompt_id: int | None
    last_musing_id: int | None
    last_error: str | None


class ScheduleDetail(ScheduleMeta):
    """``next_times`` are the next five."""

    next_times: list[Time]


class ScheduleList(BaseModel):
    items: list[ScheduleMeta]
    next_cursor: str | None = None


class ScheduleRun(BaseModel):
    """What was made: one of both."""

    prompt_id: int | None
    musing_id: int | None


def schedule_meta(row: ScheduleRow) -> ScheduleMeta:
    return ScheduleMeta(
        id=row.id,
        name=row.name,
        rule=row.rule,
        time_zone=row.time_zone,
        starts_at=row.starts_at.isoformat(),
        prompt=row.request.get("prompt"),
        musing=row.request.get("musing"),
        headlines=row.request.get("headlines"),
        enabled=row.enabled,
        created_at=row.created_at,
        next_at=row.next_at,
        last_at=row.last_at,
        last_prompt_id=row.last_prompt_id,
        last_musing_id=row.last_musing_id,
        last_error=row.last_error,
    )


def schedule_detail(row: ScheduleRow, following: Sequence[datetime]) -> ScheduleDetail:
    return ScheduleDetail(**schedule_meta(row).model_dump(), next_times=list(following))


def schedule_run(made: Firing) -> ScheduleRun:
    return ScheduleRun(prompt_id=made.prompt_id, musing_id=made.musing_id)
