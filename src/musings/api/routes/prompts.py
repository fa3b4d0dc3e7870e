"""``/api/prompts``: submit, list, look at, change, cancel, retry."""

import contextlib
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request

from musings.api import receipts
from musings.api.bodies import NewPromptRequest, PromptChange
from musings.api.parameters import Cursor, Limit, Prefer, PromptId, Since, Text, Wait, as_utc, comma_list_of
from musings.api.problems import responses
from musings.api.receipts import MayRead
from musings.api.services import Given, Services
from musings.api.waiting import preferred, until_ended
from musings.api.written import UNCHANGED, written
from musings.errors import ConflictError, Fault, InvalidInputError, NotFoundError
from musings.models import KIND_OF_TYPE, ArtifactStatus, NewPrompt, Prompt, PromptStatus
from musings.requests.intake import check_metadata, statuses_named, types_named
from musings.requests.request import PromptRequest
from musings.store.gallery import artifacts, lists, prompts, reproduction, trash
from musings.store.queue import attempts, cancellation, retries, submission
from musings.views import present, schemas


class Order(StrEnum):
    """How a list of prompts is ordered."""

    NEWEST = "newest"
    QUEUE = "queue"


AGAIN: dict[int | str, dict[str, Any]] = {
    200: {
        "model": schemas.PromptResponse | schemas.PromptReceipt | schemas.DryRun | schemas.DryRunReceipt,
        "description": "this key made this prompt before; or the dry run that `validate` asks for",
    }
}
FOUND = responses(404, 422, 503)
CHANGED = responses(404, 422, 503, 507)
MOVED = responses(404, 409, 422, 503, 507)

Answer = schemas.PromptResponse | schemas.PromptReceipt
"""Of what changes a prompt: the prompt for who may read, else that it was done."""

routes = APIRouter(prefix="/api/prompts", tags=["prompts"])


@routes.post("", status_code=201, response_model=Answer, responses=AGAIN | responses(422, 503, 507))
async def submit(
    services: Given,
    reader: MayRead,
    request: Request,
    body: NewPromptRequest,
    response: Response,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
    wait: Wait = None,
    validate: Annotated[bool, Query(description="a dry run: say what would become of it; nothing is queued")] = False,
    prefer: Prefer = None,
) -> Answer | Response:
    """Queue a prompt. With an `Idempotency-Key` the same request can be sent again without a second prompt."""
    if validate:
        run = await anyio.to_thread.run_sync(_rehearse, services, body)
        return JSONResponse((run if reader else receipts.of_dry_run(run)).model_dump(mode="json"))
    found, is_new = await anyio.to_thread.run_sync(_add, services, body, idempotency_key)
    response.status_code = 201 if is_new else 200
    response.headers["Location"] = f"/api/prompts/{found.id}"
    with contextlib.suppress(HTTPException):  # too many wait: it is queued all the same, and is told as it is
        await _wait(services, request, response, found.id, wait, prefer)
    if wait or preferred(prefer):
        found = await anyio.to_thread.run_sync(_latest, services, found)
    return await anyio.to_thread.run_sync(receipts.of_prompt, services, reader, found)


@routes.get("", response_model=schemas.PromptList, responses=UNCHANGED | responses(422, 503))
def listing(
    services: Given,
    request: Request,
    status: Annotated[str | None, comma_list_of(PromptStatus, "comma list of statuses")] = None,
    prompt_type: Annotated[
        str | None, comma_list_of(KIND_OF_TYPE, "comma list of types; a kind means all its types")
    ] = None,
    q: Text = None,
    artifact_status: Annotated[ArtifactStatus | None, Query()] = None,
    starred: Annotated[bool | None, Query()] = None,
    since: Since = None,
    deleted: Annotated[bool, Query(description="what is in the trash, in place of all else")] = False,
    musing: Annotated[int | None, Query(ge=1, lt=2**63, description="of one musing: its id")] = None,
    order: Annotated[
        Order, Query(description="`queue`: the pending ones as they will run, by priority, then by age")
    ] = Order.NEWEST,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Prompts, newest first, or those that wait in the order of the queue."""
    wanted = lists.PromptFilter(
        statuses=statuses_named(status),
        types=types_named(prompt_type),
        text=q,
        artifact_status=artifact_status,
        starred=starred,
        since=as_utc(since),
        deleted=deleted,
        musing=musing,
    )
    listed = lists.in_line if order is Order.QUEUE else lists.listing
    page = services.database.reading(listed, wanted, limit, cursor)
    return written(request, schemas.PromptList(items=services.shown(page.items), next_cursor=page.next_cursor))


@routes.get("/{prompt_id}", responses=FOUND)
async def one(
    services: Given,
    request: Request,
    response: Response,
    prompt_id: PromptId,
    wait: Wait = None,
    prefer: Prefer = None,
) -> schemas.PromptResponse:
    """One prompt with its artifacts and attempts; with `wait` when it has ended, or as it is then."""
    if wait or preferred(prefer):
        await anyio.to_thread.run_sync(services.database.reading, prompts.get, prompt_id)
    await _wait(services, request, response, prompt_id, wait, prefer)
    return await anyio.to_thread.run_sync(_find, services, prompt_id)


@routes.patch("/{prompt_id}", responses=CHANGED)
def change(services: Given, reader: MayRead, prompt_id: PromptId, body: PromptChange) -> Answer:
    """Change the priority, the metadata or the star."""
    if body.metadata is not None:
        check_metadata(body.metadata)
    changed = services.database.writing(
        prompts.change, prompt_id, priority=body.priority, metadata=body.metadata, starred=body.starred
    )
    return receipts.of_prompt(services, reader, changed)


@routes.delete("/{prompt_id}", status_code=204, responses=CHANGED)
def discard(services: Given, prompt_id: PromptId) -> None:
    """Put a prompt into the trash with its artifacts. A running one is asked to stop."""
    services.database.writing(trash.discard, prompt_id)


@routes.post("/{prompt_id}/restore", responses=MOVED)
def restore(services: Given, reader: MayRead, prompt_id: PromptId) -> Answer:
    """Bring a prompt back from the trash, within `media.retention.trash_days`."""
    days = services.settings.media.retention.trash_days
    return receipts.of_prompt(services, reader, services.database.writing(trash.restore, prompt_id, days))


@routes.post("/{prompt_id}/cancel", responses=MOVED)
def cancel(services: Given, reader: MayRead, prompt_id: PromptId) -> Answer:
    """Cancel a waiting prompt at once, or ask a running one to stop."""
    return receipts.of_prompt(services, reader, services.database.writing(cancellation.cancel, prompt_id))


@routes.post("/{prompt_id}/retry", responses=MOVED)
def retry(
    services: Given,
    reader: MayRead,
    prompt_id: PromptId,
    latest: Annotated[
        bool,
        Query(description="with the workflow file as it is now, in place of the version it was submitted with"),
    ] = False,
) -> Answer:
    """Queue a failed or cancelled prompt again, with the workflow that it was submitted with."""
    version = services.pipelines.latest_of(services.database.reading(prompts.get, prompt_id)) if latest else None
    return receipts.of_prompt(services, reader, services.database.writing(retries.retry, prompt_id, version))


@routes.post("/{prompt_id}/reproduce", status_code=201, responses=MOVED)
def reproduce(services: Given, reader: MayRead, prompt_id: PromptId, response: Response) -> Answer:
    """Run a completed prompt again with its recorded recipe.

    The new prompt's `artifact_metadata.reproduction` says whether the result is identical.
    """
    most = services.settings.processing.max_pending
    with services.database.write() as connection:
        prompt, _ = submission.add(connection, reproduction.recipe_of(connection, prompt_id), most)
    response.headers["Location"] = f"/api/prompts/{prompt.id}"
    return receipts.of_prompt(services, reader, prompt)


@routes.get("/{prompt_id}/artifacts", responses=FOUND)
def made(services: Given, prompt_id: PromptId) -> schemas.PromptArtifacts:
    """What a prompt has produced."""
    services.database.reading(prompts.get, prompt_id)
    found = services.database.reading(artifacts.of_prompts, [prompt_id])
    return schemas.PromptArtifacts(prompt_id=prompt_id, artifacts=[present.artifact_meta(each) for each in found])


@routes.get("/{prompt_id}/log", responses=FOUND)
def log(services: Given, prompt_id: PromptId) -> schemas.PromptLog:
    """The stored log of each attempt: what was called, what it said, how long it took."""
    services.database.reading(prompts.get, prompt_id)
    found = services.database.reading(attempts.of_prompts, [prompt_id])[prompt_id]
    return schemas.PromptLog(prompt_id=prompt_id, attempts=[present.attempt_log(each) for each in found])


def _add(services: Services, body: NewPromptRequest, key: str | None) -> tuple[Prompt, bool]:
    """The prompt of a request, and whether it is new; the same ``key`` gives the one that it made before."""
    most = services.settings.processing.max_pending
    try:
        return services.database.writing(submission.add, _checked(services, body, key), most)
    except ConflictError as error:
        raise InvalidInputError([Fault("Idempotency-Key", str(error))], hint=error.hint) from error


def _rehearse(services: Services, body: NewPromptRequest) -> schemas.DryRun:
    most = services.settings.processing.max_pending
    found = services.rehearsals.rehearse(
        lambda: _checked(services, body, None), lambda _new: services.database.reading(submission.require_room, most)
    )
    return schemas.DryRun.model_validate(asdict(found))


def _checked(services: Services, body: NewPromptRequest, key: str | None) -> NewPrompt:
    return services.checked(PromptRequest(**body.model_dump(), idempotency_key=key))


async def _wait(
    services: Services, request: Request, response: Response, prompt_id: int, wait: int | None, prefer: str | None
) -> None:
    """Wait as long as the caller asked, by the query or by its preference, and say that a preference was met."""
    asked = preferred(prefer) if wait is None else None
    if asked is not None:
        response.headers["Preference-Applied"] = f"wait={asked}"
    if seconds := wait or asked:
        with services.places.held():
            await until_ended(request, services.broadcaster, services.database, prompt_id, seconds)


def _latest(services: Services, found: Prompt) -> Prompt:
    try:
        return services.database.reading(prompts.get, found.id)
    except NotFoundError:  # thrown away while it was waited for
        return found


def _find(services: Services, prompt_id: int) -> schemas.PromptResponse:
    return services.shown([services.database.reading(prompts.get, prompt_id)])[0]
