"""A workflow as a new export of it may be: the same nodes by other numbers."""

from tests.musings.makers.comfyui.graphs import Graph


def renumbered(graph: Graph) -> Graph:
    again = {}
    for key, data in graph.items():
        inputs = {
            name: [f"1{value[0]}", value[1]] if isinstance(value, list) else value
            for name, value in data["inputs"].items()
        }
        again[f"1{key}"] = {**data, "inputs": inputs}
    return again
