"""What a ComfyUI server says on its WebSocket, as typed events. Pure: bytes in, events out.

Source: the messages of ``/ws`` as observed on ComfyUI 0.3.64 and 0.8.0. Text messages are JSON objects
``{"type", "data"}`` written by Python, so NaN and Infinity occur. Binary frames begin with a big-endian
32-bit number: 1 a preview (then 1 JPEG or 2 PNG, then the picture), 2 an unencoded preview, 3 a text of a
node, 4 a preview with metadata. Extensions send types and frames of their own; nothing here raises on any of
them.
"""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from comfyui_workflows.json_types import Json, Object
from musings.makers.comfyui.foreign_json import parsed

PREVIEW, UNENCODED_PREVIEW, TEXT, PREVIEW_WITH_METADATA = 1, 2, 3, 4
PICTURE_TYPES = {1: "image/jpeg", 2: "image/png"}
SHOWN_TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})
"""Of previews; what a server writes there would otherwise be part of an address on our page."""
MOST_CHARACTERS = 16_000_000
"""Of one message in JSON; the longest are those of nodes that show texts."""
FEATURE_FLAGS = '{"type":"feature_flags","data":{"supports_preview_metadata":true}}'
"""Must be the first message we send on a socket, or the server ignores it."""


@dataclass(frozen=True)
class QueueLength:
    """How many jobs the server has left, the running one included. Sent to every socket at every change."""

    remaining: int


@dataclass(frozen=True)
class Started:
    prompt_id: str


@dataclass(frozen=True)
class Cached:
    prompt_id: str
    nodes: tuple[str, ...]


@dataclass(frozen=True)
class NodeRunning:
    """A node begins. ``prompt_id`` is None right after a reconnect with a known client id."""

    prompt_id: str | None
    node: str


@dataclass(frozen=True)
class JobEnded:
    """The job has left the queue and its history is written. The only message that promises this."""

    prompt_id: str


@dataclass(frozen=True)
class NodeStep:
    """``value`` of ``maximum`` steps of one node are done. Bars may restart."""

    prompt_id: str | None
    node: str | None
    value: float
    maximum: float


@dataclass(frozen=True)
class NodeState:
    node: str
    value: float
    maximum: float
    state: str


@dataclass(frozen=True)
class NodeStates:
    """Every node touched so far; several may run at once."""

    prompt_id: str
    nodes: tuple[NodeState, ...]


@dataclass(frozen=True)
class NodeOutput:
    prompt_id: str
    node: str
    output: Object


@dataclass(frozen=True)
class Succeeded:
    """The job succeeded, but its history may not be written yet: wait for :class:`JobEnded`."""

    prompt_id: str


@dataclass(frozen=True)
class Failure:
    """Why a node failed. ``blocked`` marks an error after which the job goes on and ends in success."""

    node: str
    class_type: str
    exception_type: str
    message: str
    traceback: str = ""

    @property
    def blocked(self) -> bool:
        return self.exception_type == "ExecutionBlocked"


@dataclass(frozen=True)
class Failed:
    prompt_id: str
    failure: Failure


@dataclass(frozen=True)
class Interrupted:
    prompt_id: str
    node: str


@dataclass(frozen=True)
class Preview:
    """An unfinished picture. Without a ``prompt_id`` its job is not known."""

    picture: bytes
    media_type: str
    prompt_id: str | None = None
    node: str | None = None


@dataclass(frozen=True)
class NodeText:
    node: str
    text: str


@dataclass(frozen=True)
class Ignored:
    """Something that is not for us: a type of an extension, or a message that cannot be read."""

    reason: str


Event = (
    QueueLength
    | Started
    | Cached
    | NodeRunning
    | JobEnded
    | NodeStep
    | NodeStates
    | NodeOutput
    | Succeeded
    | Failed
    | Interrupted
    | Preview
    | NodeText
    | Ignored
)


def read_message(message: str | bytes) -> Event:
    """One WebSocket message, text or binary, as an event."""
    return read_text(message) if isinstance(message, str) else read_frame(message)


def read_text(text: str) -> Event:
    """One text message as an event."""
    if len(text) > MOST_CHARACTERS:
        return Ignored(f"message of {len(text):,} characters")
    try:
        message = parsed(text)
        return _event(message["type"], message["data"])
    # All that a strange message can cause: an extension's must not end the listening.
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        return Ignored(f"unreadable message: {type(error).__name__}: {text[:100]}")


def read_frame(frame: bytes) -> Event:
    """One binary frame as an event."""
    try:
        (kind,) = struct.unpack_from(">I", frame)
        if kind == PREVIEW:
            (picture_type,) = struct.unpack_from(">I", frame, 4)
            return Preview(frame[8:], PICTURE_TYPES.get(picture_type, "image/jpeg"))
        if kind == PREVIEW_WITH_METADATA:
            return _preview_with_metadata(frame)
        if kind == TEXT:
            node, text = _parts(frame)
            return NodeText(node.decode(), text.decode("utf-8", "replace"))
    except (struct.error, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return Ignored(f"unreadable frame: {error}")
    return Ignored(f"binary frame of type {kind}")


def read_failure(data: Object) -> Failure:
    """The data of an ``execution_error``, on the socket and in the history alike."""
    return Failure(
        node=str(data.get("node_id", "")),
        class_type=str(data.get("node_type", "")),
        exception_type=str(data.get("exception_type", "")),
        message=str(data.get("exception_message", "")).strip(),
        # Some extensions send null in place of the lines.
        traceback="".join(str(line) for line in data.get("traceback") or ()),
    )


def _event(kind: str, data: Object) -> Event:
    if kind == "status":
        return QueueLength(int(data["status"]["exec_info"]["queue_remaining"]))
    if kind == "executing":
        return _executing(data)
    if kind == "progress":
        return NodeStep(_text(data, "prompt_id"), _text(data, "node"), _number(data["value"]), _number(data["max"]))
    prompt_id = str(data.get("prompt_id"))
    if kind == "progress_state":
        return NodeStates(prompt_id, tuple(_state(node, state) for node, state in data["nodes"].items()))
    if kind == "execution_start":
        return Started(prompt_id)
    if kind == "execution_cached":
        return Cached(prompt_id, tuple(str(node) for node in data["nodes"]))
    if kind == "executed":
        output = data.get("output")
        # Null for a node that shows nothing.
        return NodeOutput(prompt_id, str(data["node"]), output if isinstance(output, Mapping) else {})
    if kind == "execution_success":
        return Succeeded(prompt_id)
    if kind == "execution_error":
        return Failed(prompt_id, read_failure(data))
    if kind == "execution_interrupted":
        return Interrupted(prompt_id, str(data.get("node_id")))
    return Ignored(f"message of type {kind}")


def _executing(data: Object) -> Event:
    prompt_id, node = _text(data, "prompt_id"), _text(data, "node")
    if node is not None:
        return NodeRunning(prompt_id, node)
    # A null node with a job's id is the only sign that its history is written.
    return JobEnded(prompt_id) if prompt_id is not None else Ignored("executing nothing, for nobody")


def _state(node: str, state: Object) -> NodeState:
    return NodeState(node, _number(state["value"]), _number(state["max"]), str(state["state"]))


def _preview_with_metadata(frame: bytes) -> Event:
    about, picture = _parts(frame)
    data = parsed(about)
    media_type = str(data.get("image_type", "image/jpeg"))
    if media_type not in SHOWN_TYPES:
        return Ignored(f"preview of type {media_type[:100]}")
    return Preview(picture, media_type, _text(data, "prompt_id"), _text(data, "node_id"))


def _parts(frame: bytes) -> tuple[bytes, bytes]:
    """What the length in bytes 4 to 8 announces, and the rest."""
    (length,) = struct.unpack_from(">I", frame, 4)
    # The length comes from outside: trusting it would mix the picture with its description.
    if len(frame) < 8 + length:
        raise ValueError(f"{length} bytes announced, {len(frame) - 8} there")
    return frame[8 : 8 + length], frame[8 + length :]


def _text(data: Object, key: str) -> str | None:
    value = data.get(key)
    return None if value is None else str(value)


def _number(value: Json) -> float:
    # Nodes may report null while they do not know their maximum.
    number = 0.0 if value is None else float(value)
    # ``1e999`` is a number of JSON.
    return number if math.isfinite(number) else 0.0
