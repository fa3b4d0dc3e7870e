"""``/api/schedules``: prompts and chains that are asked for again and again."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from musings.api.bodies import NewPromptRequest
from musings.api.problems import responses
from musings.api.routes.musings import NewMusing
from musings.api.services import Given, Services
from musings.chains.starting import RunRequest
from musings.errors import ConflictError, Fault, InvalidInputError
from musings.requests.request import PromptRequest
from musings.schedules import acts, headlines, making, recurrence
from musings.schedules.headlines import HeadlineSource
from musings.store.schedules import schedules
from musings.views import schedules as views

SHOWN_TIMES = 5
ONE_OF_BOTH = "give prompt or musing, and not both"
START = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$"

Id = Annotated[int, Path(ge=1, lt=2**63, description="the id of a schedule")]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]
Name = Annotated[str, Field(min_length=1, max_length=acts.NAME_CHARACTERS)]
Rule = Annotated[
    str,
    Field(
        min_length=1,
        max_length=recurrence.MOST_CHARACTERS,
        description="RRULE of RFC 5545, such as FREQ=DAILY;BYHOUR=7;BYMINUTE=0",
    ),
]
Zone = Annotated[str, Field(min_length=1, max_length=100, description="such as Europe/Berlin")]
Start = Annotated[
    str,
    Field(pattern=START, description="DTSTART, a time on the wall of the time zone; where it is left out, today 00:00"),
]
AGAIN: dict[int | str, dict[str, Any]] = {
    200: {"model": views.ScheduleDetail, "description": "this key made this schedule before"}
}
RAN: dict[int | str, dict[str, Any]] = {
    200: {"model": views.ScheduleRun, "description": "this key made this prompt or musing before"}
}

routes = APIRouter(prefix="/api/schedules", tags=["schedules"])


class HeadlinesBody(BaseModel):
    """A feed (RSS or Atom) whose newest titles stand for `{{headlines}}` in the words each time."""

    model_config = ConfigDict(extra="forbid")

    feed: Annotated[str, Field(min_length=1, max_length=2000, description="its address, http or https")]
    most: Annotated[int, Field(ge=1, le=headlines.MOST, description="how many titles")] = headlines.USUAL


class _Asked(BaseModel):
    """What a schedule asks for: one of both; `headlines` goes with it."""

    model_config = ConfigDict(extra="forbid")

    prompt: NewPromptRequest | None = None
    musing: NewMusing | None = None
    headlines: HeadlinesBody | None = None


class NewScheduleBody(_Asked):
    """``prompt`` is a body of ``POST /api/prompts``, ``musing`` one of ``POST /api/musings``; give one of them."""

    name: Name
    rule: Rule
    time_zone: Zone | None = Field(None, description="that of the configuration, else of this machine")
    starts_at: Start | None = None
    enabled: StrictBool = True


class ScheduleChange(_Asked):
    """What is left out stays."""

    name: Name | None = None
    rule: Rule | None = None
    time_zone: Zone | None = None
    starts_at: Start | None = None
    enabled: StrictBool | None = None


@routes.get("", responses=responses(503))
def listing(services: Given) -> views.ScheduleList:
    """Every schedule, in the order of their names."""
    found = services.database.reading(schedules.listing)
    return views.ScheduleList(items=[views.schedule_meta(each) for each in found])


@routes.post("", status_code=201, responses=AGAIN | responses(400, 404, 409, 413, 422, 503, 507))
def add(
    services: Given, body: NewScheduleBody, response: Response, idempotency_key: Key = None
) -> views.ScheduleDetail:
    """Ask for something at times. With an `Idempotency-Key` the same request can be sent again."""
    wanted = _wanted(body)
    if wanted is None:
        # Here and not in the shape of the body, so that the answer names the field.
        raise InvalidInputError([Fault("prompt", ONE_OF_BOTH)])
    request = acts.ScheduleRequest(
        body.name,
        body.rule,
        wanted,
        body.time_zone,
        _start(body.starts_at),
        body.enabled,
        idempotency_key,
        _source(body),
    )
    zone = acts.zone_here(services.settings.processing.time_zone)
    found, is_new = acts.add(_room(services), request, zone)
    response.status_code = 201 if is_new else 200
    response.headers["Location"] = f"/api/schedules/{found.id}"
    return _detail(found)


@routes.get("/{schedule_id}", responses=responses(404, 422, 503))
def one(services: Given, schedule_id: Id) -> views.ScheduleDetail:
    """One with its next five times."""
    return _detail(services.database.reading(schedules.get, schedule_id))


@routes.patch("/{schedule_id}", responses=responses(400, 404, 409, 413, 422, 503, 507))
def change(services: Given, schedule_id: Id, body: ScheduleChange) -> views.ScheduleDetail:
    """Change it, pause it (`enabled`), or let it go on: from now, whatever it has missed meanwhile."""
    given = body.model_dump(include={"name", "rule", "time_zone", "enabled"}, exclude_none=True)
    if body.starts_at is not None:
        given["starts_at"] = _start(body.starts_at)
    if (wanted := _wanted(body)) is not None:
        given |= {"wanted": wanted, "headlines": _source(body)}
    elif body.headlines is not None:
        raise InvalidInputError([Fault("headlines", "goes with prompt or musing, whose words it is for")])
    return _detail(acts.change(_room(services), schedule_id, given))


@routes.delete("/{schedule_id}", status_code=204, responses=responses(404, 422, 503))
def remove(services: Given, schedule_id: Id) -> None:
    """Forget it; what it has made stays."""
    services.database.writing(schedules.remove, schedule_id)


@routes.post("/{schedule_id}/run", status_code=201, responses=RAN | responses(404, 422, 503, 507))
def run(services: Given, schedule_id: Id, response: Response, idempotency_key: Key = None) -> views.ScheduleRun:
    """Make what it makes now, once more; its next time stays."""
    try:
        # The key is of this schedule alone: another one may have been run with the same.
        _, made, is_new = acts.run_now(_room(services), schedule_id, idempotency_key)
    except ConflictError as error:
        raise InvalidInputError([Fault("Idempotency-Key", str(error))], hint=error.hint) from error
    response.status_code = 201 if is_new else 200
    where = f"prompts/{made.prompt_id}" if made.musing_id is None else f"musings/{made.musing_id}"
    response.headers["Location"] = f"/api/{where}"
    return views.schedule_run(made)


def _wanted(body: _Asked) -> making.Wanted | None:
    if body.prompt is not None and body.musing is not None:
        raise InvalidInputError([Fault("prompt", ONE_OF_BOTH)])
    if body.prompt is not None:
        return PromptRequest(**body.prompt.model_dump())
    return None if body.musing is None else RunRequest(**body.musing.model_dump())


def _source(body: _Asked) -> HeadlineSource | None:
    return None if body.headlines is None else HeadlineSource(body.headlines.feed, body.headlines.most)


def _room(services: Services) -> making.Workroom:
    processing = services.settings.processing
    allowed = services.settings.webhooks.allowed_hosts
    most = processing.max_attempts, processing.max_pending
    return making.Workroom(services.database, services.pipelines, *most, allowed)


def _detail(row: schedules.ScheduleRow) -> views.ScheduleDetail:
    return views.schedule_detail(row, acts.following(row, SHOWN_TIMES))


# A time of no zone, which JSON Schema has no format for.
def _start(given: str | None) -> datetime | None:
    try:
        return None if given is None else datetime.fromisoformat(given)
    except ValueError as error:
        raise InvalidInputError([Fault("starts_at", f"{given} is no time that a clock shows")]) from error
