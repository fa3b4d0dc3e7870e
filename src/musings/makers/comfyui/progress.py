"""How far a job is, from the events of its socket. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from comfyui_workflows.json_types import Object
from musings.makers.comfyui.protocol import Cached, Event, NodeOutput, NodeRunning, NodeStates, NodeStep


@dataclass(frozen=True)
class JobProgress:
    """``value`` of ``maximum`` nodes are done, fractions of the running ones included. It never goes back."""

    value: float
    maximum: float
    stage: str


class Tracker:
    """Adds up the nodes of one job; give it every event of that job."""

    def __init__(self, graph: Object) -> None:
        self._graph = graph
        self._parts: dict[str, float] = {}
        self._node = ""
        self._value = 0.0

    def feed(self, event: Event) -> JobProgress | None:
        """The progress after this event, or None when it tells nothing new."""
        if isinstance(event, Cached):
            # Cached nodes count as done, or a job that reuses much would jump at its end.
            self._parts.update(dict.fromkeys(event.nodes, 1.0))
        elif isinstance(event, NodeRunning):
            self._node = event.node
        elif isinstance(event, NodeOutput):
            self._parts[event.node] = 1.0
        elif isinstance(event, NodeStep) and event.node is not None:
            self._node = event.node
            self._part(event.node, event.value, event.maximum)
        elif isinstance(event, NodeStates):
            for state in event.nodes:
                if state.state == "finished":
                    self._parts[state.node] = 1.0
                else:
                    self._part(state.node, state.value, state.maximum)
        else:
            return None
        # Nodes of subgraphs have ids of their own and would count twice.
        known = {node: part for node, part in self._parts.items() if node in self._graph}
        # It never goes back: a bar that restarts would puzzle its reader.
        self._value = max(self._value, round(sum(known.values()), 3))
        return JobProgress(self._value, float(max(1, len(self._graph))), self._stage())

    def _part(self, node: str, value: float, maximum: float) -> None:
        part = value / maximum if maximum > 0 else 0.0
        # Some nodes report more steps than their maximum.
        self._parts[node] = max(self._parts.get(node, 0.0), min(1.0, part))

    def _stage(self) -> str:
        # A node inside a subgraph has the number of the subgraph before a colon.
        node = self._graph.get(self._node) or self._graph.get(self._node.partition(":")[0])
        if not isinstance(node, Mapping):
            return "rendering"
        meta = node.get("_meta")
        title = meta.get("title") if isinstance(meta, Mapping) else None
        return str(title or node.get("class_type") or "rendering")
