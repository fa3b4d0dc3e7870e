"""JSON that a server wrote, made fit for all that comes after: bounded in depth, and its texts are text."""

import re
from collections.abc import Mapping

from comfyui_workflows.json_types import Json, Object, loads

MOST_DEEP = 200
"""Levels; the deepest answer that was seen has twelve."""
_HALVES = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs, which JSON can write and UTF-8 cannot: no file and no row would take them."""


def parsed(content: str | bytes) -> Json:
    """What ``content`` says, with � for what is no character. Raises ``ValueError`` for what is no JSON or too deep."""
    found = loads(content)
    opens, escape = (("[", "{"), "\\ud") if isinstance(content, str) else ((b"[", b"{"), b"\\ud")
    # Most answers are neither: looking through them level by level is left out.
    if sum(map(content.count, opens)) > MOST_DEEP:  # type: ignore[arg-type]  # of the type of the content
        check_depth(found)
    if escape in content.lower():  # type: ignore[operator]
        return _readable(found)
    return found


def check_depth(found: Json) -> None:
    """Raise ``ValueError`` for what is nested deeper than ``MOST_DEEP``."""
    level = [found]
    for _ in range(MOST_DEEP):
        held = (each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list))
        level = [inner for values in held for inner in values if isinstance(inner, dict | list)]
        if not level:
            return
    raise ValueError(f"nested more than {MOST_DEEP} deep")


def node_table(found: Object) -> Object:
    """An ``/object_info`` in which each class and each group of its inputs is what its readers expect.

    What is not is left out, as if the server did not have it. Raises ``ValueError`` where nothing is left of it.
    """
    table = {name: _class(each) for name, each in found.items() if isinstance(each, Mapping)}
    if found and not table:
        raise ValueError("none of it is a node class")
    return table


def _class(declared: Mapping[str, Json]) -> Mapping[str, Json]:
    groups = declared.get("input")
    if groups is None:
        return declared
    if not isinstance(groups, Mapping):
        return {**declared, "input": {}}
    if all(isinstance(group, Mapping) for group in groups.values()):
        return declared
    return {**declared, "input": {name: group for name, group in groups.items() if isinstance(group, Mapping)}}


def _readable(found: Json) -> Json:
    if isinstance(found, str):
        return _HALVES.sub("\ufffd", found)
    if isinstance(found, list):
        return [_readable(each) for each in found]
    if isinstance(found, dict):
        return {_HALVES.sub("\ufffd", name): _readable(each) for name, each in found.items()}
    return found
