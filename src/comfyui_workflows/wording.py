"""How likely a text is what a person writes, rather than the machinery around it. Pure.

Source: titles, classes and texts of the official templates. An author's title says most, then how the text comes to
the place that takes it, then how it begins.
"""

import re

from comfyui_workflows.graph import class_of, title_of
from comfyui_workflows.input_specs import last_part
from comfyui_workflows.json_types import Object
from comfyui_workflows.node_inputs import Spot

USERS = re.compile(
    r"\b(user|your|input)\b.{0,60}\b(prompt|text|input)\b|user[_ ](prompt|input)|describe|description|\bidea\b", re.I
)
PROMPT = re.compile(r"prompt|caption|positive|\btext\b.*\bto\b", re.I)
MACHINERY = re.compile(
    r"system|template|instruction|trigger|prefix|suffix|lora|rewrit|enhance|delimiter|separator|guideline|json|\bratio\b"
    r"|format|replace|settings|\brole\b|schema|negative",
    re.I,
)
NEGATIVE = re.compile(r"negative", re.I)
INSTRUCTS = re.compile(
    r"\s*(you are|you're|your (task|job|role)|act as|as an? (expert|professional|assistant)|\[META|<\||\*\*role"
    r"|#+ ?role|role:|###? ?(system|instruction)|system:|你是)",
    re.I,
)
WAYS = {"filler": 3, "template": -5, "affix": -3}


def likeliness(graph: Object, spot: Spot, way: str, *, negative: bool = False) -> int:
    """A number to compare texts with that go into one place, or into several; ``way`` is how one comes there."""
    title = title_of(graph, spot.node)
    class_type = class_of(graph, spot.node)
    text = str(graph[spot.node]["inputs"][spot.input])
    own = "" if title == class_type else title
    machinery = MACHINERY.search(NEGATIVE.sub("", own) if negative else own)
    score = WAYS.get(way, 0)
    score += 6 * bool(USERS.search(own)) - 6 * bool(machinery and not USERS.search(own))
    score += 3 * bool(PROMPT.search(own) and not machinery)
    score += 2 * (class_type.startswith("PrimitiveString") or "Input" in class_type)
    score += last_part(spot.input) in ("text", "prompt")
    return score - 6 * bool(INSTRUCTS.match(text)) - 3 * (len(text.strip()) < 2)
