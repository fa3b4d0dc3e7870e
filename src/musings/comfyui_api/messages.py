"""What is told over the socket: a job from its beginning to its end, from what our own events say of its prompt.

Our events say how far a prompt is and with which node it is; ComfyUI's clients want to hear of every node, so what was
not told while it ran is told at its end, in the order in which the nodes need each other.
"""

import json
import re
import struct
import time
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from comfyui_workflows.graph import Graph, links, title_of
from musings.comfyui_api.history import Outputs

Message = dict[str, Any] | bytes
PREVIEW, PREVIEW_WITH_METADATA = 1, 4
"""Events of a binary frame."""
PNG = "image/png"
IMAGE_TYPES = {"image/jpeg": 1, PNG: 2}
SENDER = re.compile(r"web_?socket", re.IGNORECASE)
"""Classes that send their pictures over the socket, as previews; packs call theirs likewise."""
WHOLE = 100
"""Progress is told in whole percents: some clients take whole numbers alone."""


def status(remaining: int, sid: str | None = None) -> dict[str, Any]:
    """How many run or wait; the first one tells a client its id."""
    data: dict[str, Any] = {"status": {"exec_info": {"queue_remaining": remaining}}}
    return {"type": "status", "data": data if sid is None else {**data, "sid": sid}}


def frame(picture: bytes, media_type: str, *, metadata: Mapping[str, Any] | None = None) -> bytes | None:
    """A picture as a binary frame; with ``metadata`` for who understands it. None for a type that has no frame."""
    if media_type not in IMAGE_TYPES:
        return None
    if metadata is None:
        return struct.pack(">II", PREVIEW, IMAGE_TYPES[media_type]) + picture
    said = json.dumps({**metadata, "image_type": media_type}).encode()
    return struct.pack(">II", PREVIEW_WITH_METADATA, len(said)) + said + picture


class JobStory:
    """One job, as one socket is told of it. ``is_mine``: the socket is that of the client that sent it.

    ``is_nobodys``: no client was named, so that everybody is told of its progress, and of nothing else.
    """

    def __init__(self, job_id: str, graph: Graph, *, is_mine: bool, is_nobodys: bool = False) -> None:
        self.job_id = job_id
        self.graph = graph
        self.is_mine = is_mine
        self.is_nobodys = is_nobodys
        self.ended = False
        self._began = False
        self._sends_pictures = any(SENDER.search(str(data.get("class_type"))) for data in graph.values())
        self._told: list[str] = []
        self._pictures: dict[str, float] = {}
        self._node: str | None = None

    @property
    def node(self) -> str | None:
        """The node that runs, as far as it is known."""
        return self._node

    def begins(self) -> Iterator[Message]:
        """It runs; said once, however often it is tried."""
        # A second attempt is our business: the client would count its nodes twice.
        if self._began:
            return
        self._began = True
        if self.is_mine:
            yield self._message("execution_start", timestamp=_now())
            yield self._message("execution_cached", nodes=[], timestamp=_now())

    def goes_on(self, value: float, maximum: float, stage: str) -> Iterator[Message]:
        """``value`` of ``maximum`` is done; ``stage`` is the title of the node that runs, or its class."""
        yield from self.begins()
        node = self._node_called(stage)
        if node is not None:
            yield from self._reaches(node)
        if self._node is None or maximum <= 0:
            return
        # Bounded: a node may report more steps than it announced.
        done = max(0, min(WHOLE, int(WHOLE * value / maximum)))
        yield self._states(done)
        yield self._message("progress", value=done, max=WHOLE, node=self._node)

    def shows(self, picture: bytes, media_type: str, *, with_metadata: bool) -> Iterator[Message]:
        """An unfinished picture of the node that runs."""
        if media_type == PNG and self._sends_pictures:
            return  # such a picture is a result, which is sent when it is kept
        node = self._node or next(iter(self.graph), "")
        yield from self._framed(node, picture, media_type, with_metadata=with_metadata)

    def ends(
        self,
        end: tuple[str, Mapping[str, Any]],
        outputs: Outputs,
        pictures: Mapping[str, list[bytes]],
        *,
        with_metadata: bool = False,
    ) -> Iterator[Message]:
        """It has ended so; ``pictures`` are those that nodes send over the socket alone, as PNG."""
        if self.ended:
            return
        # Of a quick job nothing was told before: the whole story comes now.
        yield from self.begins()
        self.ended = True
        kind, data = end
        node_id = data.get("node_id")
        if isinstance(node_id, str) and node_id in self.graph:
            yield from self._reaches(node_id)
        # The maximum of such a node tells how many pictures to wait for.
        self._pictures = {node: float(len(each)) for node, each in pictures.items()}
        if kind == "execution_success":
            for node in self._in_order():
                yield from self._runs(node) if node not in self._told else ()
                for picture in pictures.get(node, ()):
                    yield from self._framed(node, picture, PNG, with_metadata=with_metadata)
                if node in outputs and self.is_mine:
                    yield self._message("executed", node=node, display_node=node, output=outputs[node])
            # None runs any more, so that the last one is told as finished too.
            self._node = None
            yield self._states(0)
        if self.is_mine:
            yield {"type": kind, "data": {**data, "prompt_id": self.job_id}}

    def is_over(self) -> Message:
        """The very last word, after which the history can be read."""
        return {"type": "executing", "data": {"node": None, "prompt_id": self.job_id}}

    def _framed(self, node: str, picture: bytes, media_type: str, *, with_metadata: bool) -> Iterator[Message]:
        named = {"node_id": node, "prompt_id": self.job_id, "display_node_id": node}
        metadata = {**named, "parent_node_id": None, "real_node_id": node} if with_metadata else None
        if (found := frame(picture, media_type, metadata=metadata)) is not None:
            yield found

    def _reaches(self, node: str) -> Iterator[Message]:
        """A node has its turn; so had what it needs, though nobody said so."""
        needed = self._needed_by(node) if node not in self._told else ()
        for each in self._in_order():
            if each not in self._told and (each == node or each in needed):
                yield from self._runs(each)

    def _runs(self, node: str) -> Iterator[Message]:
        self._node = node
        self._told.append(node)
        yield self._states(0)
        if self.is_mine:
            yield self._message("executing", node=node, display_node=node)

    def _message(self, kind: str, **data: Any) -> Message:
        return {"type": kind, "data": {**data, "prompt_id": self.job_id}}

    def _states(self, done: int) -> Message:
        """All nodes so far: those that do not run have finished."""
        nodes = {
            node: {
                "value": done / WHOLE if node == self._node else self._pictures.get(node, 1.0),
                "max": self._pictures.get(node, 1.0),
                "state": "running" if node == self._node else "finished",
                "node_id": node,
                "prompt_id": self.job_id,
                "display_node_id": node,
                "parent_node_id": None,
                "real_node_id": node,
            }
            for node in self._told
        }
        return self._message("progress_state", nodes=nodes)

    def _node_called(self, stage: str) -> str | None:
        """Of several nodes with one title the first that has not had its turn: they run in the order of their needs."""
        called = [node for node in self._in_order() if title_of(self.graph, node) == stage]
        if self._node in called:
            return self._node
        return next((node for node in called if node not in self._told), None)

    def _needed_by(self, node: str) -> set[str]:
        found, left = set[str](), [node]
        while left:
            for _, source, _ in links(self.graph, left.pop()):
                if source not in found:
                    found.add(source)
                    left.append(source)
        return found

    def _in_order(self) -> list[str]:
        needs = {node: [source for _, source, _ in links(self.graph, node)] for node in self.graph}
        # Servers choose an order of their own among those that do not need each other; clients only count.
        try:
            return list(TopologicalSorter(needs).static_order())
        except CycleError:  # taken while no server had told of its classes: it is refused at its turn
            return list(self.graph)


def _now() -> int:
    return int(time.time() * 1000)
