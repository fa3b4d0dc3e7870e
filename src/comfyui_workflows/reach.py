"""Which nodes of a graph matter: those that its outputs need, by the way that its switches are set. Pure.

Everything here is found once for a graph, in time that grows with its links and no faster.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable

from comfyui_workflows.graph import class_of, links
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.object_info import known_of

CONDITIONS = ("switch", "boolean", "condition", "cond", "value", "bool")
BRANCHES = (("on_true", "on_false"), ("tt_value", "ff_value"), ("if_true", "if_false"), ("true_value", "false_value"))
NUMBERED = re.compile(r"(?:input|value|any|model|image|text)_?(\d+)")
# They hold a value for others, and make nothing by themselves.
HOLDERS = re.compile(r"Primitive|Constant|Note|^(Int|Float|String|Boolean|Seed|Text)\b|(Int|Float|Bool)$")

# Of ComfyUI itself, by their names: what nothing uses of these leads nowhere, also where no class table says so.
NO_OUTPUTS = re.compile(r"K?Sampler|VAE(De|En)code|CLIPTextEncode|Load[A-Z]|CheckpointLoader|Empty[A-Z]|Conditioning")


class Reach:
    """``live`` are the nodes that outputs need, the nearest to an output first, each with its distance in links.

    ``outputs`` are the nodes whose class says that they are outputs; where no class is known, those that nothing uses.
    ``free`` are nodes whose value a person sets: a switch that one of them turns has both its ways.
    """

    def __init__(self, graph: Object, object_info: Object | None = None, free: Iterable[str] = ()) -> None:
        self._graph, self._info, self._free = graph, object_info, frozenset(free)
        self.sources: dict[str, list[tuple[str, str, int]]] = {}
        self.users: dict[str, list[tuple[str, str]]] = {}
        for node in graph:
            self.sources[node] = list(links(graph, node))
            for name, source, _ in self.sources[node]:
                self.users.setdefault(source, []).append((node, name))
        self.outputs = tuple(self._outputs())
        self.live: dict[str, int] = self.upstream(self.outputs)

    def idle(self, node: str) -> frozenset[str]:
        """The inputs that a switch does not take, as it is set; empty for all other nodes."""
        inputs = self._graph[node].get("inputs", {})
        for taken, other in BRANCHES:
            if taken in inputs and other in inputs:
                state = self._state(node, CONDITIONS)
                return frozenset() if not isinstance(state, bool) else frozenset((other if state else taken,))
        if "select" in inputs and isinstance(chosen := self._state(node, ("select",)), int):
            places = {name: int(found[1]) for name in inputs if (found := NUMBERED.fullmatch(name))}
            if chosen in places.values():
                return frozenset(name for name, place in places.items() if place != chosen)
        return frozenset()

    def ways(self, node: str) -> list[tuple[str, str, int]]:
        """The linked inputs that a node takes, as its switch is set: input name, source node, source slot."""
        idle = self.idle(node)
        return [each for each in self.sources[node] if each[0] not in idle]

    def downstream(self, node: str) -> dict[str, int]:
        """The node and everything that needs it."""
        return _walked((node,), lambda each: (user for user, _ in self.users.get(each, ())))

    def upstream(self, starts: Iterable[str]) -> dict[str, int]:
        """The nodes and everything that they need."""
        return _walked(starts, lambda each: (source for _, source, _ in self.ways(each)))

    def _outputs(self) -> list[str]:
        known = [node for node in self._graph if self._known(node).get("output_node") is True]
        unused = [node for node in self._graph if node not in self.users]
        # A class that no server has told of may be an output as well.
        strange = [node for node in unused if not self._known(node)]
        fed = [node for node in strange if self.sources[node]]
        fed = [node for node in fed if not NO_OUTPUTS.match(class_of(self._graph, node))]
        return list(dict.fromkeys((*known, *fed))) or [node for node in unused if not self._holds(node)] or unused

    def _holds(self, node: str) -> bool:
        return not self.sources[node] and bool(HOLDERS.search(class_of(self._graph, node)))

    def _known(self, node: str) -> Object:
        return known_of(self._info, class_of(self._graph, node))

    def _state(self, node: str, names: Iterable[str]) -> Json:
        """What a switch is set to: a value in the file that nobody is asked for; else None."""
        inputs = self._graph[node].get("inputs", {})
        name = next((each for each in names if each in inputs), None)
        if name is None or node in self._free:
            return None
        source = next((source for given, source, _ in self.sources[node] if given == name), None)
        if source is None:
            return inputs[name]
        if source in self._free:
            return None
        held = self._graph[source].get("inputs", {})
        # Only where its node holds this one value, and nothing decides about it.
        return held.get("value") if set(held) == {"value"} and not self.sources[source] else None


def _walked(starts: Iterable[str], following: Callable[[str], Iterable[str]]) -> dict[str, int]:
    """Everything that can be reached, nearest first, each with its distance."""
    found = dict.fromkeys(starts, 0)
    waiting = deque(found)
    while waiting:
        here = waiting.popleft()
        for each in following(here):
            if each not in found:
                found[each] = found[here] + 1
                waiting.append(each)
    return found
