"""Finds the form in a graph: from samplers and encoders back to the words, and around them the seed and the size.

Source: the official templates of ComfyUI, read node by node. Names and links decide; the class table of a server, where
there is one, gives types and bounds. An author's choice wins over everything: the inputs of App mode, then title marks
(``prompt``, ``negative``, ``seed`` and so on as a whole title, ``<Label>``, ``[input] Label`` or ``[input: role]
Label``), then the input nodes of other packs. Only what the outputs of the graph need is looked at.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from comfyui_workflows.author_hints import NO_HINTS, AuthorHints
from comfyui_workflows.bounds import plain
from comfyui_workflows.external_inputs import ExternalInput, external_inputs, is_external
from comfyui_workflows.form import Binding, Form, bind, is_words, unique
from comfyui_workflows.form_field import FormField
from comfyui_workflows.graph import title_of
from comfyui_workflows.input_files import files_in
from comfyui_workflows.input_specs import last_part
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.node_inputs import LABELS, Spot, field_at, slug
from comfyui_workflows.placeholders import Placeholder
from comfyui_workflows.prompt_texts import NAMED, Words, main_of, standing, words_in
from comfyui_workflows.reach import Reach
from comfyui_workflows.settings import MODELS, SAMPLING, Setting, settings_in, sizes_in
from comfyui_workflows.value_sources import written_at
from comfyui_workflows.value_types import LONG_ROLES, number_of
from comfyui_workflows.video import is_of_a_film
from comfyui_workflows.widgets import SEEDS

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
    "seed": (*SEEDS, "value"),
    "count": ("batch_size", "value"),
    "duration": ("seconds", "duration", "value"),
    "cfg": ("cfg", "guidance", "value"),
}
# More would be a page that no person can use. What has a role is on it all the same.
MOST_FIELDS = 200
"""On one form: the largest of 401 official templates has 209 values in all."""

# They say where and how, and nothing that a person would set for a picture.
NEVER = ("filename_prefix", "control_after_generate")


def trace(
    graph: Object,
    object_info: Object | None = None,
    said: Sequence[Placeholder] = (),
    hints: AuthorHints = NO_HINTS,
    reach: Reach | None = None,
) -> Form:
    """The form of a graph in API format; ``said`` are the placeholders that it had, ``hints`` what its author chose.

    Never raises: a graph without known parts has an empty form.
    """
    chosen = [spot for spots in hints.inputs for spot in spots]
    reach = reach or Reach(graph, object_info, free=(spot.node for spot in chosen))
    tracer = _Tracer(graph, object_info, reach, hints)
    # In this order: what an author marked is never taken by a guess that comes later.
    tracer.placeholders(said)
    tracer.marks()
    tracer.external()
    tracer.words()
    tracer.files()
    tracer.sizes()
    tracer.sampling()
    tracer.models()
    return tracer.chosen() if hints.inputs else tracer.form()


class _Tracer:
    def __init__(self, graph: Object, object_info: Object | None, reach: Reach, hints: AuthorHints) -> None:
        # Texts that are numbers become numbers, so that they are found as such.
        self._graph, self._info = plain(graph, object_info), object_info
        self._reach, self._hints = reach, hints
        # In the order of the file, which is the author's.
        self._live = [node for node in self._graph if node in reach.live]
        self._fields: list[FormField] = []
        self._bindings: list[Binding] = []
        # A place belongs to one field: two would overwrite each other.
        self._taken: set[Spot] = set()
        self._words = words_in(self._graph, self._info, reach)
        by_role = {role: [each for each in self._words if each.role == role] for role in LONG_ROLES}
        self._mains = {main_of(mine).spots[0]: role for role, mine in by_role.items() if mine}

    def form(self) -> Form:
        # Advanced fields last, where a page can fold them.
        plain = [field for field in self._fields if not field.advanced]
        advanced = [field for field in self._fields if field.advanced]
        return Form((*plain, *advanced), tuple(self._bindings))

    def chosen(self) -> Form:
        """The form with what the author chose, in that order; a seed besides, where each run gets another."""
        traced = {Spot(each.node, each.input): each.field for each in self._bindings}
        entries = self._hints.inputs
        # One number for several seeds is our guess: an author who lists each wants to set each.
        asked = Counter(name for name in (_first(traced, spots) for spots in entries) if name is not None)
        kept = {name for name, times in asked.items() if times == 1}
        drawn = {field.name for field in self._fields if field.role == "seed" and self._is_drawn(field)}
        by_name = {field.name: field for field in self._fields}
        extra = [by_name[name] for name in drawn if name not in asked]
        places = self._bindings
        self._fields, self._bindings, self._taken = [], [], set()
        for spots in entries:
            name = _first(traced, spots)
            if name in kept:
                self._fields.append(replace(by_name[name], advanced=False))
                self._bindings += [each for each in places if each.field == name]
            else:
                old = by_name.get(name or "")
                role = old.role if old is not None and not self._has(old.role or "") else None
                label = self._label_of(spots[0]) or (
                    f"{old.label} ({title_of(self._graph, spots[0].node)})" if old else None
                )
                given = role or slug(label or spots[0].input)
                self._add(spots, role=role, name=given, label=label, kind=old.type if old else None)
        # The page draws it for each run, whether or not its field is shown.
        self._fields += extra
        self._bindings += [each for each in places if each.field in {field.name for field in extra}]
        return Form(tuple(self._fields), tuple(self._bindings))

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
        for node in self._live:
            title = title_of(self._graph, node).strip()
            if role := TITLE_ROLES.get(title.lower()):
                if (spot := self._place_for(node, role)) and not is_external(self._graph, node):
                    self._add([spot], role=role, label=title)
            elif found := MARK.fullmatch(title):
                self._mark(node, found[1], (found[2] or found[3] or title).strip())
        for spot, label in self._hints.labels.items():
            role = TITLE_ROLES.get(label.strip().lower())
            if role and spot.node in self._reach.live and self._fits(spot, role):
                self._add([spot], role=role, label=label.strip(), advanced=role in SAMPLING or role == "count")

    def external(self) -> None:
        for found in external_inputs(self._graph, self._live):
            role = TITLE_ROLES.get(found.name.lower()) or found.role or self._mains.get(found.spot)
            role = None if role is not None and (self._has(role) or not self._fits(found.spot, role)) else role
            name = role or slug(found.name)
            if self._add(
                [found.spot], role=role, name=name, label=found.label, kind=found.type, advanced=found.advanced
            ):
                self._fields[-1] = _narrowed(self._fields[-1], found)

    def words(self) -> None:
        found = self._words
        for role in ("prompt", "negative_prompt"):
            self._texts([each for each in found if each.role == role], role)
        for role in NAMED:
            for each in (each for each in found if each.role == role):
                self._add(each.spots[:1], role=None if self._has(role) else role, name=role)
                self._besides(each)
        # Only where nothing takes words: a graph of classes that nobody knows.
        if not any(is_words(field) or field.role == "negative_prompt" for field in self._fields):
            self._texts(standing(self._graph, self._info, self._reach), "prompt")

    def files(self) -> None:
        for spot, kind in files_in(self._graph, self._info, self._live):
            label = self._label_of(spot) or title_of(self._graph, spot.node)
            self._add([spot], name=kind or spot.input, label=label, kind=kind)

    def sizes(self) -> None:
        for found in sizes_in(self._graph, self._info, self._reach):
            spots = list(found.spots)
            if found.role == "count":
                # The frames of a film look like a batch, and are no pictures to choose from.
                spots = self._no_frames(spots)
            self._setting(replace(found, spots=tuple(spots)), advanced=found.role == "count")
        for found in settings_in(self._graph, self._info, self._reach):
            self._setting(found)

    def sampling(self) -> None:
        seeds = []
        for node in self._live:
            # Such a sampler draws no noise, so that its seed does nothing.
            inputs = self._graph[node].get("inputs", {})
            if inputs.get("add_noise") == "disable":
                continue
            for name in inputs:
                if last_part(name).lower() in SEEDS:
                    spot = written_at(self._graph, self._reach, node, name)
                    if spot and number_of(self._value(spot)) is not None:
                        seeds.append(spot)
        if seeds and not self._has("seed"):
            # All seeds in one field: one number then repeats the whole picture.
            self._add(list(dict.fromkeys(seeds)), role="seed", advanced=True)
        for role, names in SAMPLING.items():
            places = [written_at(self._graph, self._reach, node, name) for node in self._live for name in names]
            spots = [spot for spot in places if spot and number_of(self._value(spot)) is not None]
            if spots and not self._has(role):
                same = [spot for spot in spots if self._value(spot) == self._value(spots[0])]
                self._add(list(dict.fromkeys(same)), role=role, advanced=True)

    def models(self) -> None:
        """One field for each different name that is written, called after its node where there are several."""
        for role, names in MODELS:
            groups: dict[str, list[Spot]] = {}
            for node in self._live:
                for name in names:
                    spot = written_at(self._graph, self._reach, node, name)
                    if spot is not None and isinstance(value := self._value(spot), str) and spot not in self._taken:
                        groups.setdefault(value, []).append(spot)
            for spots in groups.values():
                title = title_of(self._graph, spots[0].node)
                label = f"{_label(role)} ({title})" if len(groups) > 1 else None
                # The first gets the role; the rest are told apart by their node.
                mine = None if self._has(role) else role
                self._add(list(dict.fromkeys(spots)), role=mine, name=role, label=label, advanced=True)

    def _texts(self, found: Sequence[Words], role: str) -> None:
        """One field for each different text; the likeliest is what ``role`` says, the others keep their titles."""
        free = [each for each in found if each.spots[0] not in self._taken]
        groups: dict[Json, list[Words]] = {}
        for each in free:
            value = self._value(each.spots[0])
            # Texts that are empty are still to be written, each for itself.
            alike = str(value).strip() or role == "negative_prompt"
            groups.setdefault(value if alike else each.spots[0], []).append(each)
        main = main_of(free) if free and not self._has(role) else None
        order = {node: place for place, node in enumerate(self._live)}
        several = {node for node, times in Counter(each.spots[0].node for each in found).items() if times > 1}
        for group in sorted(groups.values(), key=lambda each: order[each[0].spots[0].node]):
            spots = list(dict.fromkeys(each.spots[0] for each in group))
            if main in group:
                self._add(spots, role=role, label=self._label_of(spots[0]))
            else:
                label = self._label_of(spots[0]) or self._called(group[0], several)
                hidden = role == "negative_prompt" or group[0].rank > 1 or group[0].likely < 0
                self._add(spots, name=slug(label), label=label, advanced=hidden)
        for each in found:
            self._besides(each)

    def _called(self, words: Words, several: Collection[str]) -> str:
        """The title of a text; with the name of its input where its node is among those that take several."""
        spot = words.spots[0]
        title = title_of(self._graph, spot.node)
        return f"{title} {last_part(spot.input).replace('_', ' ')}" if spot.node in several else title

    def _besides(self, words: Words) -> None:
        """What else goes into a place: a template, instructions, the words that wake a LoRA up."""
        for spot in words.spots[1:]:
            if isinstance(value := self._value(spot), str) and value.strip():
                label = self._label_of(spot) or title_of(self._graph, spot.node)
                self._add([spot], name=slug(label), label=label, advanced=True)

    def _setting(self, found: Setting, *, advanced: bool = False) -> None:
        """A field for places with one value and the same choices; others get fields of their own."""
        groups: dict[str, list[Spot]] = {}
        for spot in found.spots:
            groups.setdefault(repr(self._value(spot)), []).append(spot)
        for place, spots in enumerate(groups.values()):
            if place and not found.all:
                # Two different sizes are meant to differ: the first is what the graph begins with.
                return
            role = None if place or (found.role and self._has(found.role)) else found.role
            if role is None and found.role and not found.all:
                return
            label = self._label_of(spots[0])
            if role is None and found.role:
                label = label or f"{_label(found.role)} ({title_of(self._graph, spots[0].node)})"
            self._add(spots, role=role, name=found.name, label=label, advanced=advanced or found.advanced)

    def _no_frames(self, spots: Sequence[Spot]) -> list[Spot]:
        """The batches that are pictures to choose from. The frames of a film are a field of their own."""
        frames = [spot for spot in spots if is_of_a_film(self._graph, spot.node, self._info, self._reach)]
        if frames and "length" not in self._graph[frames[0].node].get("inputs", {}):
            self._add([frames[0]], name="frames", advanced=True)
        return [spot for spot in spots if spot not in frames]

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
        for name in (*wanted, *(texts if role in LONG_ROLES else ())):
            if name in inputs and not isinstance(inputs[name], list) and self._fits(Spot(node, name), role):
                return Spot(node, name)
        return None

    def _fits(self, spot: Spot, role: str | None) -> bool:
        """Whether a value is one that a role can have: a title says what its author meant, and may be wrong."""
        value = self._value(spot)
        if role in ("seed", "width", "height", "count", "steps", "cfg", "denoise", "speed"):
            return number_of(value) is not None
        return isinstance(value, str) if role in LONG_ROLES else not isinstance(value, dict | list)

    def _label_of(self, spot: Spot) -> str | None:
        return self._hints.labels.get(spot)

    def _is_drawn(self, field: FormField) -> bool:
        return any(
            each.field == field.name and Spot(each.node, each.input) in self._hints.drawn for each in self._bindings
        )

    def _add(
        self,
        spots: Sequence[Spot],
        *,
        role: str | None = None,
        name: str | None = None,
        label: str | None = None,
        kind: str | None = None,
        advanced: bool = False,
    ) -> bool:
        """Whether there was a place for the field, which is then the last one."""
        free = [spot for spot in spots if spot not in self._taken]
        # In silence: what was found first is better, because the order of searching says so.
        if not free or (role is not None and self._has(role)):
            return False
        if role is None and len(self._fields) >= MOST_FIELDS:
            return False
        self._taken.update(free)
        name = unique(name or role or slug(free[0].input), (field.name for field in self._fields))
        field = field_at(
            self._graph, self._info, free[0], name=name, role=role, label=label, kind=kind, advanced=advanced
        )
        self._fields.append(field)
        self._bindings += [bind(self._graph, name, spot.node, spot.input, self._info) for spot in free]
        return True

    def _has(self, role: str) -> bool:
        return any(field.role == role for field in self._fields)

    def _value(self, spot: Spot) -> Json:
        return self._graph[spot.node]["inputs"][spot.input]


def _starting(role: str, found: Placeholder) -> FormField:
    """The field of a placeholder that is only ever a part of a text."""
    start = None if role == "seed" else found.meaning.start
    kind = {int: "int", float: "float"}.get(type(found.meaning.start), "longtext" if role in LONG_ROLES else "text")
    return FormField(role, kind, _label(role), default=start, role=role)


def _narrowed(field: FormField, found: ExternalInput) -> FormField:
    """The field with the range and the choices that its node has of its own."""
    low, high = found.minimum, found.maximum
    if low is not None and high is not None and low >= high:
        # Packs fill in zeros where nobody set a range.
        low = high = None
    return replace(
        field,
        minimum=low if low is not None else field.minimum,
        maximum=high if high is not None else field.maximum,
        step=found.step or field.step,
        choices=found.choices or field.choices,
        help=found.help or field.help,
    )


def _first(traced: Mapping[Spot, str], spots: Iterable[Spot]) -> str | None:
    return next((traced[spot] for spot in spots if spot in traced), None)


def _label(role: str) -> str:
    return LABELS.get(role, role.replace("_", " ").capitalize())
