"""``/api/jobs`` of the fake: every job that waits, runs or is done, in the one shape that newer versions have for all.

Source: the answers observed on ComfyUI 0.8.0 and 0.33.0.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fake_comfyui.dialect import Dialect
from fake_comfyui.engine import FakeEngine

STATUSES = ("pending", "in_progress", "completed", "failed")
ENDS = ("execution_success", "execution_error", "execution_interrupted")
Reply = Callable[..., Response]
Job = dict[str, Any]


class Jobs:
    """``engine`` is asked anew at each request; ``reply(data, status)`` makes an answer of JSON."""

    def __init__(self, engine: Callable[[], FakeEngine], dialect: Dialect, reply: Reply) -> None:
        self._engine, self._dialect, self._reply = engine, dialect, reply
        self._statuses = (*STATUSES, "cancelled") if dialect.cancelled else STATUSES

    def routes(self) -> list[Route]:
        found = [Route("/jobs", self.listed, methods=["GET"])]
        if self._dialect.cancelled:
            found.append(Route("/jobs/cancel", self.cancel_several, methods=["POST"]))
            found.append(Route("/jobs/{job_id}/cancel", self.cancel, methods=["POST"]))
        return [*found, Route("/jobs/{job_id}", self.one, methods=["GET"])]

    async def listed(self, request: Request) -> Response:
        query = request.query_params
        wanted = [word.strip().lower() for word in query.get("status", "").split(",") if word.strip()]
        if unknown := [word for word in wanted if word not in self._statuses]:
            valid = ", ".join(self._statuses)
            return self._wrong(f"Invalid status value(s): {', '.join(unknown)}. Valid values: {valid}")
        limit = None
        if "limit" in query:
            try:
                limit = int(query["limit"])
            except ValueError:
                return self._wrong("limit must be an integer")
            if limit <= 0:
                return self._wrong("limit must be a positive integer")
        try:
            offset = max(0, int(query.get("offset", "0")))
        except ValueError:
            return self._wrong("offset must be an integer")
        jobs = [job for job in self._all() if not wanted or job["status"] in wanted]
        jobs.sort(key=lambda job: job.get("create_time", 0), reverse=query.get("sort_order", "desc") != "asc")
        page = jobs[offset:] if limit is None else jobs[offset : offset + limit]
        more = {"offset": offset, "limit": limit, "total": len(jobs), "has_more": offset + len(page) < len(jobs)}
        return self._reply({"jobs": page, "pagination": more})

    async def one(self, request: Request) -> Response:
        job_id = request.path_params["job_id"]
        engine = self._engine()
        if (entry := engine.history.get(job_id)) is not None:
            graph, extra = entry["prompt"][2:4]
            job = self._done(job_id, entry)
            job |= {"outputs": entry["outputs"], "execution_status": entry["status"]}
            return self._reply({**job, "workflow": {"prompt": graph, "extra_data": extra}})
        found = next((job for job in self._waiting(engine) if job["id"] == job_id), None)
        return self._reply({"error": "Job not found"}, 404) if found is None else self._reply(found)

    async def cancel(self, request: Request) -> Response:
        return self._reply({"cancelled": self._cancel(request.path_params["job_id"])})

    async def cancel_several(self, request: Request) -> Response:
        try:
            body = json.loads(await request.body())
        except ValueError:
            return self._wrong("Request body must be valid JSON")
        ids = body.get("job_ids") if isinstance(body, dict) else None
        if not isinstance(ids, list):
            return self._wrong("job_ids must be a list")
        if wrong := [each if isinstance(each, str) else repr(each) for each in ids if not is_id(each)]:
            return self._reply({"error": "job_ids contains invalid id(s)", "invalid_ids": wrong}, 400)
        done = [self._cancel(each) for each in ids]  # all of them, not until one is
        return self._reply({"cancelled": any(done)})

    def _cancel(self, job_id: str) -> bool:
        engine = self._engine()
        queue = engine.queue()
        if any(item[1] == job_id for item in queue["queue_running"]):
            engine.interrupt(job_id)
            return True
        if any(item[1] == job_id for item in queue["queue_pending"]):
            engine.delete(job_id)
            return True
        return False

    def _all(self) -> list[Job]:
        engine = self._engine()
        return [*self._waiting(engine), *(self._done(each, entry) for each, entry in list(engine.history.items()))]

    def _waiting(self, engine: FakeEngine) -> Iterator[Job]:
        queue = engine.queue()
        for status, key in (("in_progress", "queue_running"), ("pending", "queue_pending")):
            for number, prompt_id, _, extra, _ in queue[key]:
                yield self._job(prompt_id, status, number, extra, count=0)

    def _done(self, prompt_id: str, entry: dict[str, Any]) -> Job:
        number, _, _, extra, _ = entry["prompt"]
        messages = dict(entry["status"]["messages"])
        end: Job = next((messages[kind] for kind in ENDS if kind in messages), {})
        stopped = "cancelled" if "execution_interrupted" in messages and self._dialect.cancelled else "failed"
        status = "completed" if entry["status"]["status_str"] == "success" else stopped
        files = list(_files(entry["outputs"]))
        job = self._job(prompt_id, status, number, extra, count=len(files))
        more = {
            "execution_start_time": messages.get("execution_start", {}).get("timestamp"),
            "execution_end_time": end.get("timestamp"),
            "execution_error": messages.get("execution_error"),
            "preview_output": files[0] if files else None,
        }
        return job | {key: value for key, value in more.items() if value is not None}

    def _job(self, prompt_id: str, status: str, number: float, extra: dict[str, Any], *, count: int) -> Job:
        """What is told of every job; what is not known is left out."""
        told: Job = {"id": prompt_id, "status": status, "priority": number, "create_time": extra.get("create_time")}
        told["outputs_count"] = count
        if self._dialect.cancelled:
            told["previewable_outputs_count"] = count
        told["workflow_id"] = ((extra.get("extra_pnginfo") or {}).get("workflow") or {}).get("id")
        return {key: value for key, value in told.items() if value is not None}

    def _wrong(self, words: str) -> Response:
        return self._reply({"error": words}, 400)


def is_id(given: object) -> bool:
    """Whether newer versions take this for the id of a job: a UUID in its usual form."""
    try:
        return isinstance(given, str) and str(uuid.UUID(given)) == given
    except ValueError:
        return False


def _files(outputs: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for node, shown in outputs.items():
        for key, values in shown.items():
            for value in values if isinstance(values, list) else ():
                if isinstance(value, dict):
                    yield {**value, "nodeId": node, "mediaType": key}
