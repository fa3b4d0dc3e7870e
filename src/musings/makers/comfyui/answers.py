"""What a ComfyUI server answers over HTTP, as values and decisions. Pure.

Source: ``/prompt``, ``/history/{id}`` and ``/queue`` as observed on ComfyUI 0.3.64 and 0.8.0.
``/history/{id}`` says ``{}`` for waiting, running, unknown and lost jobs alike, so only history and queue
together tell how a job is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.object_info import choices_of
from musings.makers.comfyui.foreign_json import parsed
from musings.makers.comfyui.protocol import Failure, read_failure

STRANGE = (ValueError, KeyError, IndexError, TypeError, AttributeError, ArithmeticError)
"""What an answer of another shape makes of the code that reads it; a number of 400 digits is an ``ArithmeticError``."""


@dataclass(frozen=True)
class NodeProblem:
    """One fault that validation found. ``allowed`` is the list of choices, where the server told it."""

    node: str
    class_type: str
    kind: str
    message: str
    details: str
    input_name: str | None = None
    received: Json = None
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Accepted:
    """A 200. With ``problems`` only a part of the outputs will be made."""

    prompt_id: str
    number: float
    problems: tuple[NodeProblem, ...] = ()


@dataclass(frozen=True)
class Rejected:
    """A 400: nothing was queued."""

    kind: str
    message: str
    details: str
    problems: tuple[NodeProblem, ...] = ()


class Phase(StrEnum):
    """``unknown`` seen twice, some seconds apart, means lost."""

    DONE = "done"
    RUNNING = "running"
    PENDING = "pending"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class HistoryEntry:
    """How a job ended. ``outputs`` maps a node id to what it showed; ``wanted`` are the ids of the output
    nodes.
    """

    prompt_id: str
    success: bool
    outputs: Object
    wanted: tuple[str, ...] = ()
    cached: tuple[str, ...] = ()
    failure: Failure | None = None
    interrupted: bool = False

    @property
    def all_cached(self) -> bool:
        """Whether the server ran nothing that makes an output."""
        return bool(self.cached) and set(self.wanted) <= set(self.cached)


@dataclass(frozen=True)
class Queue:
    """Prompt ids as they stand in the queue: running ones, and waiting ones in the order of their turn."""

    running: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()

    @property
    def remaining(self) -> int:
        return len(self.running) + len(self.pending)


@dataclass(frozen=True)
class JobState:
    """Where a job is. ``position`` counts from 1, for waiting jobs only."""

    phase: Phase
    position: int | None = None
    entry: HistoryEntry | None = None
    queue: Queue = field(default_factory=Queue)


def read_reply(status: int, body: bytes) -> Accepted | Rejected | None:
    """The answer to ``POST /prompt``; None when it is neither a 200 nor a 400 of ComfyUI's own shape."""
    try:
        data = parsed(body)
        # A 200 may list problems as well: then only a part of the outputs will be made.
        problems = _problems(data.get("node_errors"))
        if status == 200:
            return Accepted(str(data["prompt_id"]), float(data.get("number", 0)), problems)
        if status != 400:
            return None
        error = data["error"]
        # Older servers answer with a plain sentence.
        if isinstance(error, str):
            return Rejected("invalid_prompt", error, "", problems)
        return Rejected(str(error["type"]), str(error["message"]), str(error.get("details") or ""), problems)
    # Not ComfyUI's shape: a proxy or another program answers at this address.
    except STRANGE:
        return None


def read_history(body: bytes, prompt_id: str) -> HistoryEntry | None:
    """The entry of one job, or None when the history has none. Raises ``ValueError`` on a strange answer."""
    data = parsed(body)
    if not isinstance(data, Mapping):
        raise ValueError("the history is not an object")  # noqa: TRY004 (one error for all strange answers)
    entry = data.get(prompt_id)
    if entry is None:
        return None
    status = entry.get("status") or {}
    outputs = entry.get("outputs")
    # Extensions add messages of other shapes.
    messages = [message for message in status.get("messages") or () if len(message) == 2]
    failures = [data for event, data in messages if event == "execution_error"]
    return HistoryEntry(
        prompt_id=prompt_id,
        # Very old servers write no status; outputs are then the only sign.
        success=status.get("status_str") == "success" if status else bool(outputs),
        outputs=outputs if isinstance(outputs, Mapping) else {},
        wanted=_wanted(entry.get("prompt")),
        cached=tuple(str(node) for event, data in messages if event == "execution_cached" for node in data["nodes"]),
        # The last: after an error in a blocked branch the job went on.
        failure=read_failure(failures[-1]) if failures else None,
        interrupted=any(event == "execution_interrupted" for event, _ in messages),
    )


def read_queue(body: bytes) -> Queue:
    """The answer of ``GET /queue``. Raises ``ValueError`` on a strange answer."""
    data = parsed(body)
    try:
        # The server keeps its line as a heap, which is sorted only in part.
        pending = sorted(data["queue_pending"], key=lambda item: (float(item[0]), str(item[1])))
        return Queue(
            running=tuple(str(item[1]) for item in data["queue_running"]),
            pending=tuple(str(item[1]) for item in pending),
        )
    except STRANGE as error:
        raise ValueError(f"the queue has an unknown shape: {error}") from error


def job_state(prompt_id: str, entry: HistoryEntry | None, queue: Queue) -> JobState:
    """History wins over the queue: a job is written down there in the same moment as it leaves."""
    if entry is not None:
        return JobState(Phase.DONE, entry=entry, queue=queue)
    if prompt_id in queue.running:
        return JobState(Phase.RUNNING, queue=queue)
    if prompt_id in queue.pending:
        return JobState(Phase.PENDING, position=queue.pending.index(prompt_id) + 1, queue=queue)
    return JobState(Phase.UNKNOWN, queue=queue)


def _problems(node_errors: Json) -> tuple[NodeProblem, ...]:
    if not isinstance(node_errors, Mapping):
        return ()
    return tuple(
        _problem(str(node), str(found.get("class_type", "")), error)
        for node, found in node_errors.items()
        for error in found.get("errors", ())
    )


def _problem(node: str, class_type: str, error: Object) -> NodeProblem:
    extra = error.get("extra_info") or {}
    return NodeProblem(
        node=node,
        class_type=class_type,
        kind=str(error.get("type", "")),
        message=str(error.get("message", "")),
        details=str(error.get("details") or ""),
        input_name=None if extra.get("input_name") is None else str(extra["input_name"]),
        received=extra.get("received_value"),
        allowed=choices_of(extra.get("input_config")),
    )


def _wanted(prompt: Json) -> tuple[str, ...]:
    # By position: the entry holds the submission as the server queued it, and its fifth part are the output nodes.
    if isinstance(prompt, list) and len(prompt) > 4 and isinstance(prompt[4], list):
        return tuple(str(node) for node in prompt[4])
    return ()
