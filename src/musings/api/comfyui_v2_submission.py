"""A body of ``POST /comfyui/api/v2/jobs`` becomes a prompt, once for each key."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from musings.api.comfyui_submission import PostedGraph, submit
from musings.api.comfyui_v2 import V2Call, id_from
from musings.api.comfyui_v2_lookup import file_for, of_job
from musings.api.problems import FULL_SECONDS
from musings.comfyui_api.refusals import GraphRefusal
from musings.comfyui_api.v2_jobs import ours
from musings.comfyui_api.v2_references import references
from musings.comfyui_api.v2_refusals import V2Refusal, of_graph
from musings.comfyui_api.v2_requests import WantedJob, wanted_job
from musings.errors import QueueFullError
from musings.store.queue import comfyui_jobs as jobs

REPLAYED = {"Idempotency-Replayed": "true"}


def answer(call: V2Call, body: Mapping[str, Any], key: str | None) -> JSONResponse:
    """The job that a body asks for, new or as it is by now. Raises ``V2Refusal``."""
    wanted = wanted_job(body)
    own_id = id_from(call, "job", key)
    again = call.services.database.reading(jobs.find, own_id) if key is not None else None
    if again is not None:  # before the assets of the graph are looked for, which may be gone by now
        return _replayed(call, again, wanted)
    posted = _with_files(call, wanted, own_id)
    try:
        sent = submit(call.door, posted)
    except GraphRefusal as error:
        raise of_graph(error) from error
    except QueueFullError as error:
        raise V2Refusal(429, "queue_full", error.explained, headers={"Retry-After": str(FULL_SECONDS)}) from error
    # Of two calls with one key that come at once the second finds what the first has made.
    if not sent.is_new:
        return _replayed(call, sent.job, wanted)
    return JSONResponse(call.shown(of_job(call, sent.job)), 201)


def _replayed(call: V2Call, job: jobs.ComfyUIJob, wanted: WantedJob) -> JSONResponse:
    """The answer to a key that was used before."""
    if job.graph_hash != wanted.same:
        words = "This Idempotency-Key was used before, with another body. Use a new key for a new job."
        raise V2Refusal(422, "idempotency_key_reuse", words, {"job_id": job.job_id})
    if not job.is_there:
        words = "This Idempotency-Key was used before, and its job was removed since. Use a new key to run it again."
        raise V2Refusal(422, "idempotency_key_reuse", words, {"job_id": job.job_id})
    # 201 as the first time: the SDKs take no other for success.
    return JSONResponse(call.shown(of_job(call, job)), 201, REPLAYED)


def _with_files(call: V2Call, wanted: WantedJob, job_id: str) -> PostedGraph:
    """The graph with plain names where it names assets, and the files that they stand for."""
    files = {}
    # Copied as deep as it is changed: what was posted is what the answer is compared with.
    graph = {node: _copy(data) for node, data in wanted.graph.items()}
    for each in references(wanted.graph):
        file, name = file_for(call, each)
        graph[each.node]["inputs"][each.input] = name
        files[each.node, each.input] = file
    return PostedGraph(
        graph,
        job_id,
        wanted.same,
        # ComfyUI's own numbers, of which the lowest goes first.
        number=float(-wanted.priority) if wanted.priority else None,
        priority=ours(wanted.priority),
        files=files,
        labels=wanted.labels,
        in_part=False,
    )


def _copy(data: Any) -> Any:
    """A node of its own with inputs of its own; what is none is refused by whoever judges the graph."""
    inputs = data.get("inputs") if isinstance(data, dict) else None
    return {**data, "inputs": dict(inputs)} if isinstance(inputs, dict) else data
