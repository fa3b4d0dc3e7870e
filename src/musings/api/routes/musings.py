"""``/api/musings``: an idea goes through the steps of a chain; start, follow, stop, and answer at its gates."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from musings.api.bodies import Priority
from musings.api.parameters import Cursor, Limit
from musings.api.problems import responses
from musings.api.receipts import MayRead
from musings.api.services import Given, Services
from musings.chains import acts, starting, states
from musings.chains.gates import GateAction, GateReply
from musings.chains.starting import IDEA_CHARACTERS, RunRequest
from musings.chains.states import RunState
from musings.errors import ConflictError, Fault, InvalidInputError
from musings.requests.intake import TEXT_CHARACTERS
from musings.store.chains import runs
from musings.store.gallery import prompts
from musings.views import musings as views
from musings.views.schemas import JsonMap

MusingId = Annotated[int, Path(ge=1, lt=2**63, description="the id of a musing")]
StepName = Annotated[str, Path(min_length=1, max_length=100, description="the name of a step")]
Number = Annotated[int, Field(ge=1, le=1000)]
MOVED = responses(404, 409, 422, 503, 507)
WITH_BODY = responses(400, 404, 409, 413, 422, 503, 507)
AGAIN: dict[int | str, dict[str, Any]] = {
    200: {"model": views.MusingDetail | views.MusingReceipt, "description": "this key started this musing before"}
}

MusingAnswer = views.MusingDetail | views.MusingReceipt
"""Of what changes a musing: the musing for who may read, else that it was done."""

routes = APIRouter(prefix="/api/musings", tags=["musings"])


class NewMusing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    chain: Annotated[str, Field(min_length=1, max_length=100)]
    idea: Annotated[str, Field(min_length=1, max_length=IDEA_CHARACTERS)]
    parameters: JsonMap = Field({}, description="those of the chain; each has a default")
    priority: Priority = Field(5, description="of all its prompts; 1 is most urgent, 10 least")


class MusingChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    priority: Priority


class EditedText(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: Number = Field(1, description="which result of the step")
    text: Annotated[str, Field(min_length=1, max_length=TEXT_CHARACTERS)]


class GateAnswer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    action: GateAction
    edits: Annotated[list[EditedText], Field(max_length=100, description="for `edit`: the texts as they shall be")] = []
    numbers: Annotated[list[Number], Field(max_length=100, description="for `choose`: the results to keep")] = []


@routes.post("", status_code=201, response_model=MusingAnswer, responses=AGAIN | WITH_BODY)
def start(
    services: Given,
    reader: MayRead,
    body: NewMusing,
    response: Response,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> MusingAnswer:
    """Start a chain with an idea. With an `Idempotency-Key` the same request can be sent again."""
    request = RunRequest(body.chain, body.idea, body.parameters, body.priority, idempotency_key)
    most = services.settings.processing.max_pending
    try:
        found, is_new = starting.start(services.advance, services.pipelines, request, most)
    except ConflictError as error:
        raise InvalidInputError([Fault("Idempotency-Key", str(error))], hint=error.hint) from error
    response.status_code = 201 if is_new else 200
    response.headers["Location"] = f"/api/musings/{found.run.id}"
    return _shown(services, reader, found)


@routes.get("", responses=responses(422, 503))
def listing(
    services: Given,
    chain: Annotated[str | None, Query(max_length=100, description="of one chain: its name")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> views.MusingList:
    """Musings, newest first, each with the states of its steps."""
    with services.database.read() as connection:
        page = runs.listing(connection, limit, cursor, chain)
        found = states.of_runs(connection, page.items)
    return views.MusingList(items=[views.musing_meta(each) for each in found], next_cursor=page.next_cursor)


@routes.get("/{musing_id}", responses=responses(404, 422, 503))
def one(services: Given, musing_id: MusingId) -> views.MusingDetail:
    """One with all its prompts, artifacts and writings, by the step."""
    return _detail(services, services.database.reading(states.of, musing_id))


@routes.patch("/{musing_id}", responses=WITH_BODY)
def change(services: Given, reader: MayRead, musing_id: MusingId, body: MusingChange) -> MusingAnswer:
    """Change the priority of all its prompts that have not ended, and of those to come."""
    return _act(services, reader, musing_id, acts.set_priority, body.priority)


@routes.post("/{musing_id}/cancel", responses=MOVED)
def cancel(services: Given, reader: MayRead, musing_id: MusingId) -> MusingAnswer:
    """Cancel what waits, ask what runs to stop, and let nothing more become due."""
    return _act(services, reader, musing_id, acts.cancel)


@routes.post("/{musing_id}/pause", responses=MOVED)
def pause(services: Given, reader: MayRead, musing_id: MusingId) -> MusingAnswer:
    """Start nothing more of it; what runs finishes."""
    return _act(services, reader, musing_id, acts.pause)


@routes.post("/{musing_id}/resume", responses=MOVED)
def resume(services: Given, reader: MayRead, musing_id: MusingId) -> MusingAnswer:
    """Let a paused one go on."""
    return _act(services, reader, musing_id, acts.resume)


@routes.post("/{musing_id}/retry", responses=MOVED)
def retry(
    services: Given,
    reader: MayRead,
    musing_id: MusingId,
    step: Annotated[
        str | None,
        Query(min_length=1, max_length=100, description="this step only; also one that is done and not used yet"),
    ] = None,
) -> MusingAnswer:
    """Try again what failed or was cancelled, and go on from there; what is done is not done again."""
    return _act(services, reader, musing_id, acts.retry, step)


@routes.post("/{musing_id}/gates/{step}", responses=WITH_BODY)
def answer(services: Given, reader: MayRead, musing_id: MusingId, step: StepName, body: GateAnswer) -> MusingAnswer:
    """Answer what the gate of a step asks: approve, edit, choose or decline what it has made."""
    given = GateReply(body.action, {each.number: each.text for each in body.edits}, body.numbers)
    return _act(services, reader, musing_id, acts.answer, step, given)


def _act(services: Services, reader: bool, musing_id: int, act: Callable[..., None], *more: object) -> MusingAnswer:
    """One transaction, then what became due by it. Killed in between, the next who looks does the rest."""
    services.database.writing(act, musing_id, *more)
    services.advance.whole(musing_id)
    return _shown(services, reader, services.database.reading(states.of, musing_id))


def _shown(services: Services, reader: bool, found: RunState) -> MusingAnswer:
    return _detail(services, found) if reader else views.musing_receipt(found)


def _detail(services: Services, found: RunState) -> views.MusingDetail:
    made = services.database.reading(prompts.by_ids, views.prompt_ids_of(found))
    return views.musing_detail(found, services.shown(made))
