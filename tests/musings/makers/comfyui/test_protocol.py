"""Messages in, events out; nothing a server says may raise."""

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.makers.comfyui import protocol
from musings.makers.comfyui.protocol import Failure, NodeState, read_frame, read_message, read_text


def text(kind: str, **data: object) -> protocol.Event:
    return read_text(json.dumps({"type": kind, "data": data}))


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (text("status", status={"exec_info": {"queue_remaining": 3}}, sid="x"), protocol.QueueLength(3)),
        (text("execution_start", prompt_id="p", timestamp=1), protocol.Started("p")),
        (text("execution_cached", prompt_id="p", nodes=["1", "57:6"]), protocol.Cached("p", ("1", "57:6"))),
        (text("executing", prompt_id="p", node="3", display_node="3"), protocol.NodeRunning("p", "3")),
        (text("executing", node="3"), protocol.NodeRunning(None, "3")),
        (text("executing", prompt_id="p", node=None), protocol.JobEnded("p")),
        (text("progress", prompt_id="p", node="3", value=1, max=4), protocol.NodeStep("p", "3", 1.0, 4.0)),
        (text("progress", node=None, value=1.5, max=4), protocol.NodeStep(None, None, 1.5, 4.0)),
        (text("execution_success", prompt_id="p"), protocol.Succeeded("p")),
        (text("execution_interrupted", prompt_id="p", node_id="3"), protocol.Interrupted("p", "3")),
        (
            text("executed", prompt_id="p", node="9", output={"text": ["a"]}),
            protocol.NodeOutput("p", "9", {"text": ["a"]}),
        ),
        (text("executed", prompt_id="p", node="9", output=None), protocol.NodeOutput("p", "9", {})),
        (
            text("progress_state", prompt_id="p", nodes={"2.0.3": {"value": 0.5, "max": 1, "state": "running"}}),
            protocol.NodeStates("p", (NodeState("2.0.3", 0.5, 1.0, "running"),)),
        ),
    ],
)
def test_text_messages(event: protocol.Event, expected: protocol.Event) -> None:
    assert event == expected


def test_a_failure() -> None:
    event = text(
        "execution_error",
        prompt_id="p",
        node_id="2",
        node_type="SaveImage",
        exception_type="AttributeError",
        exception_message="no shape\n",
        traceback=["  File a\n", "  File b\n"],
    )
    failure = Failure("2", "SaveImage", "AttributeError", "no shape", "  File a\n  File b\n")
    assert event == protocol.Failed("p", failure)
    assert not failure.blocked
    assert Failure("2", "X", "ExecutionBlocked", "why").blocked


def test_nan_and_infinity_are_read() -> None:
    event = read_text('{"type":"progress","data":{"prompt_id":"p","node":"3","value":NaN,"max":Infinity}}')
    assert event == protocol.NodeStep("p", "3", 0.0, 0.0)


NO_EVENTS = [
    "",
    "no json",
    "[]",
    "null",
    '"text"',
    "{}",
    '{"type":"status"}',
    '{"type":"status","data":{}}',
    '{"type":"status","data":{"status":{"exec_info":{"queue_remaining":1e999}}}}',
    '{"data":{}}',
    '{"type":"crystools.monitor","data":{"cpu":1}}',
    '{"type":"progress_state","data":{"nodes":[]}}',
    "[" * 100_000,
    *(f'{{"type":"{kind}","data":{data}}}' for kind in ("executing", "progress", "executed") for data in ("[]", "{}")),
]


@pytest.mark.parametrize("message", NO_EVENTS)
def test_strange_text_is_ignored(message: str) -> None:
    assert isinstance(read_text(message), protocol.Ignored)


def frame(kind: int, *rest: bytes) -> bytes:
    return struct.pack(">I", kind) + b"".join(rest)


def test_previews() -> None:
    assert read_frame(frame(1, struct.pack(">I", 1), b"jpeg")) == protocol.Preview(b"jpeg", "image/jpeg")
    assert read_frame(frame(1, struct.pack(">I", 2), b"png")) == protocol.Preview(b"png", "image/png")


def test_a_preview_with_metadata() -> None:
    about = json.dumps({"node_id": "3", "prompt_id": "p", "image_type": "image/png"}).encode()
    event = read_message(frame(4, struct.pack(">I", len(about)), about, b"png"))
    assert event == protocol.Preview(b"png", "image/png", "p", "3")


def test_a_text_of_a_node() -> None:
    event = read_frame(frame(3, struct.pack(">I", 4), b"57:6", "grün".encode()))
    assert event == protocol.NodeText("57:6", "grün")


NO_FRAMES = [
    b"",
    b"\0",
    frame(1),
    frame(2, b"raw"),
    frame(99),
    frame(3),
    frame(3, struct.pack(">I", 2), b"\xff\xfe"),
    frame(4),
    frame(4, struct.pack(">I", 99), b"{}"),
    frame(4, struct.pack(">I", 2), b"[]"),
]


@pytest.mark.parametrize("data", NO_FRAMES)
def test_strange_frames_are_ignored(data: bytes) -> None:
    assert isinstance(read_frame(data), protocol.Ignored)


@given(st.one_of(st.text(), st.binary()))
def test_nothing_raises(message: str | bytes) -> None:
    read_message(message)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
)
KINDS = ["status", "executing", "progress", "progress_state", "executed", "execution_error", "execution_cached"]


@given(st.sampled_from(KINDS), JSON)
def test_no_shape_of_data_raises(kind: str, data: object) -> None:
    read_text(json.dumps({"type": kind, "data": data}))
