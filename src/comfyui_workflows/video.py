"""Whether a batch is the frames of a film, or films side by side, rather than pictures to choose from. Pure.

Source: the classes of ComfyUI 0.33.0 and of the node packs that make films. Their names say so; where a server has told
of the classes, an output of type ``VIDEO`` does too.
"""

import re

from comfyui_workflows.graph import links
from comfyui_workflows.json_types import Object

# By name: node packs for films have classes of their own.
FILM = re.compile(r"video|animat|webm|gif\b|gif(?=[A-Z_])|film|movie", re.IGNORECASE)


def is_of_a_film(graph: Object, node: str, object_info: Object | None = None) -> bool:
    """Whether what this node makes ends in a film."""
    return any(_makes_film(str(graph[each].get("class_type")), object_info) for each in _downstream(graph, node))


def _makes_film(class_type: str, object_info: Object | None) -> bool:
    known = (object_info or {}).get(class_type) or {}
    # The class's own word where it is known: names of packs may say nothing.
    return bool(FILM.search(class_type)) or "VIDEO" in (known.get("output") or ())


def _downstream(graph: Object, node: str) -> list[str]:
    """The node and everything that needs it."""
    users: dict[str, list[str]] = {}
    for user in graph:
        for _, source, _ in links(graph, user):
            users.setdefault(source, []).append(user)
    found = [node]
    # The list grows while it is walked: every user is looked at once.
    for each in found:
        found += [user for user in users.get(each, ()) if user not in found]
    return found
