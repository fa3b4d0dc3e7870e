"""``/api/prompts``: submit, list, look at, change, cancel, retry."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Header, Path, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BeforeValidator
from starlette.requests import Request

from musings.api.problems import responses
from musings.api.services import Services
from musings.api.waiting import MOST_SECONDS, preferred, until_ended
from musings.errors import ConflictError, Fault, InvalidInputError, NotFoundError
from musings.models import KIND_OF_TYPE, ArtifactStatus, NewPrompt, Prompt, PromptStatus
from musings.requests.intake import check_metadata, checked, statuses_named, types_named
from musings.requests.rehearsal import Rehearsals
from musings.store.gallery import artifacts, lists, prompts, reproduction, trash, uploads
from musings.store.queue import attempts, cancellation, durations, retries, submission
from musings.views import present, schemas
from musings.views.schemas import NewPromptRequest


def comma_list_of(names: Iterable[str], description: str) -> Any:
    """A query parameter that takes some of these names. Our own check answers with the nearest name."""
    each = f"({'|'.join(names)})"
    return Query(description=description, json_schema_extra={"pattern": f"^({each}(,{each})*)?$"})


def _no_number(value: str) -> str:
    """Pydantic would take a number as seconds since 1970."""
    if value.replace(".", "").replace("-", "", 1).isdecimal():
        raise ValueError("must be an RFC 3339 time, such as 2026-11-22T10:15:00Z")
    return value


PromptId = Annotated[int, Path(ge=1, lt=2**63, description="the id of a prompt")]
Limit = Annotated[int, Query(ge=1, le=200, description="how many at most")]
Cursor = Annotated[
    str | None, Query(description="`next_cursor` of the page before", json_schema_extra={"pattern": "^[0-9]{1,18}$"})
]
Text = Annotated[str | None, Query(max_length=1000, description="full text search")]
Since = Annotated[
    datetime | None, BeforeValidator(_no_number), Query(description="made at or after this time, RFC 3339")
]

Wait = Annotated[
    int | None, Query(ge=0, le=MOST_SECONDS, description="seconds to wait for the end of the prompt before the answer")
]
Prefer = Annotated[str | None, Header(max_length=200, description="`wait=SECONDS`, as the query `wait`")]


class Order(StrEnum):
    """How a list of prompts is ordered."""

    NEWEST = "newest"
    QUEUE = "queue"


AGAIN: dict[int | str, dict[str, Any]] = {
    200: {
        "model": schemas.PromptResponse | schemas.DryRun,
        "description": "this key made this prompt before; or the dry run that `validate` asks for",
    }
}


def router(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/api/prompts", tags=["prompts"])
    database = services.database
    default_attempts = services.settings.processing.max_attempts
    max_pending = services.settings.processing.max_pending
    rehearsals = Rehearsals(services.pipelines, database.reader(durations.of_workflow))

    def shown(prompt: Prompt) -> schemas.PromptResponse:
        return present.prompt_responses(database, [prompt], default_attempts, services.pipelines.hashes)[0]

    def taken(body: NewPromptRequest, idempotency_key: str | None) -> NewPrompt:
        return checked(
            services.pipelines,
            **body.model_dump(),
            idempotency_key=idempotency_key,
            max_attempts=default_attempts,
            artifact=database.reader(artifacts.get),
            upload=database.reader(uploads.get),
        )

    def add(body: NewPromptRequest, idempotency_key: str | None) -> tuple[schemas.PromptResponse, bool]:
        try:
            prompt, is_new = database.writing(submission.add, taken(body, idempotency_key), max_pending)
        except ConflictError as error:
            raise InvalidInputError([Fault("Idempotency-Key", str(error))], hint=error.hint) from error
        return shown(prompt), is_new

    def rehearse(body: NewPromptRequest) -> schemas.DryRun:
        found = rehearsals.rehearse(
            lambda: taken(body, None), lambda _new: database.reading(submission.require_room, max_pending)
        )
        return schemas.DryRun.model_validate(asdict(found))

    async def waited(
        request: Request, response: Response, prompt_id: int, wait: int | None, prefer: str | None
    ) -> None:
        """Wait as long as the caller asked, by the query or by its preference, and say that a preference was met."""
        asked = preferred(prefer) if wait is None else None
        if asked is not None:
            response.headers["Preference-Applied"] = f"wait={asked}"
        if seconds := wait or asked:
            await until_ended(request, services.broadcaster, database, prompt_id, seconds)

    @routes.post(
        "",
        status_code=201,
        response_model=schemas.PromptResponse,
        responses=AGAIN | responses(422, 503, 507),
    )
    async def submit(
        request: Request,
        body: NewPromptRequest,
        response: Response,
        idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
        wait: Wait = None,
        validate: Annotated[
            bool, Query(description="a dry run: say what would become of it; nothing is queued")
        ] = False,
        prefer: Prefer = None,
    ) -> schemas.PromptResponse | Response:
        """Queue a prompt. With an `Idempotency-Key` the same request can be sent again without a second prompt."""
        if validate:
            return JSONResponse((await anyio.to_thread.run_sync(rehearse, body)).model_dump(mode="json"))
        found, is_new = await anyio.to_thread.run_sync(add, body, idempotency_key)
        response.status_code = 201 if is_new else 200
        response.headers["Location"] = f"/api/prompts/{found.id}"
        await waited(request, response, found.id, wait, prefer)
        return await anyio.to_thread.run_sync(latest, found) if wait or preferred(prefer) else found

    def latest(found: schemas.PromptResponse) -> schemas.PromptResponse:
        try:
            return shown(database.reading(prompts.get, found.id))
        except NotFoundError:  # thrown away while it was waited for
            return found

    @routes.get("", response_model=schemas.PromptList, responses=responses(422, 503))
    def listing(
        status: Annotated[str | None, comma_list_of(PromptStatus, "comma list of statuses")] = None,
        prompt_type: Annotated[
            str | None, comma_list_of(KIND_OF_TYPE, "comma list of types; a kind means all its types")
        ] = None,
        q: Text = None,
        artifact_status: Annotated[ArtifactStatus | None, Query()] = None,
        starred: Annotated[bool | None, Query()] = None,
        since: Since = None,
        deleted: Annotated[bool, Query(description="what is in the trash, in place of all else")] = False,
        order: Annotated[
            Order, Query(description="`queue`: the pending ones as they will run, by priority, then by age")
        ] = Order.NEWEST,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> schemas.PromptList:
        """Prompts, newest first, or those that wait in the order of the queue."""
        wanted = lists.PromptFilter(
            statuses=statuses_named(status),
            types=types_named(prompt_type),
            text=q,
            artifact_status=artifact_status,
            starred=starred,
            since=as_utc(since),
            deleted=deleted,
        )
        listed = lists.in_line if order is Order.QUEUE else lists.listing
        page = database.reading(listed, wanted, limit, cursor)
        items = present.prompt_responses(database, page.items, default_attempts, services.pipelines.hashes)
        return schemas.PromptList(items=items, next_cursor=page.next_cursor)

    @routes.get("/{prompt_id}", response_model=schemas.PromptResponse, responses=responses(404, 422, 503))
    async def one(
        request: Request, response: Response, prompt_id: PromptId, wait: Wait = None, prefer: Prefer = None
    ) -> schemas.PromptResponse:
        """One prompt with its artifacts and attempts; with `wait` when it has ended, or as it is then."""
        if wait or preferred(prefer):
            await anyio.to_thread.run_sync(database.reading, prompts.get, prompt_id)
        await waited(request, response, prompt_id, wait, prefer)
        return await anyio.to_thread.run_sync(lambda: shown(database.reading(prompts.get, prompt_id)))

    @routes.patch(
        "/{prompt_id}",
        response_model=schemas.PromptResponse,
        responses=responses(404, 422, 503, 507),
    )
    def change(prompt_id: PromptId, body: schemas.PromptChange) -> schemas.PromptResponse:
        """Change the priority, the metadata or the star."""
        if body.metadata is not None:
            check_metadata(body.metadata)
        return shown(
            database.writing(
                prompts.change, prompt_id, priority=body.priority, metadata=body.metadata, starred=body.starred
            )
        )

    @routes.delete("/{prompt_id}", status_code=204, responses=responses(404, 422, 503, 507))
    def discard(prompt_id: PromptId) -> None:
        """Put a prompt into the trash with its artifacts. A running one is asked to stop."""
        database.writing(trash.discard, prompt_id)

    @routes.post(
        "/{prompt_id}/restore",
        response_model=schemas.PromptResponse,
        responses=responses(404, 409, 422, 503, 507),
    )
    def restore(prompt_id: PromptId) -> schemas.PromptResponse:
        """Bring a prompt back from the trash, within `media.retention.trash_days`."""
        return shown(database.writing(trash.restore, prompt_id, services.settings.media.retention.trash_days))

    @routes.post(
        "/{prompt_id}/cancel",
        response_model=schemas.PromptResponse,
        responses=responses(404, 409, 422, 503, 507),
    )
    def cancel(prompt_id: PromptId) -> schemas.PromptResponse:
        """Cancel a waiting prompt at once, or ask a running one to stop."""
        return shown(database.writing(cancellation.cancel, prompt_id))

    @routes.post(
        "/{prompt_id}/retry",
        response_model=schemas.PromptResponse,
        responses=responses(404, 409, 422, 503, 507),
    )
    def retry(
        prompt_id: PromptId,
        latest: Annotated[
            bool,
            Query(description="with the workflow file as it is now, in place of the version it was submitted with"),
        ] = False,
    ) -> schemas.PromptResponse:
        """Queue a failed or cancelled prompt again, with the workflow that it was submitted with."""
        version = services.pipelines.latest_of(database.reading(prompts.get, prompt_id)) if latest else None
        return shown(database.writing(retries.retry, prompt_id, version))

    @routes.post(
        "/{prompt_id}/reproduce",
        status_code=201,
        response_model=schemas.PromptResponse,
        responses=responses(404, 409, 422, 503, 507),
    )
    def reproduce(prompt_id: PromptId, response: Response) -> schemas.PromptResponse:
        """Run a completed prompt again with its recorded recipe.

        The new prompt's `artifact_metadata.reproduction` says whether the result is identical.
        """
        with database.write() as connection:
            prompt, _ = submission.add(connection, reproduction.recipe_of(connection, prompt_id), max_pending)
        response.headers["Location"] = f"/api/prompts/{prompt.id}"
        return shown(prompt)

    @routes.get("/{prompt_id}/artifacts", response_model=schemas.PromptArtifacts, responses=responses(404, 422, 503))
    def made(prompt_id: PromptId) -> schemas.PromptArtifacts:
        """What a prompt has produced."""
        database.reading(prompts.get, prompt_id)
        found = database.reading(artifacts.of_prompts, [prompt_id])
        return schemas.PromptArtifacts(prompt_id=prompt_id, artifacts=[present.artifact_meta(each) for each in found])

    @routes.get("/{prompt_id}/log", response_model=schemas.PromptLog, responses=responses(404, 422, 503))
    def log(prompt_id: PromptId) -> schemas.PromptLog:
        """The stored log of each attempt: what was called, what it said, how long it took."""
        database.reading(prompts.get, prompt_id)
        found = database.reading(attempts.of_prompts, [prompt_id])[prompt_id]
        return schemas.PromptLog(prompt_id=prompt_id, attempts=[present.attempt_log(each) for each in found])

    return routes


def as_utc(time: datetime | None) -> datetime | None:
    """A time without a zone is taken as UTC."""
    if time is None:
        return None
    try:
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError as error:
        raise InvalidInputError([Fault("since", "is out of range")]) from error
