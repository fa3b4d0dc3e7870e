"""Where the value of an input is written: there, or in the node that it comes from. Pure."""

import re

from comfyui_workflows.graph import link_of
from comfyui_workflows.input_specs import last_part
from comfyui_workflows.json_types import Object
from comfyui_workflows.node_inputs import Spot
from comfyui_workflows.reach import BRANCHES, Reach

# Nodes of a single value call it by one of these names.
HELD = ("value", "seed", "noise_seed", "default_value", "number", "int", "float", "input")
# What comes through these is no number and no name.
MEDIA = re.compile(
    r"(.*_)?(image|images|pixels|mask|masks|latent|samples|video|audio|model|clip|vae|frames)(_?\d*)", re.IGNORECASE
)
# More than any author links behind each other for one value.
MOST_HOPS = 60


def written_at(graph: Object, reach: Reach, node: str, name: str) -> Spot | None:
    """The place of the value that an input has, or None where it is computed from several, or from a picture.

    Followed are nodes of a single value, switches as they are set, conversions, and formulas of one variable.
    """
    here, wanted = node, name
    for _ in range(MOST_HOPS):
        inputs = graph[here].get("inputs", {})
        if wanted not in inputs:
            return None
        link = link_of(graph, inputs[wanted])
        if link is None:
            return None if isinstance(inputs[wanted], list | dict) else Spot(here, wanted)
        following = _handed_on(graph, reach, link[0], wanted)
        if following is None:
            return None
        here, wanted = link[0], following
    return None


def _handed_on(graph: Object, reach: Reach, node: str, wanted: str) -> str | None:
    """The input whose value a node hands on."""
    inputs = graph[node].get("inputs", {})
    for pair in BRANCHES:
        if set(pair) <= set(inputs):
            idle = reach.idle(node)
            # Where nothing says which way is taken, the first will do: the file's own order.
            return next(name for name in map(str, inputs) if name in pair and name not in idle)
    for name in (wanted, *HELD):
        if name in inputs and not MEDIA.fullmatch(name):
            return name
    linked = [name for name, _, _ in reach.ways(node) if not MEDIA.fullmatch(last_part(name))]
    numbers = [name for name, value in inputs.items() if _is_number(value)]
    # A formula of one variable, or a conversion: what goes in is what a person means.
    return linked[0] if len(linked) == 1 and not numbers and len(reach.sources[node]) == 1 else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
