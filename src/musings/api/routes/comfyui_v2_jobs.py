"""``/comfyui/api/v2/jobs``: jobs of Comfy API v2, each a prompt of ours."""

import contextlib
from collections.abc import Mapping
from typing import Any

import anyio
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from musings.api.comfyui_v2 import V2Calling, V2Key
from musings.api.comfyui_v2_lookup import listed, named
from musings.api.comfyui_v2_submission import answer
from musings.comfyui_api import v2_jobs
from musings.comfyui_api.v2_labels import label_filter
from musings.comfyui_api.v2_refusals import V2Refusal
from musings.errors import ConflictError, InvalidInputError
from musings.store.cursors import position_of
from musings.store.queue import cancellation
from musings.store.queue import comfyui_jobs as jobs

USUAL_LIMIT, MOST_LISTED = 50, 100
STATUS_NAMES: Mapping[str, tuple[str, ...]] = {
    **{name: (status,) for status, name in v2_jobs.STATUSES.items()},
    # Among those that run; and no job here is ever in the other.
    "canceling": (),
    "expired": (),
}

routes = APIRouter(prefix="/comfyui/api/v2", include_in_schema=False)


@routes.get("/health")
def health(call: V2Calling) -> dict[str, str]:  # noqa: ARG001 (the door must be open)
    """Whether anybody answers. No server and no database is asked."""
    return {"status": "healthy"}


@routes.post("/jobs")
async def post(call: V2Calling, idempotency_key: V2Key) -> JSONResponse:
    """Queue a graph. The same key with the same body is the same job, however often and however late it comes."""
    body = await call.body()
    return await anyio.to_thread.run_sync(answer, call, body, idempotency_key)


@routes.get("/jobs")
def listing(
    call: V2Calling,
    request: Request,
    status: str | None = None,
    limit: int = USUAL_LIMIT,
    cursor: str | None = None,
) -> JSONResponse:
    """Jobs, newest first, without what they made."""
    statuses = _statuses(status)
    labels = label_filter(request.query_params.multi_items())
    try:
        before = position_of(cursor)
    except InvalidInputError as error:
        raise V2Refusal(400, "invalid_cursor", "cursor is none of this list: begin again without one.") from error
    if not 1 <= limit <= MOST_LISTED:
        raise V2Refusal(400, "invalid_request", f"limit must be from 1 to {MOST_LISTED}.")
    # Only states that no job here is ever in: an empty list would ask for any.
    if statuses is not None and not statuses:
        return JSONResponse({"jobs": []})
    # One more than asked for, which tells whether there is another page.
    found = call.services.database.reading(jobs.page, labels, statuses or (), limit + 1, before)
    addresses = call.addresses
    page: dict[str, Any] = {"jobs": [v2_jobs.item(each, addresses) for each in listed(call, found[:limit])]}
    if len(found) > limit:
        page["next_cursor"] = str(found[limit - 1].prompt.id)
    return JSONResponse(page)


@routes.get("/jobs/{job_id}")
def one(call: V2Calling, job_id: str) -> JSONResponse:
    return JSONResponse(call.shown(named(call, job_id)))


@routes.get("/jobs/{job_id}/workflow")
def workflow(call: V2Calling, job_id: str) -> JSONResponse:
    """The graph that is run."""
    return JSONResponse({"workflow": named(call, job_id).graph, "format": "api"})


@routes.post("/jobs/{job_id}/cancel")
def cancel(call: V2Calling, job_id: str) -> JSONResponse:
    """Stop a job; one that has ended stays as it is."""
    found = named(call, job_id)
    with contextlib.suppress(ConflictError):  # it has ended, which is what the answer says
        call.services.database.writing(cancellation.cancel, found.prompt.id)
    return JSONResponse(call.shown(named(call, job_id)))


def _statuses(given: str | None) -> list[str] | None:
    """The states of a comma list, as our rows have them; None for any."""
    if given is None:
        return None
    names = [each.strip() for each in given.split(",")]
    strange = [name for name in names if name not in STATUS_NAMES]
    if strange:
        known = ", ".join(STATUS_NAMES)
        raise V2Refusal(400, "invalid_request", f"status: {', '.join(strange)[:100]} is none of {known}.")
    return [status for name in names for status in STATUS_NAMES[name]]
