"""Jobs as Comfy API v2 tells of them, from the rows of their prompts.

Shapes as its contract has them (docs.comfy.org, ``openapi-v2.yaml``); ``priority``, ``outputs_reused`` and the list as
its self-hosted proxy (Comfy-Org/comfy-api-proxy) adds them.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from comfyui_workflows.graph import Graph, title_of
from musings.comfyui_api import history
from musings.comfyui_api.v2_references import OutputId
from musings.models import Artifact, ArtifactType, JsonObject, Prompt, PromptStatus
from musings.store.queue.comfyui_jobs import ComfyUIJob
from musings.store.times import rfc3339

USUAL, URGENT, LEAST = 5, 1, 10
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
"""When what nothing removes by itself expires: the contract wants a time."""
TERMINAL = ("succeeded", "canceled", "failed")
STATUSES: Mapping[str, str] = {
    PromptStatus.PENDING: "queued",
    PromptStatus.PROCESSING: "running",
    PromptStatus.COMPLETED: "succeeded",
    PromptStatus.FAILED: "failed",
    PromptStatus.CANCELLED: "canceled",
}
OUTPUT_TYPES: Mapping[str, str] = {
    ArtifactType.IMAGE: "image",
    ArtifactType.AUDIO: "audio",
    ArtifactType.VIDEO: "video",
    ArtifactType.TEXT: "text",
}
LATENT = ".latent"
ERROR, NODE_ERROR = "execution_error", "node_execution_error"


@dataclass(frozen=True)
class Addresses:
    """Where what is told can be asked for: ``path`` is relative to the host, ``absolute`` begins with it."""

    path: str
    absolute: str
    expires: Callable[[Prompt], datetime]
    media_type: Callable[[str], str]

    def content(self, asset_id: str) -> str:
        return f"{self.absolute}/assets/{asset_id}/content"

    def job(self, job_id: str) -> dict[str, str]:
        # Quoted: at another door callers choose their ids themselves.
        here = f"{self.path}/jobs/{quote(job_id, safe='')}"
        return {"self": here, "events": f"{here}/events", "cancel": f"{here}/cancel"}


@dataclass(frozen=True)
class ToldJob:
    """A job and what stands in other tables about it. ``position`` while it waits, 1 being next."""

    job: ComfyUIJob
    graph: Graph
    made: Sequence[Artifact] = ()
    position: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def prompt(self) -> Prompt:
        return self.job.prompt

    @property
    def status(self) -> str:
        if self.prompt.status == PromptStatus.PROCESSING and self.prompt.cancel_requested:
            return "canceling"
        return STATUSES.get(self.prompt.status, "queued")

    @property
    def has_ended(self) -> bool:
        return self.status in TERMINAL


def ours(priority: int) -> int:
    """A priority of the protocol, of which more is sooner and 0 usual, as one of ours: 1 is first, 10 last."""
    return max(URGENT, min(LEAST, USUAL - priority))


def job(told: ToldJob, addresses: Addresses, read_text: history.ReadText, *, whole: bool = True) -> dict[str, Any]:
    """The ``Job``. Without ``whole`` what was made and what went wrong is left out, for who may not read."""
    prompt = told.prompt
    return {
        **record(told, addresses),
        "queue_position": told.position,
        "progress": progress(told) if whole else None,
        "outputs": list(outputs(told, addresses, read_text)) if whole else [],
        "outputs_reused": whole and any(each.metadata.get("cached") is True for each in told.made),
        "error": error(told) if whole else None,
        "metrics": {
            "queue_ms": _between(prompt.created_at, prompt.processed_at),
            "execution_ms": _between(prompt.processed_at, prompt.completed_at),
        },
        "urls": addresses.job(told.job.job_id),
    }


def record(told: ToldJob, addresses: Addresses) -> dict[str, Any]:
    """What a job and an item of a list both say: all but what it made."""
    prompt = told.prompt
    number = told.job.number
    return {
        "id": told.job.job_id,
        "status": told.status,
        "created_at": rfc3339(told.job.created_at),
        "started_at": _time(prompt.processed_at),
        "completed_at": _time(prompt.completed_at) if told.has_ended else None,
        "expires_at": rfc3339(addresses.expires(prompt)),
        "metadata": dict(told.labels),
        # Kept with the sign that ComfyUI's own numbers have, of which the lowest goes first.
        "priority": 0 if number is None else int(-number),
    }


def item(told: ToldJob, addresses: Addresses) -> dict[str, Any]:
    """A job as a list has it, with the names that the serverless platform gives its times there."""
    found = record(told, addresses)
    prompt = told.prompt
    changed = max(each for each in (told.job.created_at, prompt.processed_at, prompt.completed_at) if each is not None)
    return {**found, "create_time": found["created_at"], "update_time": rfc3339(changed)}


def progress(told: ToldJob) -> dict[str, Any] | None:
    """How far a running job is; None for one that does not run, or of which nothing was heard yet."""
    said = told.prompt.progress
    if said is None or told.has_ended or told.prompt.status != PromptStatus.PROCESSING:
        return None
    total = max(1, len(told.graph))
    share = _share(said)
    stage = str(said.get("stage") or "")
    node = next((each for each in told.graph if stage and title_of(told.graph, each) == stage), None)
    return {
        "value": share,
        "nodes_done": min(total, int(share * total + 1e-6)),
        "nodes_total": total,
        "current_node": node,
        "current_node_class": None if node is None else str(told.graph[node].get("class_type")),
        "step": None,
        "steps": None,
        "message": stage or None,
    }


def outputs(told: ToldJob, addresses: Addresses, read_text: history.ReadText) -> Iterator[dict[str, Any]]:
    """What a job has made, each file and each text, in their order."""
    expires = rfc3339(addresses.expires(told.prompt))
    for made in told.made:
        first = told.job.outputs[0] if told.job.outputs else "0"
        shared = {"job_id": told.job.job_id, "url_expires_at": expires, "hash": None}
        said = made.metadata.get(history.TEXTS)
        if not isinstance(said, list):
            found = OutputId(made.id)
            path = PurePosixPath(made.file_path)
            kind = OUTPUT_TYPES.get(made.artifact_type, "latent" if path.suffix == LATENT else "file")
            yield {
                "node_id": str(made.metadata.get("node") or first),
                "name": path.name,
                "type": kind,
                "content_type": addresses.media_type(made.file_path),
                "size_bytes": _size(made.metadata),
                "id": str(found),
                "url": addresses.content(str(found)),
                **shared,
            }
            continue
        for number, (node, text) in enumerate(texts(said, read_text(made.file_path)), 1):
            found = OutputId(made.id, number)
            yield {
                "node_id": node,
                "name": text_name(made.file_path, number),
                "type": "text",
                "content_type": addresses.media_type(made.file_path),
                "size_bytes": len(text.encode()),
                "id": str(found),
                "url": addresses.content(str(found)),
                **shared,
            }


def texts(said: Sequence[Any], text: str) -> Iterator[tuple[str, str]]:
    """The texts of nodes that stand in one file: node and text."""
    place = 0
    for node, _, length in (each for each in said if isinstance(each, list) and len(each) == 3):
        yield str(node), text[place : place + int(length)]
        place += int(length) + history.BETWEEN_TEXTS


def text_name(file_path: str, number: int) -> str:
    """The name of one of the texts of a file."""
    path = PurePosixPath(file_path)
    return f"{path.stem}_{number}{path.suffix}"


def error(told: ToldJob) -> dict[str, Any] | None:
    """What went wrong with a job that failed; None for any other."""
    if told.prompt.status != PromptStatus.FAILED:
        return None
    _, said = history.end_without_result(told.job.job_id, told.prompt, told.graph)
    node = said["node_id"] or None
    return {
        "code": NODE_ERROR if node else ERROR,
        "message": str(said["exception_message"]).rstrip("\n"),
        "node_id": node,
        "class_type": said["node_type"] or None,
        # Which is in the log of the attempt.
        "traceback": None,
    }


def _share(said: JsonObject) -> float:
    """A fraction from 0 to 1: other programs may write anything into the row."""
    try:
        value, maximum = float(said["value"]), float(said["max"])
    except (KeyError, TypeError, ValueError):
        return 0.0
    if maximum <= 0 or not math.isfinite(value / maximum):
        return 0.0
    return round(max(0.0, min(1.0, value / maximum)), 4)


def _size(metadata: JsonObject) -> int:
    found = metadata.get("bytes")
    return found if isinstance(found, int) else 0


def _time(when: datetime | None) -> str | None:
    return None if when is None else rfc3339(when)


def _between(start: datetime | None, end: datetime | None) -> int | None:
    return None if start is None or end is None else max(0, int((end - start).total_seconds() * 1000))
