"""Finds the words in a graph: which texts go into each place that takes words, and which of them a person writes. Pure.

A place is an input of an encoder, or of a node that takes a prompt by itself (a partner's API, speech, a language
model). What goes in may be joined from several texts: the prompt is one of them, the others are a template around it,
instructions for a language model, or the words that wake a LoRA up.

Source: 503 official templates, of which the rules below were made with two thirds.
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from comfyui_workflows.graph import class_of, link_of, title_of
from comfyui_workflows.input_specs import declared_type, last_part, spec_at
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.node_inputs import Spot
from comfyui_workflows.object_info import known_of, options_of
from comfyui_workflows.reach import BRANCHES, Reach
from comfyui_workflows.widgets import MATCHED
from comfyui_workflows.wording import likeliness

# By the input's name: without the class nothing else tells a prompt from a file name.
TEXT_INPUTS = re.compile(
    r"(.*_)?(text|prompt|string|caption|tags|lyrics|clip_[lg]|t5xxl|llama|value|text_[lg]|string_[ab]|description)"
    r"(_?[a-z0-9])?|f_string|replace|script"
)
# These may hold text, but none that a person would call the prompt.
NO_WORDS = re.compile(
    r"filename|prefix|suffix|delimiter|separator|system|find|pattern|regex|_name|path|json|expression|shader|coords|sigmas"
    r"|instructions|template|_id|language"
)
# Of a node that takes its words by itself. Anything that merely is a text may be a setting there.
PROMPTS = re.compile(
    r"((\w{1,60}_)?prompt(_text|_?\d{1,4})?|text_?\d{0,4}|script|caption|lyrics|tags|high_level_description)", re.I
)
# A name may hold line breaks: without S each `negative` in it would be tried to the next one.
NEGATIVES = re.compile(r"neg(ative)?\d?|uncond|(.*_)?negative(_.*)?|cond_?neg.*", re.I | re.S)
POSITIVES = re.compile(r"pos(itive)?\d?|positive_.*|cond1", re.I)
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
ANY_TYPES = ("*", MATCHED)
CONDITIONS = ("CONDITIONING", "GUIDER", *ANY_TYPES)
PLAIN_TYPES = ("STRING", "INT", "FLOAT", "BOOLEAN", "COMBO", *ANY_TYPES)
# It turns words into nothing: what goes in is no prompt of this sign.
SILENT = ("ConditioningZeroOut",)
# They join, cut and hold texts. A language model gives a text as well, and takes a prompt.
UTILITIES = re.compile(
    r"String|Concat|Join|Replace|Regex|Json|Primitive|Math|Note|Switch|Show|Preview|Convert|Constant"
    r"|^(CR )?Text\b(?!.*(Encode|ToSpeech|Generat))|^Save"
)
NAMED = ("tags", "lyrics")
WAYS = frozenset(name for pair in BRANCHES for name in pair)


@dataclass(frozen=True)
class Words:
    """The texts that go into one place. ``spots`` has the likeliest first: it is what a person writes.

    ``role`` is ``prompt``, ``negative_prompt``, ``tags`` or ``lyrics``; ``rank`` is 0 where the place surely takes a
    prompt, and grows with doubt. ``depth`` is the distance of the place from what the graph makes.
    """

    role: str
    place: Spot
    spots: tuple[Spot, ...]
    rank: int
    depth: int
    likely: int


@dataclass
class _Search:
    """One search through one graph."""

    graph: Object
    info: Object | None
    reach: Reach
    # A text belongs to the first place that it reaches; a node is walked through once.
    walked: set[tuple[str, int]] = field(default_factory=set)
    spots: set[Spot] = field(default_factory=set)

    def signed(self) -> dict[tuple[str, int], tuple[str, int]]:
        """The outputs that carry conditions into a positive or a negative input: sign and rank of each.

        Words that are both count as positive: a negative field that changes both would be wrong.
        """
        found: dict[tuple[str, int], tuple[str, int]] = {}
        for wanted in ("prompt", "negative_prompt"):
            seen: set[tuple[str, int]] = set()
            for node in self.reach.live:
                guides = "Guider" in class_of(self.graph, node)
                for name, source, slot in self.reach.ways(node):
                    sign, rank = _sign(name, guides=guides)
                    if sign == wanted:
                        for each in self._conditions(source, slot, seen):
                            found.setdefault(each, (sign, rank))
        return found

    def _conditions(self, node: str, slot: int, seen: set[tuple[str, int]]) -> Iterator[tuple[str, int]]:
        waiting = deque([(node, slot)])
        while waiting:
            here, out = waiting.popleft()
            if (here, out) in seen or class_of(self.graph, here) in SILENT:
                continue
            seen.add((here, out))
            yield here, out
            for name, source, source_slot in self.reach.ways(here):
                if self.carries(name, out, here, source, source_slot):
                    waiting.append((source, source_slot))

    def carries(self, name: str, slot: int, node: str, source: str, source_slot: int) -> bool:
        """Whether conditions come through a link. A node with both signs passes each through the slot of its own."""
        if name in ("positive", "negative"):
            kinds = self._known(node).get("output") or ()
            # By its place among the conditions that the node gives: some give a model before them.
            given = [place for place, kind in enumerate(kinds) if kind == "CONDITIONING"] or [0, 1]
            return slot in given[("positive", "negative").index(name) :][:1] or len(given) == 1
        if self.is_text_input(node, name):
            return False
        kind = self._type(source, source_slot)
        return kind in CONDITIONS and name not in NO_PATHS if kind else name not in NO_PATHS

    def texts(self, node: str, name: str) -> list[tuple[Spot, str]]:
        """The texts that go into an input and into no other before, and how they come there; none for no words."""
        if not self.is_text_input(node, name):
            return []
        value = self.graph[node]["inputs"][name]
        if isinstance(value, str):
            return [] if Spot(node, name) in self.spots else [(Spot(node, name), "")]
        found: list[tuple[Spot, str]] = []
        link = link_of(self.graph, value)
        waiting = deque([(*link, "")] if link is not None and name not in self.reach.idle(node) else ())
        while waiting:
            here, slot, way = waiting.popleft()
            if (here, slot) in self.walked or not self._gives_text(here, slot):
                continue
            self.walked.add((here, slot))
            inputs, idle = self.graph[here].get("inputs", {}), self.reach.idle(here)
            for each, held in inputs.items():
                # A list that another node picks from is no text that goes on.
                picked = isinstance(inputs.get("regex_pattern"), list) and "replace" not in inputs
                if isinstance(held, str) and not (picked or each in idle) and self.is_text_input(here, each):
                    found.append((Spot(here, each), _through(each, inputs, way)))
            for each, source, source_slot in self.reach.ways(here):
                if each not in NO_PATHS and not NO_WORDS.search(last_part(each)):
                    waiting.append((source, source_slot, _through(each, inputs, way)))
        return [each for each in found if each[0] not in self.spots]

    def takes_words(self, node: str) -> bool:
        """Whether a node takes a prompt by itself, rather than hand a text on."""
        if any((node, slot) in self.walked for slot in range(4)):
            return False
        outputs = self._known(node).get("output")
        if outputs is None:
            return not UTILITIES.search(class_of(self.graph, node))
        if outputs and all(str(kind) in PLAIN_TYPES for kind in outputs):
            inputs = {last_part(name) for name in self.graph[node].get("inputs", {})}
            return self._known(node).get("api_node") is True or bool(inputs & {"clip", "model", "seed", "max_tokens"})
        return bool(outputs) or not UTILITIES.search(class_of(self.graph, node))

    def makes(self, node: str) -> bool:
        """Whether a node makes something other than a text or a condition, as far as is known."""
        outputs = self._known(node).get("output")
        return outputs is None or any(str(kind) not in (*PLAIN_TYPES, "CONDITIONING") for kind in outputs)

    def is_text_input(self, node: str, name: str) -> bool:
        """Whether an input takes words: a text that is there, or one that a link brings."""
        value: Json = self.graph[node]["inputs"][name]
        last = last_part(name)
        if NO_WORDS.search(last) or not isinstance(value, str | list):
            return False
        spec = spec_at(self.graph, self.info, node, name)
        kind = declared_type(spec)
        # A switch takes anything, a text that is written into it as well.
        if last in WAYS and isinstance(value, str) and kind in (None, *ANY_TYPES):
            return True
        # The class is known: what is no text is no prompt, whatever its name.
        if kind is not None:
            return kind == "STRING" and (bool(TEXT_INPUTS.fullmatch(last)) or bool(options_of(spec).get("multiline")))
        return bool(TEXT_INPUTS.fullmatch(last))

    def _gives_text(self, node: str, slot: int) -> bool:
        kind = self._type(node, slot)
        return kind is None or kind in PLAIN_TYPES

    def _type(self, node: str, slot: int) -> str | None:
        kinds = self._known(node).get("output") or ()
        return str(kinds[slot]) if 0 <= slot < len(kinds) else None

    def _known(self, node: str) -> Object:
        return known_of(self.info, class_of(self.graph, node))


def words_in(graph: Object, object_info: Object | None, reach: Reach) -> list[Words]:
    """Every place that takes words, with what goes in, the surest first."""
    search = _Search(graph, object_info, reach)
    signs: dict[str, tuple[str, int]] = {}
    for (node, _), sign in search.signed().items():
        signs.setdefault(node, sign)
    # What conditions a sampler first: a language model before it belongs to its words.
    encoders = sorted(signs, key=lambda each: reach.live.get(each, 0))
    others = [node for node in reach.live if node not in signs and _asks(graph, node)]
    found: list[Words] = []
    # Words that are both are positive: a negative field that changes both would be wrong.
    for negative in (False, True):
        for node in encoders:
            found += _found(search, node, *signs[node], negative=negative)
        for node in others:
            if search.takes_words(node):
                found += _found(search, node, "", 0 if search.makes(node) else 1, negative=negative)
    return found


def standing(graph: Object, object_info: Object | None, reach: Reach) -> list[Words]:
    """For graphs in which nothing takes words: texts of nodes that hold a prompt, or of any node when there is none."""
    search = _Search(graph, object_info, reach)
    spots = [
        Spot(node, name)
        for node in reach.live
        for name, value in graph[node].get("inputs", {}).items()
        if isinstance(value, str) and search.is_text_input(node, name)
    ]
    # With the word prompt in sight the other texts are left out.
    prompts = [spot for spot in spots if "prompt" in spot.input or "prompt" in title_of(graph, spot.node).lower()]
    return [
        Words("prompt", spot, (spot,), 0, reach.live[spot.node], likeliness(graph, spot, ""))
        for spot in prompts or spots
    ]


def _found(search: _Search, node: str, sign: str, rank: int, *, negative: bool) -> Iterator[Words]:
    """The words of one node, of one of both signs; those of an encoder that is reached as negative are negative."""
    depth = search.reach.live.get(node, 0)
    for name in search.graph[node].get("inputs", {}):
        last = last_part(name)
        refuses = bool(NEGATIVES.fullmatch(last)) or sign == "negative_prompt"
        # A setting that happens to be a text, among those of a node that takes a prompt, is none.
        if refuses != negative or not (sign or PROMPTS.fullmatch(last)):
            continue
        if texts := search.texts(node, name):
            likely = {spot: likeliness(search.graph, spot, way, negative=negative) for spot, way in texts}
            ranked = sorted(likely, key=lambda spot: -likely[spot])
            search.spots.update(ranked)
            role = "negative_prompt" if negative else "prompt"
            # What a language model makes tags and lyrics of is a prompt.
            if last in NAMED and last_part(ranked[0].input) != "prompt":
                role = last
            yield Words(role, Spot(node, name), tuple(ranked), rank, depth, likely[ranked[0]])


def _asks(graph: Object, node: str) -> bool:
    return any(PROMPTS.fullmatch(last_part(name)) for name in graph[node].get("inputs", {}))


def _sign(name: str, *, guides: bool) -> tuple[str, int]:
    """Which sign an input has, by its name, and in which rank; no sign for most."""
    last = last_part(name)
    if NEGATIVES.fullmatch(last):
        return "negative_prompt", 0
    if POSITIVES.fullmatch(last):
        return "prompt", 0 if last in ("positive", "cond1") else 1
    # Guiders have no positive input: their conditioning is one.
    return ("prompt", 0) if guides and last == "conditioning" else ("", 0)


def _through(name: str, inputs: Object, way: str) -> str:
    """How a text goes on: as what is put in, or as the template that it is put into."""
    last = last_part(name)
    if {"find", "regex_pattern", "pattern", "replace"} & set(inputs) and "replace" in inputs:
        if last == "replace":
            return "filler"
        return "template" if isinstance(inputs["replace"], list) else way
    if last in ("f_string", "template"):
        return "template"
    strings = [each for each in inputs if re.fullmatch(r"(string|text)_?(\w|\d+)", each)]
    # A text that is written into the node that joins: what comes from elsewhere is put before or behind it.
    if last in strings and isinstance(inputs[name], str) and any(isinstance(inputs[each], list) for each in strings):
        return "affix"
    return way


def main_of(words: Sequence[Words]) -> Words:
    """The likeliest of several places; the one that comes first in the making, where nothing tells."""
    return min(words, key=lambda each: (each.rank, -each.likely, -each.depth))
