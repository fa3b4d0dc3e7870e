"""Finds the words in a graph: the texts that reach a sampler as positive or as negative. Pure."""

import re
from collections.abc import Sequence

from comfyui_workflows.graph import link_of, links, title_of
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.node_inputs import Spot
from comfyui_workflows.object_info import options_of, specs_of

# By the input's name: without the class nothing else tells a prompt from a file name.
TEXT_INPUTS = re.compile(
    r"(.*_)?(text|prompt|string|caption|tags|lyrics|clip_[lg]|t5xxl|llama|value|text_[lg]|string_[ab])(_[a-z0-9])?"
)
# These may hold text, but none that a person would call the prompt.
NO_WORDS = re.compile(
    r".*(filename|prefix|delimiter|separator|system|template|find|replace|pattern|regex|_name|path).*"
)
NO_PATHS = (
    "model",
    "clip",
    "vae",
    "clip_vision",
    "control_net",
    "image",
    "images",
    "pixels",
    "mask",
    "noise",
    "sampler",
)
WORD_TYPES = ("CONDITIONING", "STRING", "*", "GUIDER")
# It turns words into nothing: what goes in is no prompt of this sign.
SILENT = ("ConditioningZeroOut",)


def positives(graph: Object, object_info: Object | None) -> list[Spot]:
    """Every literal text that reaches a ``positive`` input, or the conditioning of a guider, in the file's order."""
    starts = []
    for node, data in graph.items():
        inputs = data.get("inputs", {})
        starts.append(link_of(graph, inputs.get("positive")))
        # Guiders have no positive input: their conditioning is one.
        if "Guider" in str(data.get("class_type")):
            starts.append(link_of(graph, inputs.get("conditioning")))
            starts.append(link_of(graph, inputs.get("cond1")))
        # Some packs take the text itself under this name.
        if node and "positive_prompt" in inputs:
            starts.append(link_of(graph, inputs["positive_prompt"]))
    return _reached(graph, object_info, starts)


def negatives(graph: Object, object_info: Object | None) -> list[Spot]:
    """Every literal text that reaches a ``negative`` input and no positive one."""
    starts = [link_of(graph, data.get("inputs", {}).get("negative")) for data in graph.values()]
    # Shared words count as positive: a negative field that changes both would be wrong.
    wanted = set(positives(graph, object_info))
    return [spot for spot in _reached(graph, object_info, starts) if spot not in wanted]


def standing(graph: Object, object_info: Object | None) -> list[Spot]:
    """For graphs without a sampler: texts of nodes that take a prompt, or of any node when there is none."""
    spots = [
        Spot(node, name)
        for node, data in graph.items()
        for name in data.get("inputs", {})
        if _is_text(graph, object_info, node, name)
    ]
    # With the word prompt in sight the other texts are left out.
    prompts = [spot for spot in spots if "prompt" in spot.input or "prompt" in title_of(graph, spot.node).lower()]
    return prompts or spots


def pick(graph: Object, groups: Sequence[list[Spot]]) -> list[Spot]:
    """The likeliest prompt among several texts: by title, by a node made to hold it, by the input's name."""

    def score(group: list[Spot]) -> int:
        spot = group[0]
        title, class_type = title_of(graph, spot.node).lower(), str(graph[spot.node].get("class_type"))
        return (
            # The author's title says most; a node made to hold a text comes next.
            3 * ("prompt" in title and "system" not in title)
            + 2 * class_type.startswith("PrimitiveString")
            + (spot.input in ("text", "prompt"))
        )

    return max(groups, key=score)


def _reached(graph: Object, object_info: Object | None, starts: Sequence[tuple[str, int] | None]) -> list[Spot]:
    found: dict[Spot, None] = {}
    seen: set[tuple[str, int]] = set()
    waiting = [start for start in starts if start is not None]
    while waiting:
        node, slot = waiting.pop(0)
        # By node and slot: a node with both signs is passed once for each.
        if (node, slot) in seen or graph[node].get("class_type") in SILENT:
            continue
        seen.add((node, slot))
        found |= {
            Spot(node, name): None for name in graph[node].get("inputs", {}) if _is_text(graph, object_info, node, name)
        }
        waiting += [
            (source, source_slot)
            for name, source, source_slot in links(graph, node)
            if _carries_words(graph, object_info, name, slot, source, source_slot)
        ]
    order = {node: place for place, node in enumerate(graph)}
    return sorted(found, key=lambda spot: order[spot.node])


def _is_text(graph: Object, object_info: Object | None, node: str, name: str) -> bool:
    value: Json = graph[node]["inputs"][name]
    if not isinstance(value, str) or NO_WORDS.fullmatch(name):
        return False
    spec = specs_of(object_info, str(graph[node].get("class_type"))).get(name)
    # The class is known: what is no text is no prompt, whatever its name.
    if isinstance(spec, list) and spec and spec[0] != "STRING":
        return False
    return bool(TEXT_INPUTS.fullmatch(name)) or bool(options_of(spec).get("multiline"))


def _carries_words(
    graph: Object, object_info: Object | None, name: str, slot: int, source: str, source_slot: int
) -> bool:
    """Whether words can come through a link. A node with both signs passes each through the slot of its own."""
    if name in ("positive", "negative"):
        # Words of the other sign do not come through this slot.
        return slot == ("positive", "negative").index(name)
    # Types where a server told them; else only by name what surely carries no words.
    kinds = ((object_info or {}).get(str(graph[source].get("class_type"))) or {}).get("output") or ()
    if 0 <= source_slot < len(kinds):
        return kinds[source_slot] in WORD_TYPES
    return name not in NO_PATHS
