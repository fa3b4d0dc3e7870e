"""Jobs as ComfyUI tells of them: items of its queue, entries of its history, and ``/api/jobs``."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from comfyui_workflows.errors import MISREAD
from comfyui_workflows.graph import Graph, title_of
from musings.models import Artifact, ArtifactType, Prompt, PromptStatus, WorkflowVersion
from musings.store.queue.comfyui_jobs import ComfyUIJob

SOCKET = "websocket"
"""Where pictures stand that a node sent over the socket alone: in no history."""
TEXTS = "comfyui_texts"
KEYS: Mapping[str, str] = {ArtifactType.IMAGE: "images", ArtifactType.AUDIO: "audio", ArtifactType.VIDEO: "images"}
MEDIA_TYPES = {"images": "images", "gifs": "video", "audio": "audio", "text": "text", "3d": "3d"}
STATUSES: Mapping[str, str] = {
    PromptStatus.PENDING: "pending",
    PromptStatus.PROCESSING: "in_progress",
    PromptStatus.COMPLETED: "completed",
    PromptStatus.FAILED: "failed",
    PromptStatus.CANCELLED: "cancelled",
}
BETWEEN_TEXTS = 2
"""Characters between two texts of one file."""

ReadText = Callable[[str], str]
"""The text in a file of the media root; empty where it cannot be read."""
Outputs = dict[str, dict[str, Any]]


def graph_in(version: WorkflowVersion | None) -> Graph:
    """The graph that a prompt carries; empty where there is none that can be read."""
    try:
        found = {} if version is None else json.loads(json.loads(version.content)["text"])
    except MISREAD:  # a row of another program
        return {}
    return found if isinstance(found, dict) else {}


def outputs_of(job: ComfyUIJob, made: Sequence[Artifact], read_text: ReadText) -> Outputs:
    """What each node made: lists of files, by the key under which the node tells of them, and of texts."""
    found: Outputs = {}
    for each in made:
        said = each.metadata.get(TEXTS)
        if isinstance(said, list):
            _texts(found, said, read_text(each.file_path))
            continue
        # What another maker made, or an older version, names no node: it is told of at the first.
        node = str(each.metadata.get("node") or (job.outputs[0] if job.outputs else "0"))
        key = str(each.metadata.get("comfyui_output") or KEYS.get(each.artifact_type, "files"))
        # No history of a real server has them either: clients would show each picture twice.
        if key == SOCKET:
            continue
        shown = found.setdefault(node, {})
        shown.setdefault(key, []).append(file_entry(each.file_path))
        if each.artifact_type == ArtifactType.VIDEO and key == "images":
            shown["animated"] = [True]
    return found


def over_the_socket(made: Sequence[Artifact]) -> list[tuple[str, str]]:
    """The pictures that are sent over the socket alone: node and path, in their order."""
    sent = (each for each in made if each.metadata.get("comfyui_output") == SOCKET)
    return [(str(each.metadata.get("node")), each.file_path) for each in sent]


def file_entry(file_path: str) -> dict[str, str]:
    """How a file of ours is named to a client: what it gives back to ``/view``."""
    path = PurePosixPath(file_path)
    folder = str(path.parent)
    return {"filename": path.name, "subfolder": "" if folder == "." else folder, "type": "output"}


def queue_item(job: ComfyUIJob, graph: Graph) -> list[Any]:
    """``[number, id, graph, extra_data, outputs]``."""
    number = job.number if job.number is not None else float(job.prompt.id)
    # Whole where it is: strict clients take no 3.0 for 3.
    shown = int(number) if number == int(number) else number
    return [shown, job.job_id, graph, _extra(job), list(job.outputs)]


def entry(job: ComfyUIJob, graph: Graph, outputs: Outputs) -> dict[str, Any]:
    """An entry of the history."""
    # None of our nodes stands inside an expansion that we know of.
    meta = {
        node: {"node_id": node, "display_node": node, "parent_node": None, "real_node_id": node} for node in outputs
    }
    is_success = job.prompt.status == PromptStatus.COMPLETED
    status = {"status_str": "success" if is_success else "error", "completed": is_success}
    return {
        "prompt": queue_item(job, graph),
        "outputs": outputs,
        "status": {**status, "messages": [[kind, data] for kind, data in told(job, graph, outputs)]},
        "meta": meta,
    }


def told(job: ComfyUIJob, graph: Graph, outputs: Outputs) -> list[tuple[str, dict[str, Any]]]:
    """What was told of a job that has ended, but for its nodes: its beginning and its end."""
    prompt = job.prompt
    named = {"prompt_id": job.job_id}
    began, over = _milliseconds(prompt.processed_at or prompt.created_at), _milliseconds(prompt.completed_at)
    start: list[tuple[str, dict[str, Any]]] = [
        ("execution_start", {**named, "timestamp": began}),
        ("execution_cached", {"nodes": [], **named, "timestamp": began}),
    ]
    if prompt.status == PromptStatus.COMPLETED:
        return [*start, ("execution_success", {**named, "timestamp": over})]
    return [*start, end_without_result(job.job_id, prompt, graph, list(outputs))]


def end_without_result(
    job_id: str, prompt: Prompt, graph: Graph, executed: Sequence[str] = ()
) -> tuple[str, dict[str, Any]]:
    """``execution_error``, or ``execution_interrupted`` for a prompt that somebody cancelled."""
    message = prompt.error_message or "It failed."
    node = _node_in(message, graph)
    kind = graph[node]["class_type"] if node else ""
    said = {"prompt_id": job_id, "node_id": node, "node_type": kind, "executed": list(executed)}
    over = _milliseconds(prompt.completed_at)
    if prompt.status == PromptStatus.CANCELLED:
        return "execution_interrupted", {**said, "timestamp": over}
    # Ends with a line break, as the real ones do, and no traceback: it is in the log of the attempt.
    fault = {"exception_message": f"{message}\n", "exception_type": "MusingsError", "traceback": []}
    return "execution_error", {**said, **fault, "current_inputs": {}, "current_outputs": [], "timestamp": over}


def summary(job: ComfyUIJob, graph: Graph, outputs: Outputs) -> dict[str, Any]:
    """A job as ``/api/jobs`` lists it; what is not known yet is left out."""
    prompt = job.prompt
    files = [
        (node, key, each)
        for node, shown in outputs.items()
        for key, values in shown.items()
        if isinstance(values, list)
        for each in values
        if isinstance(each, dict)
    ]
    found: dict[str, Any] = {
        "id": job.job_id,
        "status": STATUSES.get(prompt.status, "pending"),
        "priority": queue_item(job, {})[0],
        "create_time": _milliseconds(job.created_at),
        "execution_start_time": _milliseconds(prompt.processed_at),
        "execution_end_time": _milliseconds(prompt.completed_at),
        "outputs_count": len(files),
        "preview_output": None,
        "workflow_id": _workflow_id(job),
    }
    # The first is what a list shows of a job.
    if files:
        node, key, each = files[0]
        found["preview_output"] = {**each, "nodeId": node, "mediaType": MEDIA_TYPES.get(key, key)}
    if prompt.status == PromptStatus.FAILED:
        found["execution_error"] = end_without_result(job.job_id, prompt, graph)[1]
    return {name: value for name, value in found.items() if value is not None}


def detail(job: ComfyUIJob, graph: Graph, outputs: Outputs) -> dict[str, Any]:
    """A job as ``/api/jobs/{id}`` tells of it."""
    more: dict[str, Any] = {"outputs": outputs, "workflow": {"prompt": graph, "extra_data": _extra(job)}}
    if job.prompt.status not in (PromptStatus.PENDING, PromptStatus.PROCESSING):
        more["execution_status"] = entry(job, graph, outputs)["status"]
    return {**summary(job, graph, outputs), **more}


def _texts(found: Outputs, said: Sequence[Any], text: str) -> None:
    """The texts of nodes, which stand in one file one after the other."""
    place = 0
    for node, key, length in (each for each in said if isinstance(each, list) and len(each) == 3):
        found.setdefault(str(node), {}).setdefault(str(key), []).append(text[place : place + int(length)])
        place += int(length) + BETWEEN_TEXTS


def _extra(job: ComfyUIJob) -> Mapping[str, Any]:
    named = {} if job.client_id is None else {"client_id": job.client_id}
    return {**job.extra_data, **named, "create_time": _milliseconds(job.created_at)}


def _workflow_id(job: ComfyUIJob) -> str | None:
    info = job.extra_data.get("extra_pnginfo")
    workflow = info.get("workflow") if isinstance(info, Mapping) else None
    found = workflow.get("id") if isinstance(workflow, Mapping) else None
    return found if isinstance(found, str) else None


def _node_in(message: str, graph: Graph) -> str:
    """The node that an error of ours names, as :func:`comfyui_workflows.graph.name_of` does; else none."""
    named = (node for node in graph if f"node {node} " in message)
    titled = (node for node in graph if title_of(graph, node) in message)
    return next(named, None) or next(titled, "")


def _milliseconds(when: datetime | None) -> int | None:
    return None if when is None else int(when.timestamp() * 1000)
