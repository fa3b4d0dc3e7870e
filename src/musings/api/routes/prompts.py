"""``/api/prompts``: submit, list, look at, change, cancel, retry."""

from dataclasses import asdict
from enum import StrEnum
from functools import partial
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import JSONResponse
from starlette.requests import Request

from musings.api.parameters import Cursor, Limit, Prefer, PromptId, Since, Text, Wait, as_utc, comma_list_of
from musings.api.problems import responses
from musings.api.services import Services
from musings.api.waiting import preferred, until_ended
from musings.errors import ConflictError, Fault, InvalidInputError, NotFoundError
from musings.models import KIND_OF_TYPE, ArtifactStatus, NewPrompt, Prompt, PromptStatus
from musings.requests.intake import check_metadata, checked, statuses_named, types_named
from musings.requests.rehearsal import Rehearsals
from musings.requests.request import PromptRequest
from musings.store.gallery import artifacts, prompts, reproduction, trash, uploads
from musings.store.queue import attempts, durations
from musings.views import present, schemas
from musings.views.schemas import NewPromptRequest


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
    rehearsals = Rehearsals(services.pipelines, partial(durations.of_workflow, database))

    def shown(prompt: Prompt) -> schemas.PromptResponse:
        return present.prompt_responses(database, [prompt], default_attempts, services.pipelines.hashes)[0]

    def taken(body: NewPromptRequest, idempotency_key: str | None) -> NewPrompt:
        return checked(
            services.pipelines,
            PromptRequest(**body.model_dump(), idempotency_key=idempotency_key),
            max_attempts=default_attempts,
            artifact=partial(artifacts.get, database),
            upload=partial(uploads.get, database),
        )

    def add(body: NewPromptRequest, idempotency_key: str | None) -> tuple[schemas.PromptResponse, bool]:
        try:
            prompt, is_new = prompts.add(database, taken(body, idempotency_key), max_pending)
        except ConflictError as error:
            raise InvalidInputError([Fault("Idempotency-Key", str(error))], hint=error.hint) from error
        return shown(prompt), is_new

    def rehearse(body: NewPromptRequest) -> schemas.DryRun:
        found = rehearsals.rehearse(lambda: taken(body, None), lambda _new: prompts.require_room(database, max_pending))
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
            return shown(prompts.get(database, found.id))
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
        wanted = prompts.PromptFilter(
            statuses=statuses_named(status),
            types=types_named(prompt_type),
            text=q,
            artifact_status=artifact_status,
            starred=starred,
            since=as_utc(since),
            deleted=deleted,
        )
        listed = prompts.in_line if order is Order.QUEUE else prompts.listing
        page = listed(database, wanted, limit, cursor)
        items = present.prompt_responses(database, page.items, default_attempts, services.pipelines.hashes)
        return schemas.PromptList(items=items, next_cursor=page.next_cursor)

    @routes.get("/{prompt_id}", response_model=schemas.PromptResponse, responses=responses(404, 422, 503))
    async def one(
        request: Request, response: Response, prompt_id: PromptId, wait: Wait = None, prefer: Prefer = None
    ) -> schemas.PromptResponse:
        """One prompt with its artifacts and attempts; with `wait` when it has ended, or as it is then."""
        if wait or preferred(prefer):
            await anyio.to_thread.run_sync(prompts.get, database, prompt_id)
        await waited(request, response, prompt_id, wait, prefer)
        return await anyio.to_thread.run_sync(lambda: shown(prompts.get(database, prompt_id)))

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
            prompts.change(database, prompt_id, priority=body.priority, metadata=body.metadata, starred=body.starred)
        )

    @routes.delete("/{prompt_id}", status_code=204, responses=responses(404, 422, 503, 507))
    def discard(prompt_id: PromptId) -> None:
        """Put a prompt into the trash with its artifacts. A running one is asked to stop."""
        trash.discard(database, prompt_id)

    @routes.post(
        "/{prompt_id}/restore",
        response_model=schemas.PromptResponse,
        responses=responses(404, 409, 422, 503, 507),
    )
    def restore(prompt_id: PromptId) -> schemas.PromptResponse:
        """Bring a prompt back from the trash, within `media.retention.trash_days`."""
        return shown(trash.restore(database, prompt_id, services.settings.media.retention.trash_days))

    @routes.post(
        "/{prompt_id}/cancel",
        response_model=schemas.PromptResponse,
        responses=responses(404, 409, 422, 503, 507),
    )
    def cancel(prompt_id: PromptId) -> schemas.PromptResponse:
        """Cancel a waiting prompt at once, or ask a running one to stop."""
        return shown(prompts.cancel(database, prompt_id))

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
        version = services.pipelines.latest_of(prompts.get(database, prompt_id)) if latest else None
        return shown(prompts.retry(database, prompt_id, version))

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
        prompt, _ = prompts.add(database, reproduction.recipe_of(database, prompt_id), max_pending)
        response.headers["Location"] = f"/api/prompts/{prompt.id}"
        return shown(prompt)

    @routes.get("/{prompt_id}/artifacts", response_model=schemas.PromptArtifacts, responses=responses(404, 422, 503))
    def made(prompt_id: PromptId) -> schemas.PromptArtifacts:
        """What a prompt has produced."""
        prompts.get(database, prompt_id)
        found = artifacts.of_prompts(database, [prompt_id])
        return schemas.PromptArtifacts(prompt_id=prompt_id, artifacts=[present.artifact_meta(each) for each in found])

    @routes.get("/{prompt_id}/log", response_model=schemas.PromptLog, responses=responses(404, 422, 503))
    def log(prompt_id: PromptId) -> schemas.PromptLog:
        """The stored log of each attempt: what was called, what it said, how long it took."""
        prompts.get(database, prompt_id)
        found = attempts.of_prompts(database, [prompt_id])[prompt_id]
        return schemas.PromptLog(prompt_id=prompt_id, attempts=[present.attempt_log(each) for each in found])

    return routes
