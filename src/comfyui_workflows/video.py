"""Whether a batch is the frames of a film, or films side by side, rather than pictures to choose from. Pure.

Source: the classes of ComfyUI 0.33.0 and of the node packs that make films. Their names say so; where a server has told
of the classes, an output of type ``VIDEO`` does too.
"""

import re

from comfyui_workflows.graph import class_of
from comfyui_workflows.json_types import Object
from comfyui_workflows.object_info import known_of
from comfyui_workflows.reach import Reach

# By name: node packs for films have classes of their own.
FILM = re.compile(r"video|animat|webm|gif\b|gif(?=[A-Z_])|film|movie", re.IGNORECASE)


def is_of_a_film(graph: Object, node: str, object_info: Object | None, reach: Reach) -> bool:
    """Whether what this node makes ends in a film."""
    return any(_makes_film(class_of(graph, each), object_info) for each in reach.downstream(node))


def _makes_film(class_type: str, object_info: Object | None) -> bool:
    # The class's own word where it is known: names of packs may say nothing.
    return bool(FILM.search(class_type)) or "VIDEO" in (known_of(object_info, class_type).get("output") or ())
