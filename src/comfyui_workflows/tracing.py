"""Finds the form in a graph: from samplers and encoders back to the words, and around them the seed and the size.

Source: the rules that fitted 344 of 371 official templates with words in them. Names and links decide; the class
table of a server, where there is one, gives types and bounds. An author's title marks win over everything: ``prompt``,
``negative``, ``seed`` and so on as a whole title, ``<Label>``, ``[input] Label`` or ``[input: role] Label``.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from comfyui_workflows.bounds import plain
from comfyui_workflows.form import Binding, Form, bind, is_words, unique
from comfyui_workflows.form_field import FormField
from comfyui_workflows.graph import link_of, links, title_of, upstream
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.node_inputs import LABELS, Spot, field_at, slug
from comfyui_workflows.object_info import options_of, specs_of
from comfyui_workflows.placeholders import Placeholder
from comfyui_workflows.prompt_texts import negatives, pick, positives, standing
from comfyui_workflows.value_types import LONG_ROLES, number_of
from comfyui_workflows.video import is_of_a_film

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
# More would be a page that no person can use.
MOST_FIELDS = 200
"""On one form: the largest of 401 official templates has 209 values in all."""

# They say where and how, and nothing that a person would set for a picture.
NEVER = ("filename_prefix", "control_after_generate")
FILES = {"image": "image", "audio": "audio"}
MODELS = (
    ("checkpoint", ("ckpt_name",)),
    ("diffusion_model", ("unet_name",)),
    ("lora", ("lora_name",)),
    ("vae", ("vae_name",)),
    ("sampler", ("sampler_name",)),
    ("scheduler", ("scheduler",)),
)
"""What a result is made with, by the names of the inputs that say it: on every form, among the advanced fields."""


def trace(graph: Object, object_info: Object | None = None, said: Sequence[Placeholder] = ()) -> Form:
    """The form of a graph in API format; ``said`` are the placeholders that it had.

    Never raises: a graph without known parts has an empty form.
    """
    tracer = _Tracer(graph, object_info)
    # In this order: what an author marked is never taken by a guess that comes later.
    tracer.placeholders(said)
    tracer.marks()
    tracer.words()
    tracer.files()
    tracer.sizes()
    tracer.sampling()
    tracer.models()
    return tracer.form()


class _Tracer:
    def __init__(self, graph: Object, object_info: Object | None) -> None:
        # Texts that are numbers become numbers, so that they are found as such.
        self._graph, self._info = plain(graph, object_info), object_info
        self._fields: list[FormField] = []
        self._bindings: list[Binding] = []
        # A place belongs to one field: two would overwrite each other.
        self._taken: set[Spot] = set()

    def form(self) -> Form:
        # Advanced fields last, where a page can fold them.
        plain = [field for field in self._fields if not field.advanced]
        advanced = [field for field in self._fields if field.advanced]
        return Form((*plain, *advanced), tuple(self._bindings))

    def placeholders(self, said: Sequence[Placeholder]) -> None:
        for role in dict.fromkeys(each.meaning.role for each in said):
            mine = [each for each in said if each.meaning.role == role]
            whole = [each.spot for each in mine if each.within is None]
            # All places share one field: the same placeholder means the same value.
            if whole:
                self._add(whole, role=role, advanced=mine[0].meaning.advanced)
            else:
                self._fields.append(_starting(role, mine[0]))
            for each in mine:
                if each.within is not None:
                    self._taken.add(each.spot)
                    spot = each.spot
                    self._bindings.append(
                        bind(self._graph, role, spot.node, spot.input, self._info, within=each.within)
                    )
        # A model that is nowhere installed has no default: a value must then be given.
        lacking = ("checkpoint", "vae", "lora")
        self._fields = [
            replace(field, required=True) if field.role in lacking and field.default is None else field
            for field in self._fields
        ]

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
        # Only where nothing was found by following links: a graph without a sampler.
        if not any(is_words(field) or field.role == "negative_prompt" for field in self._fields):
            self._texts(standing(self._graph, self._info), "prompt")

    def files(self) -> None:
        for node, data in self._graph.items():
            for name, kind in FILES.items():
                # By its class or by the button that the page shows for it.
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
                # The frames of a film look like a batch, and are no pictures to choose from.
                spots = self._no_frames(spots)
            if spots and not (role and self._has(role)):
                # Only places with the same value: two different sizes are meant to differ.
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
            # Such a sampler draws no noise, so that its seed does nothing.
            if data.get("inputs", {}).get("add_noise") == "disable":
                continue
            for name in ("seed", "noise_seed"):
                if (spot := self._resolve(node, name)) and self._number(spot):
                    seeds.append(spot)
        if seeds and not self._has("seed"):
            # All seeds in one field: one number then repeats the whole picture.
            self._add(list(dict.fromkeys(seeds)), role="seed", advanced=True)
        for role, names in (("steps", ("steps",)), ("cfg", ("cfg", "guidance")), ("denoise", ("denoise",))):
            places = [self._resolve(node, name) for node in self._graph for name in names]
            spots = [spot for spot in places if spot and self._number(spot)]
            if spots and not self._has(role):
                same = [spot for spot in spots if self._value(spot) == self._value(spots[0])]
                self._add(list(dict.fromkeys(same)), role=role, advanced=True)

    def models(self) -> None:
        """One field for each different name that is written, called after its node where there are several."""
        for role, names in MODELS:
            groups: dict[str, list[Spot]] = {}
            for node in self._graph:
                for name in names:
                    spot = self._resolve(node, name)
                    if spot is not None and isinstance(value := self._value(spot), str) and spot not in self._taken:
                        groups.setdefault(value, []).append(spot)
            for spots in groups.values():
                title = title_of(self._graph, spots[0].node)
                label = f"{_label(role)} ({title})" if len(groups) > 1 else None
                # The first gets the role; the rest are told apart by their node.
                mine = None if self._has(role) else role
                self._add(list(dict.fromkeys(spots)), role=mine, name=role, label=label, advanced=True)

    def _texts(self, spots: Sequence[Spot], role: str) -> None:
        """One field for each different text; the likeliest is what ``role`` says, named ones keep their names."""
        groups: dict[tuple[str | None, Json], list[Spot]] = {}
        for spot in spots:
            if spot not in self._taken:
                # Named words stay apart even where they are alike.
                named = spot.input if spot.input in ("tags", "lyrics") else None
                groups.setdefault((named, self._value(spot)), []).append(spot)
        loose = [group for (named, _), group in groups.items() if named is None]
        # Only one can be the prompt; the others keep their titles.
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
        # Each value of a marked node is a field, since the author marked it as a whole.
        for name in names:
            mine = role if place == Spot(node, name) else None
            several = "" if len(names) == 1 else f" {name}"
            self._add([Spot(node, name)], role=mine, name=slug(label + several), label=label + several)

    def _place_for(self, node: str, role: str | None) -> Spot | None:
        inputs = self._graph[node].get("inputs", {})
        wanted = ROLE_INPUTS.get(role or "", (role or "", "value", "text", "prompt", "string"))
        texts = [name for name, value in inputs.items() if isinstance(value, str) and name not in NEVER]
        # For words any text will do; numbers need their own names.
        for name in (*wanted, *(texts if role in ("prompt", "negative_prompt", "tags", "lyrics") else ())):
            if name in inputs and not isinstance(inputs[name], list):
                return Spot(node, name)
        return None

    def _size_nodes(self) -> list[str]:
        """The nodes that may set the size: those that make the first latent, the emptiest first."""
        near: list[str] = []
        seen: set[str] = set()
        for node in self._graph:
            for name, source, _ in links(self._graph, node):
                if name in ("latent_image", "latent", "samples") and source not in seen:
                    near += (found := upstream(self._graph, source))
                    seen.update(found)
        # Also those that lead to no sampler of a known name.
        near += [node for node, data in self._graph.items() if "Empty" in str(data.get("class_type"))]
        # Empty latents set the size; others inherit it.
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
        # Nodes of a single value call it by one of these names.
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
        # In silence: what was found first is better, because the order of searching says so.
        if not free or (role is not None and self._has(role)) or len(self._fields) >= MOST_FIELDS:
            return
        self._taken.update(free)
        name = unique(name or role or free[0].input, (field.name for field in self._fields))
        field = field_at(
            self._graph, self._info, free[0], name=name, role=role, label=label, kind=kind, advanced=advanced
        )
        self._fields.append(field)
        self._bindings += [bind(self._graph, name, spot.node, spot.input, self._info) for spot in free]

    def _has(self, role: str) -> bool:
        return any(field.role == role for field in self._fields)

    def _value(self, spot: Spot) -> Json:
        return self._graph[spot.node]["inputs"][spot.input]

    def _number(self, spot: Spot) -> bool:
        return number_of(self._value(spot)) is not None

    def _options(self, node: str, name: str) -> Object:
        return options_of(specs_of(self._info, str(self._graph[node].get("class_type"))).get(name))


def _starting(role: str, found: Placeholder) -> FormField:
    """The field of a placeholder that is only ever a part of a text."""
    start = None if role == "seed" else found.meaning.start
    kind = {int: "int", float: "float"}.get(type(found.meaning.start), "longtext" if role in LONG_ROLES else "text")
    return FormField(role, kind, _label(role), default=start, role=role)


def _label(role: str) -> str:
    return LABELS.get(role, role.replace("_", " ").capitalize())
