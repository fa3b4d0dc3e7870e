"""Workflow files and the graphs in them. Pure: text in, values out.

Source: the API format is what ``POST /prompt`` takes: node ids mapped to ``class_type``, ``inputs`` and perhaps
``_meta.title``. The saved format (``nodes`` and ``links``) is what ComfyUI's Save writes, for its own page.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from comfyui_workflows.envelopes import HOW_TO_EXPORT, OpenedFile, open_file
from comfyui_workflows.errors import UnreadableFileError
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.metadata.collected import Content

Graph = dict[str, Any]


def read(name: str, text: str | Content) -> Graph:
    """The graph of an API-format file.

    Raises ``UnreadableFileError`` that says what the file is instead, and what to do.
    """
    return plain_of(name, open_file(name, text))


def plain_of(name: str, found: OpenedFile) -> Graph:
    """The same of a file that is open already."""
    graph = found.plain
    if graph is None:
        words = "is in ComfyUI's saved format, which can be read only with a ComfyUI server at hand"
        raise UnreadableFileError(f"{name} {words}.", hint=HOW_TO_EXPORT)
    # Entries such as a version or a comment are kept beside the nodes by some programs.
    return {str(node): _node(name, str(node), value) for node, value in graph.items() if _is_meant(str(node), value)}


def workflow_hash(graph: Object) -> str:
    """Names a graph by what it does: sha256 of its canonical JSON, titles left out."""
    # Without titles: a renamed node makes the same picture.
    bare = {
        node: {"class_type": data.get("class_type"), "inputs": data.get("inputs", {})} for node, data in graph.items()
    }
    # Sorted and without blanks: two exports of one graph must give one hash.
    told = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()


def class_of(graph: Object, node: str) -> str:
    return str(graph[node].get("class_type"))


def title_of(graph: Object, node: str) -> str:
    """What the author called a node, or its class."""
    data = graph[node]
    meta = data.get("_meta")
    title = meta.get("title") if isinstance(meta, Mapping) else None
    return str(title or data.get("class_type", ""))


def name_of(graph: Object, node: str, class_type: str = "") -> str:
    """How a person finds a node: ``node 9 "Save Image" (SaveImage)``."""
    found = graph.get(node)
    found = found if isinstance(found, Mapping) else {}
    class_type = str(found.get("class_type") or class_type)
    meta = found.get("_meta")
    title = meta.get("title") if isinstance(meta, Mapping) else None
    words = [f"node {node}"]
    if title and title != class_type:
        words.append(f'"{title}"')
    if class_type:
        words.append(f"({class_type})")
    return " ".join(words)


def link_of(graph: Object, value: Json) -> tuple[str, int] | None:
    """The node and output slot that an input is linked to, or None for a value."""
    # A list of two may also be a value; only a node's id makes it a link.
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and value[0] in graph:
        slot = value[1]
        # True is a whole number in Python.
        return (value[0], slot) if isinstance(slot, int) and not isinstance(slot, bool) else None
    return None


def links(graph: Object, node: str) -> Iterator[tuple[str, str, int]]:
    """The linked inputs of a node: input name, source node, source slot."""
    for name, value in graph[node].get("inputs", {}).items():
        if link := link_of(graph, value):
            yield name, *link


def _is_meant(node: str, value: Json) -> bool:
    """Whether an entry is a node, or a broken one, rather than what somebody keeps beside the nodes."""
    # Node ids begin with a digit; anything else counts when it looks like a node.
    return node[:1].isdecimal() or (isinstance(value, Mapping) and bool({"class_type", "inputs"} & set(value)))


def _node(name: str, node: str, value: Json) -> dict[str, Json]:
    inputs = value.get("inputs", {}) if isinstance(value, Mapping) else None
    if not isinstance(inputs, Mapping) or not isinstance(value.get("class_type"), str):
        raise UnreadableFileError(f"{name}: node {node} has no class or no inputs.", hint=HOW_TO_EXPORT)
    return {**value, "inputs": dict(inputs)}
