"""Finds the form in a graph: from samplers and encoders back to the words, and around them the seed and the size.

Source: the rules that fitted 344 of 371 official templates with words in them. Names and links decide; the class
table of a server, where there is one, gives types and bounds. An author's title marks win over everything: ``prompt``,
``negative``, ``seed`` and so on as a whole title, ``<Label>``, ``[input] Label`` or ``[input: role] Label``.
"""

import re
from collections.abc import Sequence

from musings.comfy.checking import options_of, specs_of
from musings.comfy.fields import Spot, field_at, slug
from musings.comfy.films import is_of_a_film
from musings.comfy.form import Binding, Form, bind, unique
from musings.comfy.graph import link_of, links, title_of, upstream
from musings.comfy.numbers import plain
from musings.comfy.protocol import Json, Object
from musings.comfy.words import negatives, pick, positives, standing
from musings.models import FormField

TITLE_ROLES = {
    "prompt": "prompt",
    "positive": "prompt",
    "positive prompt": "prompt",
    "negative": "negative_prompt",
    "negative prompt": "negative_prompt",
    **{role: role for role in ("seed", "width", "height", "count", "duration", "steps", "cfg", "tags", "lyrics")},
    **{role: role for role in ("voice", "language", "speed")},
}
MARK = re.compile(r"\[input(?:\s*:\s*(\w+))?\]\s*(.*)|<(.+)>", re.DOTALL)
ROLE_INPUTS = {
    "seed": ("seed", "noise_seed", "value"),
    "count": ("batch_size", "value"),
    "duration": ("seconds", "duration", "value"),
    "cfg": ("cfg", "guidance", "value"),
}
SIZES = (
    ("width", "width"),
    ("height", "height"),
    ("count", "batch_size"),
    ("duration", "seconds"),
    ("duration", "duration"),
    (None, "length"),
)
NEVER = ("filename_prefix", "control_after_generate")
FILES = {"image": "image", "audio": "audio"}


def trace(graph: Object, object_info: Object | None = None) -> Form:
    """The form of a graph in API format. Never raises: a graph without known parts has an empty form."""
    tracer = _Tracer(graph, object_info)
    tracer.marks()
    tracer.words()
    tracer.files()
    tracer.sizes()
    tracer.sampling()
    return tracer.form()


class _Tracer:
    def __init__(self, graph: Object, object_info: Object | None) -> None:
        self._graph, self._info = plain(graph, object_info), object_info
        self._fields: list[FormField] = []
        self._bindings: list[Binding] = []
        self._taken: set[Spot] = set()

    def form(self) -> Form:
        plain = [field for field in self._fields if not field.advanced]
        advanced = [field for field in self._fields if field.advanced]
        return Form((*plain, *advanced), tuple(self._bindings))

    def marks(self) -> None:
        for node in self._graph:
            title = title_of(self._graph, node).strip()
            if role := TITLE_ROLES.get(title.lower()):
                if spot := self._place_for(node, role):
                    self._add([spot], role=role, label=title)
            elif found := MARK.fullmatch(title):
                self._mark(node, found[1], (found[2] or found[3] or title).strip())

    def words(self) -> None:
        self._texts(positives(self._graph, self._info), "prompt")
        self._texts(negatives(self._graph, self._info), "negative_prompt")
        if not any(field.type in ("text", "longtext") for field in self._fields):
            self._texts(standing(self._graph, self._info), "prompt")

    def files(self) -> None:
        for node, data in self._graph.items():
            for name, kind in FILES.items():
                loads = str(data.get("class_type", "")).startswith("Load") or f"{name}_upload" in self._options(
                    node, name
                )
                if loads and isinstance(data.get("inputs", {}).get(name), str):
                    self._add([Spot(node, name)], name=name, label=title_of(self._graph, node), kind=kind)

    def sizes(self) -> None:
        nodes = self._size_nodes()
        for role, name in SIZES:
            spots = [spot for node in nodes if (spot := self._resolve(node, name)) and self._number(spot)]
            if role == "count":
                spots = self._no_frames(spots)
            if spots and not (role and self._has(role)):
                same = [spot for spot in spots if self._value(spot) == self._value(spots[0])]
                self._add(same, role=role, name=role or name, advanced=role == "count")

    def _no_frames(self, spots: Sequence[Spot]) -> list[Spot]:
        """The batches that are pictures to choose from. The frames of a film are a field of their own."""
        frames = [spot for spot in spots if is_of_a_film(self._graph, spot.node, self._info)]
        if frames and "length" not in self._graph[frames[0].node].get("inputs", {}):
            self._add([frames[0]], name="frames", advanced=True)
        return [spot for spot in spots if spot not in frames]

    def sampling(self) -> None:
        seeds = []
        for node, data in self._graph.items():
            if data.get("inputs", {}).get("add_noise") == "disable":
                continue
            for name in ("seed", "noise_seed"):
                if (spot := self._resolve(node, name)) and self._number(spot):
                    seeds.append(spot)
        if seeds and not self._has("seed"):
            self._add(list(dict.fromkeys(seeds)), role="seed", advanced=True)
        for role, names in (("steps", ("steps",)), ("cfg", ("cfg", "guidance"))):
            places = [self._resolve(node, name) for node in self._graph for name in names]
            spots = [spot for spot in places if spot and self._number(spot)]
            if spots and not self._has(role):
                same = [spot for spot in spots if self._value(spot) == self._value(spots[0])]
                self._add(list(dict.fromkeys(same)), role=role, advanced=True)

    def _texts(self, spots: Sequence[Spot], role: str) -> None:
        """One field for each different text; the likeliest is what ``role`` says, named ones keep their names."""
        groups: dict[tuple[str | None, Json], list[Spot]] = {}
        for spot in spots:
            if spot not in self._taken:
                named = spot.input if spot.input in ("tags", "lyrics") else None
                groups.setdefault((named, self._value(spot)), []).append(spot)
        loose = [group for (named, _), group in groups.items() if named is None]
        main = pick(self._graph, loose) if loose and not self._has(role) else None
        for (named, _), group in groups.items():
            if named is not None:
                self._add(group, role=None if self._has(named) else named, name=named)
            elif group is main:
                self._add(group, role=role)
            else:
                title = title_of(self._graph, group[0].node)
                self._add(group, name=slug(title), label=title, advanced=main is not None)

    def _mark(self, node: str, role: str | None, label: str) -> None:
        inputs = self._graph[node].get("inputs", {})
        names = [name for name, value in inputs.items() if name not in NEVER and not isinstance(value, list)]
        place = self._place_for(node, role) if role else None
        for name in names:
            mine = role if place == Spot(node, name) else None
            several = "" if len(names) == 1 else f" {name}"
            self._add([Spot(node, name)], role=mine, name=slug(label + several), label=label + several)

    def _place_for(self, node: str, role: str | None) -> Spot | None:
        inputs = self._graph[node].get("inputs", {})
        wanted = ROLE_INPUTS.get(role or "", (role or "", "value", "text", "prompt", "string"))
        texts = [name for name, value in inputs.items() if isinstance(value, str) and name not in NEVER]
        for name in (*wanted, *(texts if role in ("prompt", "negative_prompt", "tags", "lyrics") else ())):
            if name in inputs and not isinstance(inputs[name], list):
                return Spot(node, name)
        return None

    def _size_nodes(self) -> list[str]:
        """The nodes that may set the size: those that make the first latent, the emptiest first."""
        near: list[str] = []
        for node in self._graph:
            for name, source, _ in links(self._graph, node):
                if name in ("latent_image", "latent", "samples"):
                    near += upstream(self._graph, source)
        near += [node for node, data in self._graph.items() if "Empty" in str(data.get("class_type"))]
        return sorted(dict.fromkeys(near), key=lambda node: "Empty" not in str(self._graph[node].get("class_type")))

    def _resolve(self, node: str, name: str) -> Spot | None:
        """Where an input's value is written: here, or in the node of a single value that it is linked to."""
        inputs = self._graph[node].get("inputs", {})
        if name not in inputs:
            return None
        link = link_of(self._graph, inputs[name])
        if link is None:
            return None if isinstance(inputs[name], list) else Spot(node, name)
        source = self._graph[link[0]].get("inputs", {})
        for there in (name, "value", "seed", "noise_seed"):
            if there in source and not isinstance(source[there], list):
                return Spot(link[0], there)
        return None

    def _add(
        self,
        spots: Sequence[Spot],
        *,
        role: str | None = None,
        name: str | None = None,
        label: str | None = None,
        kind: str | None = None,
        advanced: bool = False,
    ) -> None:
        free = [spot for spot in spots if spot not in self._taken]
        if not free or (role is not None and self._has(role)):
            return
        self._taken.update(free)
        name = unique(name or role or free[0].input, (field.name for field in self._fields))
        field = field_at(
            self._graph, self._info, free[0], name=name, role=role, label=label, kind=kind, advanced=advanced
        )
        self._fields.append(field)
        self._bindings += [bind(self._graph, name, spot.node, spot.input) for spot in free]

    def _has(self, role: str) -> bool:
        return any(field.role == role for field in self._fields)

    def _value(self, spot: Spot) -> Json:
        return self._graph[spot.node]["inputs"][spot.input]

    def _number(self, spot: Spot) -> bool:
        value = self._value(spot)
        return isinstance(value, int | float) and not isinstance(value, bool)

    def _options(self, node: str, name: str) -> Object:
        return options_of(specs_of(self._info, str(self._graph[node].get("class_type"))).get(name))
