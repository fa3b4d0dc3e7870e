"""``/comfyui/prompt``, ``/queue``, ``/history``, ``/api/jobs``: jobs of ComfyUI's protocol, each a prompt of ours."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any

import anyio
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from musings.api.comfyui_calls import ComfyUICall, ComfyUICalling, body_of, names_of, outputs_of, read
from musings.api.comfyui_submission import FIRST, USUAL, PostedGraph
from musings.api.comfyui_submission import submit as submit_graph
from musings.comfyui_api import history
from musings.comfyui_api.refusals import GraphRefusal, complaint
from musings.models import PromptStatus
from musings.store.queue import cancellation
from musings.store.queue import comfyui_jobs as jobs

LONGEST_ID = 200
MOST_ENTRIES = 500
"""Of one answer; ComfyUI itself keeps ten thousand, and sends them all."""
MOST_JOBS = 200
SECRETS = ("api_key_comfy_org", "auth_token_comfy_org")
"""Of the callers' accounts for partner nodes: they would be in the database in the clear."""
NOT_KNOWN = "Job not found"
STATUS_NAMES = {name: status for status, name in history.STATUSES.items()}

routes = APIRouter(prefix="/comfyui", include_in_schema=False)


@routes.post("/prompt")
async def submit(call: ComfyUICalling, request: Request) -> JSONResponse:
    """Queue a graph. The same ``prompt_id`` with the same graph is the same job, however often it comes."""
    body = await body_of(request)
    answer = await anyio.to_thread.run_sync(_submitted, call, body)
    return JSONResponse(answer)


@routes.get("/prompt")
def remaining(call: ComfyUICalling) -> dict[str, Any]:
    return {"exec_info": {"queue_remaining": call.services.database.reading(jobs.remaining)}}


@routes.get("/queue")
def queue(call: ComfyUICalling) -> dict[str, Any]:
    """What runs, and what waits in the order in which it is begun."""
    found = read(call.services.database, jobs.going_on)
    items = [(each.job.prompt.status, history.queue_item(each.job, each.graph)) for each in found]
    return {
        "queue_running": [item for status, item in items if status == PromptStatus.PROCESSING],
        "queue_pending": [item for status, item in items if status == PromptStatus.PENDING],
    }


@routes.post("/queue")
async def change_queue(call: ComfyUICalling, request: Request) -> Response:
    """Take waiting jobs away: those of a list, or with ``clear`` all of the caller's own."""
    body = await body_of(request)
    await anyio.to_thread.run_sync(_take_away, call, body)
    return Response("")


@routes.get("/history")
def histories(call: ComfyUICalling, max_items: int | None = None, offset: int | None = None) -> dict[str, Any]:
    """Jobs that have ended, the oldest first: the newest ``max_items``, or with ``offset`` from the oldest on."""
    if max_items is not None and max_items <= 0:
        return {}
    most = min(max_items or MOST_ENTRIES, MOST_ENTRIES)
    oldest = None if offset is None or offset < 0 else offset
    found = read(call.services.database, jobs.ended, most, oldest)
    return {each.job.job_id: history.entry(each.job, each.graph, outputs_of(call.services, each)) for each in found}


@routes.get("/history/{job_id:path}")
def one_history(call: ComfyUICalling, job_id: str) -> dict[str, Any]:
    """One job that has ended; nothing for one that waits, runs or was never known."""
    return {
        each.job.job_id: history.entry(each.job, each.graph, outputs_of(call.services, each))
        for each in read(call.services.database, jobs.named, job_id)
        if each.job.prompt.status not in jobs.GOING_ON
    }


@routes.post("/history")
async def change_history(call: ComfyUICalling, request: Request) -> Response:
    """Take jobs that have ended out of the history; what they made stays in the gallery."""
    body = await body_of(request)
    await anyio.to_thread.run_sync(_forget, call, body)
    return Response("")


@routes.post("/interrupt")
async def interrupt(call: ComfyUICalling, request: Request) -> Response:
    """Stop what runs: the named job, or the caller's own where none is named."""
    try:
        named = (await body_of(request)).get("prompt_id")
    except GraphRefusal:  # a body that is none is usual
        named = None
    await anyio.to_thread.run_sync(_interrupt, call, None if named is None else str(named))
    return Response("")


@routes.post("/free")
def free(call: ComfyUICalling) -> Response:  # noqa: ARG001 (the door must be open)
    """Nothing to do: servers are asked to free their memory where a job needs it."""
    return Response("")


@routes.get("/api/jobs")
def listed(call: ComfyUICalling, status: str | None = None, limit: int = MOST_JOBS, offset: int = 0) -> JSONResponse:
    """Jobs, the newest first."""
    names = [name.strip() for name in status.split(",")] if status else list(STATUS_NAMES)
    strange = [name for name in names if name not in STATUS_NAMES]
    if strange or limit <= 0 or offset < 0:
        words = f"no status: {', '.join(strange)[:200]}" if strange else "limit must be above 0, offset 0 or more"
        return JSONResponse({"error": words}, 400)
    most = min(limit, MOST_JOBS)
    statuses = [STATUS_NAMES[name] for name in names]
    told = read(call.services.database, jobs.listed, statuses, most, offset)
    total = call.services.database.reading(jobs.count, statuses)
    shown = [history.summary(each.job, each.graph, outputs_of(call.services, each)) for each in told]
    pages = {"offset": offset, "limit": most, "total": total, "has_more": offset + len(shown) < total}
    return JSONResponse({"jobs": shown, "pagination": pages})


@routes.get("/api/jobs/{job_id:path}")
def one(call: ComfyUICalling, job_id: str) -> JSONResponse:
    found = read(call.services.database, jobs.named, job_id)
    if not found:
        return JSONResponse({"error": NOT_KNOWN}, 404)
    [each] = found
    return JSONResponse(history.detail(each.job, each.graph, outputs_of(call.services, each)))


def _submitted(call: ComfyUICall, body: Mapping[str, Any]) -> dict[str, Any]:
    posted = _posted(body)
    sent = submit_graph(call, posted)
    if sent.job.graph_hash != posted.graph_hash:
        words = f"The prompt_id {posted.job_id} was used before, for another graph"
        raise GraphRefusal(400, complaint("prompt_id_reused", words, "Use a new prompt_id for a new graph."))
    number = history.queue_item(sent.job, {})[0]
    return {"prompt_id": sent.job.job_id, "number": number, "node_errors": sent.node_errors}


def _posted(body: Mapping[str, Any]) -> PostedGraph:
    if "prompt" not in body:
        raise GraphRefusal(400, complaint("no_prompt", "No prompt provided", "No prompt provided"))
    graph = body["prompt"]
    if not isinstance(graph, dict) or not graph:
        raise GraphRefusal(400, complaint("prompt_no_outputs", "Prompt has no outputs"))
    extra, client = body.get("extra_data"), body.get("client_id")
    extra = extra if isinstance(extra, dict) else {}
    # Some clients put it there, as the server itself does when it tells of a job.
    client = client or extra.get("client_id")
    targets = body.get("partial_execution_targets")
    targets = [str(each) for each in targets] if isinstance(targets, list) else None
    number = _number(body.get("number"))
    told = json.dumps([graph, targets], sort_keys=True)
    return PostedGraph(
        graph=graph,
        job_id=_id(body.get("prompt_id")),
        graph_hash=hashlib.sha256(told.encode()).hexdigest(),
        client_id=str(client)[:LONGEST_ID] if client else None,
        number=number,
        priority=FIRST if body.get("front") or (number is not None and number < 0) else USUAL,
        extra_data={name: value for name, value in extra.items() if name not in (*SECRETS, "client_id")},
        targets=targets,
    )


def _id(given: Any) -> str:
    if given is None:
        return str(uuid.uuid4())
    found = str(given)
    if not found or len(found) > LONGEST_ID or not found.isprintable():
        words = f"prompt_id must have 1 to {LONGEST_ID} characters that can be printed; omit it to be given one"
        raise GraphRefusal(400, complaint("invalid_prompt_id", "prompt_id must be an id", words))
    return found


def _number(given: Any) -> float | None:
    if given is None:
        return None
    try:
        found = float(given)
    except (TypeError, ValueError, OverflowError):
        found = float("nan")
    if abs(found) < 2**53:  # which is false for what is no number
        return found
    raise GraphRefusal(400, complaint("invalid_number", "number must be a number", repr(given)[:100]))


def _take_away(call: ComfyUICall, body: Mapping[str, Any]) -> None:
    wanted = names_of(body, "delete")
    with call.services.database.write() as connection:
        going = [
            job.prompt.id
            for job in jobs.going_on(connection)
            if job.prompt.status == PromptStatus.PENDING
            # All of the caller's own and not all there are: the queue is shared.
            and (job.job_id in wanted or (body.get("clear") and job.owner == call.owner))
        ]
        for each in going:
            cancellation.cancel(connection, each)
        # Without a trace, as clients expect; the prompt itself stays, as cancelled.
        jobs.forget(connection, going)


def _forget(call: ComfyUICall, body: Mapping[str, Any]) -> None:
    with call.services.database.write() as connection:
        if body.get("clear"):
            jobs.forget_ended(connection, call.owner)
        found = [job for each in names_of(body, "delete") for job in jobs.named(connection, each)]
        # What still runs would come back into the history without anybody's wish.
        jobs.forget(connection, [job.prompt.id for job in found if job.prompt.status not in jobs.GOING_ON])


def _interrupt(call: ComfyUICall, named: str | None) -> None:
    with call.services.database.write() as connection:
        for job in jobs.going_on(connection):
            # Without a name: others' jobs run here as well, on other servers, and are none of this caller's business.
            is_meant = job.owner == call.owner if named is None else job.job_id == named
            if is_meant and job.prompt.status == PromptStatus.PROCESSING:
                cancellation.cancel(connection, job.prompt.id)
