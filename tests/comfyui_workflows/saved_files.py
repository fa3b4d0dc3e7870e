"""Saved workflow files, built node by node."""

import json
from typing import Any

from comfyui_workflows.conversion import convert
from fake_comfyui.nodes import classes

INFO: dict[str, Any] = {name: known.info() for name, known in classes(("m.safetensors",), ["a.png"], []).items()}
INFO["Resize"] = {
    "input": {
        "required": {
            "image": ["IMAGE"],
            "mode": [
                "COMFY_DYNAMICCOMBO_V3",
                {
                    "options": [
                        {"key": "by size", "inputs": {"required": {"width": ["INT", {}], "height": ["INT", {}]}}},
                        {"key": "by factor", "inputs": {"required": {"factor": ["FLOAT", {"default": 2.0}]}}},
                    ]
                },
            ],
            "method": ["COMBO", {"options": ["area", "lanczos"]}],
        }
    },
    "output": ["IMAGE"],
    "output_node": False,
}

PICTURE = {"name": "IMAGE", "type": "IMAGE"}


class File:
    """A saved workflow in the making."""

    def __init__(self) -> None:
        self.nodes: list[dict[str, Any]] = []
        self.links: list[list[Any]] = []
        self.subgraphs: list[dict[str, Any]] = []

    def node(self, id: int, type: str, values: Any = None, **more: Any) -> "File":  # noqa: A002 (the format's words)
        self.nodes.append(
            {"id": id, "type": type, "mode": 0, "inputs": [], "outputs": [], "widgets_values": values} | more
        )
        return self

    def link(self, source: int, slot: int, target: int, name: str, kind: str, *, widget: bool = False) -> "File":
        link_id = len(self.links) + 1
        inputs = next(node for node in self.nodes if node["id"] == target)["inputs"]
        entry: dict[str, Any] = next((each for each in inputs if each["name"] == name), {})
        if not entry:
            entry = {"name": name, "type": kind} | ({"widget": {"name": name}} if widget else {})
            inputs.append(entry)
        entry["link"] = link_id
        self.links.append([link_id, source, slot, target, inputs.index(entry), kind])
        return self

    def graph(self) -> dict[str, Any]:
        data = {"nodes": self.nodes, "links": self.links, "definitions": {"subgraphs": self.subgraphs}}
        return convert("a.json", json.loads(json.dumps(data)), INFO)


def blank(file: File, id: int = 1, **more: Any) -> File:  # noqa: A002
    return file.node(id, "EmptyImage", [64, 48, 1, 0], outputs=[{"name": "IMAGE", "type": "IMAGE"}], **more)


def saver(file: File, source: int, id: int = 9) -> File:  # noqa: A002
    return file.node(id, "SaveImage", ["x"]).link(source, 0, id, "images", "IMAGE")


def with_subgraph(instance: dict[str, Any]) -> File:
    """A saver fed by a subgraph that makes a blank picture; its width is promoted, its height comes by link."""
    widget = {"name": "width", "type": "INT", "widget": {"name": "width"}, "link": 1}
    linked = {"name": "height", "type": "INT", "widget": {"name": "height"}, "link": 2}
    inner = {"id": 1, "type": "EmptyImage", "mode": 0, "inputs": [widget, linked], "widgets_values": [64, 48, 1, 0]}
    ends = ("origin_id", "origin_slot", "target_id", "target_slot")
    ways = {1: (-10, 0, 1, 0), 2: (-10, 1, 1, 1), 3: (1, 0, -20, 0)}
    file = File()
    file.subgraphs.append(
        {
            "id": "uuid-1",
            "name": "Blank maker",
            "nodes": [inner],
            "links": [{"id": key, **dict(zip(ends, way, strict=True)), "type": "INT"} for key, way in ways.items()],
            "inputs": [
                {"name": "w", "type": "INT", "linkIds": [1]},
                {"name": "h", "type": "INT", "linkIds": [2]},
            ],
            "outputs": [{"name": "IMAGE", "type": "IMAGE", "linkIds": [3]}],
        }
    )
    file.node(5, "uuid-1", **{"outputs": [{"name": "IMAGE", "type": "IMAGE"}], **instance})
    return saver(file, 5)


def pictures() -> File:
    return File().node(1, "EmptyImage", [64, 48, 1, 0]).node(2, "SaveImage", ["x"])


def grouped(separator: str = ">", **group: Any) -> dict[str, Any]:
    """A blank picture that is inverted, as one group, and then saved."""
    inside = [
        {"type": "EmptyImage", "index": 0, "inputs": [], "outputs": [PICTURE], "widgets_values": [64, 48, 1, 0]},
        {
            "type": "ImageInvert",
            "index": 1,
            "inputs": [{"name": "image", "type": "IMAGE", "link": None}],
            "outputs": [PICTURE],
        },
    ]
    named = {"Inverted": {"nodes": inside, "links": [[0, 0, 1, 0, 1, "IMAGE"]], "external": [], **group}}
    nodes = [
        {"id": 5, "type": f"workflow{separator}Inverted", "inputs": [], "outputs": [PICTURE], "widgets_values": [9, 8]},
        {
            "id": 6,
            "type": "SaveImage",
            "inputs": [{"name": "images", "type": "IMAGE", "link": 1}],
            "widgets_values": ["x"],
        },
    ]
    return {"nodes": nodes, "links": [[1, 5, 0, 6, 0, "IMAGE"]], "extra": {"groupNodes": named}}
