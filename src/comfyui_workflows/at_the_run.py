"""What ComfyUI's page does to a workflow when it queues it, done at each run: dynamic prompts, patterns, dice. Pure.

``{a|b}`` and comments in texts whose class says ``dynamicPrompts``, ``%date:…%`` and ``%Node.widget%`` in the names of
files, and the random seed of a node that asks for one. The source of chance and the time are handed in. What was
chosen comes back, and given again it makes the same graph.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from comfyui_workflows.dynamic_prompts import Choose, is_dynamic, resolved
from comfyui_workflows.graph import Graph, link_of, title_of
from comfyui_workflows.json_types import Json, Object, loads
from comfyui_workflows.object_info import options_of, specs_of
from comfyui_workflows.text_patterns import SAVERS, date_in, fit_for_file, replaced

Chosen = dict[str, dict[str, Json]]
"""Node, input, and the value that was sent in place of the one in the graph."""
DICE = "Seed (rgthree)"
"""A node whose seed of -1 (or -2, -3: one more or less) its page replaces by a random one."""
LARGEST_DICE = 2**50


def resolve(
    graph: Object, object_info: Object | None, choose: Choose, now: datetime, chosen: Object | None = None
) -> tuple[Graph, Chosen]:
    """The graph as it is queued, and what was put in place of what.

    ``choose(n)`` picks one of ``n``, from 0. ``chosen`` is what an earlier call returned: it is put in place again. A
    text that is JSON as a whole keeps its braces, unlike on the page, which would damage it.
    """
    found: Chosen = {}
    for node, key, value in _now(graph, object_info, choose, now):
        before = chosen.get(node) if chosen is not None else None
        told = before.get(key, value) if isinstance(before, Mapping) else value
        found.setdefault(node, {})[key] = told
    changed = {
        node: {**data, "inputs": {**data.get("inputs", {}), **found[node]}} if node in found else data
        for node, data in graph.items()
    }
    return changed, found


def _now(graph: Object, object_info: Object | None, choose: Choose, now: datetime) -> Iterator[tuple[str, str, Json]]:
    named = _named(graph)

    def word(pattern: str) -> str | None:
        date = date_in(pattern, now)
        return _value_of(graph, named, pattern) if date is None else date

    for node, data in graph.items():
        class_type = str(data.get("class_type"))
        specs = specs_of(object_info, class_type)
        for key, value in data.get("inputs", {}).items():
            new = value
            if class_type == DICE and key == "seed" and value in (-1, -2, -3):
                new = choose(LARGEST_DICE)
            elif not isinstance(value, str):
                continue
            elif options_of(specs.get(key)).get("dynamicPrompts") is True and is_dynamic(value) and not _is_json(value):
                new = resolved(value, choose)
            elif key == "filename_prefix" and class_type in SAVERS:
                new = replaced(value, word)
            if new != value:
                yield node, key, new


def _named(graph: Object) -> Mapping[str, str]:
    """The first node with each alias or class, else with each title; once, because a text may have many patterns."""
    found: dict[str, str] = {}
    for node, data in graph.items():
        found.setdefault(_alias(data), node)
    for node in graph:
        found.setdefault(title_of(graph, node), node)
    return found


def _value_of(graph: Object, named: Mapping[str, str], pattern: str) -> str | None:
    """The value of ``Node.widget``."""
    name, dot, wanted = pattern.partition(".")
    if not dot or "." in wanted or name not in named:
        return None
    value = graph[named[name]].get("inputs", {}).get(wanted)
    # A value that a node of its own holds is as good as one that stands here.
    if (link := link_of(graph, value)) is not None:
        value = graph[link[0]].get("inputs", {}).get("value")
    return None if value is None or isinstance(value, list | Mapping) else fit_for_file(value)


def _alias(data: Object) -> str:
    meta = data.get("_meta")
    alias = meta.get("alias") if isinstance(meta, Mapping) else None
    return str(alias or data.get("class_type"))


def _is_json(text: str) -> bool:
    if text.strip()[:1] not in ("{", "["):
        return False
    try:
        return isinstance(loads(text), dict | list)
    except ValueError:
        return False
