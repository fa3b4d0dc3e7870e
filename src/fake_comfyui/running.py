"""Runs one job of the fake, node by node, and tells what the real server would tell."""

import hashlib
import io
import json
import struct
import threading
import time
import uuid
from dataclasses import dataclass
from typing import Any

from PIL import Image

from fake_comfyui.artist import Artist
from fake_comfyui.dialect import Dialect
from fake_comfyui.faults import Switches
from fake_comfyui.folders import Folders
from fake_comfyui.hub import Hub
from fake_comfyui.nodes import NodeClass
from fake_comfyui.work import Bench, do

Cache = dict[str, tuple[tuple[Any, ...], dict[str, Any] | None]]
# Loaders count as no work: a fault that is to come while the job computes must come later.
LOADERS = ("CheckpointLoaderSimple",)
NEVER_CACHED = ("SaveImageWebsocket",)
# Above the usual limits of a client, which close the connection.
HUGE = 8_000_000
OUT_OF_MEMORY = "Allocation on device \nThe memory of the graphics card is full.\n\nTIPS: ask for less at once."


@dataclass
class Pace:
    """How long work takes, in seconds: per node, per sampler step, and for a slow ``/view`` or start as a
    whole.
    """

    node: float = 0.0
    step: float = 0.0
    slow: float = 2.0


@dataclass(frozen=True)
class Floor:
    """What the jobs of one server share. ``closed`` is the server's end, ``interrupted`` the running
    job's.
    """

    folders: Folders
    artist: Artist
    faults: Switches
    pace: Pace
    hub: Hub
    closed: threading.Event
    interrupted: threading.Event
    dialect: Dialect


class Stopped(Exception):
    """The server is gone, and this worker with it."""


class _Interrupted(Exception):
    """Somebody asked the running job to stop."""


class _StagedFault(Exception):
    """A failure that a switch asked for."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class JobRun:
    """One job. ``crashed`` afterwards means that the whole server should die now."""

    def __init__(
        self,
        floor: Floor,
        known: dict[str, NodeClass],
        previous: Cache,
        *,
        prompt_id: str,
        graph: dict[str, Any],
        extra: dict[str, Any],
        outputs: list[str],
    ) -> None:
        self.cache: Cache = {}
        self.crashed = False
        self._floor, self._known, self._previous = floor, known, previous
        self._prompt_id, self._graph, self._extra, self._outputs = prompt_id, graph, extra, outputs
        self._sid: str | None = extra.get("client_id")
        # Only what the outputs need is run: nodes that lead nowhere are left out, as on the real server.
        self._order = _order(graph, outputs)
        self._keys = _keys(graph, self._order)
        self._states: dict[str, dict[str, Any]] = {}
        self._shown: dict[str, Any] = {}
        self._messages: list[list[Any]] = []
        self._computed = 0

    def execute(self) -> dict[str, Any]:
        """Run to the end; returns ``outputs``, ``status`` and ``meta`` of the history entry."""
        if self._floor.faults.active("huge-frames"):
            self._floor.hub.send("fake.huge", {"text": "x" * HUGE}, self._sid)
            self._floor.hub.send_frame(struct.pack(">I", 99) + bytes(HUGE), self._sid)
        self._tell("execution_start", {})
        if entry := self._staged():
            return entry
        # Before the first node runs, by their keys: the real server tells all of them at once.
        cached = [node for node in self._order if self._keys[node] in self._previous]
        self._tell("execution_cached", {"nodes": cached})
        try:
            for node in self._order:
                self._node(node, cached=node in cached)
        except _Interrupted:
            self._tell("execution_interrupted", {"node_id": node, **self._about(node)})
            return self._entry(success=False)
        except Stopped:
            raise
        except Exception as error:  # noqa: BLE001 (a node may fail in any way, and its job with it)
            self._tell("execution_error", self._report(node, error))
            return self._entry(success=False)
        self._tell("execution_success", {})
        return self._entry(success=True)

    def _staged(self) -> dict[str, Any] | None:
        faults = self._floor.faults
        gone = not faults.active("cached-empty") and faults.take("missing-output")
        if not gone and not faults.take("cached-empty"):
            return None
        self._tell("execution_cached", {"nodes": list(self._order)})
        if gone:
            for node in self._outputs:
                file = {"filename": "gone_00001_.png", "subfolder": "", "type": "output"}
                self._shown[node] = {"images": [file]}
        self._tell("execution_success", {})
        return self._entry(success=True)

    def _node(self, node: str, *, cached: bool) -> None:
        key = self._keys[node]
        if cached:
            self.cache[key] = self._previous[key]
            shown = self.cache[key][1]
            # Older versions tell of cached outputs only to the one who submitted.
            if shown is not None and (self._sid is not None or self._floor.dialect.shows_cached):
                self._show(node, shown)
                self._progress(node, 1, 1, "finished")
            return
        # Between two nodes: a running node of the real server does not notice either.
        if self._floor.interrupted.is_set():
            raise _Interrupted
        self._progress(node, 0.0, 1.0, "running")
        self._send_own("executing", {"node": node, "display_node": node, "prompt_id": self._prompt_id})
        self._wait(self._floor.pace.node)
        self._fail_if_asked(node)
        inputs = self._inputs(node)
        bench = Bench(
            self._floor.folders,
            self._floor.artist,
            {"prompt": self._graph, **(self._extra.get("extra_pnginfo") or {})},
            lambda value, maximum, picture: self._step(node, value, maximum, picture),
            lambda value, maximum, picture: self._send_picture(node, value, maximum, picture),
            self._floor.dialect,
        )
        values, shown = do(self._graph[node]["class_type"], inputs, bench)
        self.cache[key] = (values, shown)
        if shown is not None:
            self._show(node, shown)
        self._progress(node, 1.0, 1.0, "finished")

    def _fail_if_asked(self, node: str) -> None:
        faults = self._floor.faults
        if self._graph[node]["class_type"] in LOADERS:
            return
        self._computed += 1
        if faults.take("oom-always") or faults.take("oom-once"):
            raise _StagedFault("torch.OutOfMemoryError", OUT_OF_MEMORY)
        if faults.take("execution-error"):
            raise _StagedFault("RuntimeError", "the fault switch asked for this")
        # Not the first: something must have been computed for the fault to matter.
        if self._computed > 1 and faults.take("interrupted-by-other"):
            raise _Interrupted
        if self._computed > 1 and faults.take("restart-mid-job"):
            self.crashed = True
            raise Stopped

    def _inputs(self, node: str) -> dict[str, Any]:
        declared = self._known[self._graph[node]["class_type"]]
        given = {}
        for name, value in self._graph[node]["inputs"].items():
            # Unknown inputs are ignored, which is what makes a nonce possible.
            if name not in declared.required and name not in declared.optional:
                continue
            if isinstance(value, list) and len(value) == 2 and value[0] in self._keys:
                value = self.cache[self._keys[value[0]]][0][value[1]]
            given[name] = value
        return given

    def _step(self, node: str, value: int, maximum: int, picture: Image.Image | None) -> None:
        self._wait(self._floor.pace.step)
        if self._floor.interrupted.is_set():
            raise _Interrupted
        self._progress(node, float(value), float(maximum), "running")
        wanted = picture is not None and self._extra.get("preview_method") in ("auto", "latent2rgb", "taesd")
        wanted = wanted and self._floor.dialect.previews
        # The order depends on the form of the preview, as observed.
        early = self._floor.hub.with_metadata(self._sid)
        if wanted and early:
            self._preview(node, picture)
        # Python writes NaN into JSON, which is not JSON: clients have to bear it.
        shown = float("nan") if self._floor.faults.active("nan") else value
        about = {"value": shown, "max": maximum, "prompt_id": self._prompt_id, "node": node}
        self._floor.hub.send("progress", about, self._sid)
        if wanted and not early:
            self._preview(node, picture)

    def _send_picture(self, node: str, value: int, maximum: int, picture: Image.Image) -> None:
        """A whole picture over the socket, as ``SaveImageWebsocket`` does: one that nothing else tells of."""
        buffer = io.BytesIO()
        picture.save(buffer, "PNG", compress_level=1)
        self._progress(node, float(value), float(maximum), "running")
        self._floor.hub.send_preview(buffer.getvalue(), self._sid, self._prompt_id, node, "image/png")

    def _preview(self, node: str, picture: Image.Image | None) -> None:
        if picture is not None:
            buffer = io.BytesIO()
            picture.save(buffer, "JPEG")
            self._floor.hub.send_preview(buffer.getvalue(), self._sid, self._prompt_id, node)

    def _wait(self, seconds: float) -> None:
        # Waiting on the end of the server, so that a slow job does not outlive it.
        if self._floor.closed.wait(seconds) if seconds else self._floor.closed.is_set():
            raise Stopped

    def _progress(self, node: str, value: float, maximum: float, state: str) -> None:
        self._states[node] = {
            "value": value,
            "max": maximum,
            "state": state,
            "node_id": node,
            "prompt_id": self._prompt_id,
            "display_node_id": node,
            "parent_node_id": None,
            "real_node_id": node,
        }
        states = {"prompt_id": self._prompt_id, "nodes": dict(self._states)}
        self._floor.hub.send("progress_state", states, self._sid)

    def _show(self, node: str, shown: dict[str, Any]) -> None:
        self._shown[node] = shown
        about = {"node": node, "display_node": node, "output": shown, "prompt_id": self._prompt_id}
        self._send_own("executed", about)

    def _tell(self, kind: str, data: dict[str, Any]) -> None:
        stamp = float("nan") if self._floor.faults.active("nan") else int(time.time() * 1000)
        data = {**data, "prompt_id": self._prompt_id, "timestamp": stamp}
        self._messages.append([kind, data])
        # The one message that goes to everybody.
        if kind == "execution_interrupted":
            self._floor.hub.send(kind, data, self._sid)
        else:
            self._send_own(kind, data)

    def _send_own(self, kind: str, data: dict[str, Any]) -> None:
        if self._sid is not None:
            self._floor.hub.send(kind, data, self._sid)

    def _about(self, node: str) -> dict[str, Any]:
        return {"node_type": self._graph[node]["class_type"], "executed": []}

    def _report(self, node: str, error: Exception) -> dict[str, Any]:
        kind = error.kind if isinstance(error, _StagedFault) else type(error).__name__
        return {
            "node_id": node,
            **self._about(node),
            "exception_message": f"{error}\n",
            "exception_type": kind,
            "traceback": [f'  File "fake", line 1, in {self._graph[node]["class_type"]}\n'],
            # The real server repeats the whole graph here, which makes such an entry large.
            "current_inputs": {"prompt": [json.dumps(self._graph)]},
            "current_outputs": list(self._outputs),
        }

    def _entry(self, *, success: bool) -> dict[str, Any]:
        meta = {
            node: {"node_id": node, "display_node": node, "parent_node": None, "real_node_id": node}
            for node in self._shown
        }
        status = {
            "status_str": "success" if success else "error",
            "completed": success,
            "messages": self._messages,
        }
        return {"outputs": self._shown, "status": status, "meta": meta}


def _order(graph: dict[str, Any], outputs: list[str]) -> list[str]:
    """The nodes that the outputs need, each after what it needs itself."""
    done: list[str] = []

    def visit(node: str) -> None:
        if node in done:
            return
        for value in graph[node]["inputs"].values():
            if isinstance(value, list) and len(value) == 2 and value[0] in graph:
                visit(value[0])
        done.append(node)

    for output in outputs:
        visit(output)
    return done


def _keys(graph: dict[str, Any], order: list[str]) -> dict[str, str]:
    """What the cache knows each node by: its class, its inputs and the same of all its ancestors."""
    keys: dict[str, str] = {}
    for node in order:
        inputs = {
            name: ["link", keys[value[0]], value[1]]
            if isinstance(value, list) and len(value) == 2 and value[0] in keys
            else value
            for name, value in graph[node]["inputs"].items()
        }
        # Sorted, so that the order of the inputs does not matter.
        told = json.dumps([graph[node]["class_type"], inputs], sort_keys=True)
        if graph[node]["class_type"] in NEVER_CACHED:
            # Such a node is never answered from the cache: it has nothing to show again.
            told += uuid.uuid4().hex
        keys[node] = hashlib.sha256(told.encode()).hexdigest()
    return keys
