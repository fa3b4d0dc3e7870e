"""The widgets that ComfyUI's page shows for a node class: what their values are called, and where they stand. Pure.

A saved file holds the values of a node by place, so the places have to be known: those of the class's own widgets, and
of what the page adds to them (the control behind a seed). Source: files of the official frontend (1.58.1) and what it
sends for them. Whatever a server tells that makes no sense is read as an input without a widget.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from comfyui_workflows.input_specs import declared_type
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.object_info import DYNAMIC, options_of

AUTOGROW = "COMFY_AUTOGROW_V3"
MATCHED = "COMFY_MATCHTYPE_V3"
"""An input whose type is that of what is linked to it."""
ONE_OF = ("COMBO", DYNAMIC)
# What the page's own control writes behind a seed.
FIXED = "fixed"
CONTROLS = (FIXED, "increment", "decrement", "randomize", "increment-wrap")
SEEDS = ("seed", "noise_seed")
UPLOADS = ("image_upload", "animated_image_upload", "video_upload", "audio_upload")
"""Options of a choice behind which the page shows a button."""
# A hostile server may nest its options in each other without end.
DEEPEST = 20
MOST_GROWN = 100


class _Nothing:
    """The type of :data:`NOTHING`."""


# Not None: null is a value that files have.
NOTHING: Final = _Nothing()
"""A widget without a value; its input is left out."""

# What the page puts into an empty widget of a type whose class says nothing.
_EMPTY: Mapping[str, Json] = {
    "INT": 0,
    "FLOAT": 0.0,
    "STRING": "",
    "BOOLEAN": False,
    "TEXTAREA": "",
    "MARKDOWN": "",
    "COLOR": "#000000",
    "BOUNDING_BOX": {"x": 0, "y": 0, "width": 512, "height": 512},
    "BOUNDING_BOXES": [],
    "COLORS": [],
    "IMAGECOMPARE": ["", ""],
    "CURVE": {"points": [[0, 0], [1, 1]], "interpolation": "monotone_cubic"},
    "RANGE": {"min": 0.0, "max": 1.0},
    "CHART": {},
    "GALLERIA": [],
    "LOAD_3D": "",
    "PAINTER": NOTHING,
    "COMPOSITOR": NOTHING,
    "VIDEO_EDIT": {
        "trim": {"start_time": 0, "duration": 0},
        "crop": {"x": 0, "y": 0, "width": 0, "height": 0},
    },
    "LIGHT_INFO_PREVIEW": NOTHING,
    "RESOLUTION_PREVIEW": NOTHING,
}
# These show something, and the page keeps nothing of it in the file.
_NOT_KEPT = ("IMAGECOMPARE", "RESOLUTION_PREVIEW")


@dataclass(frozen=True)
class Widget:
    """One place for a value.

    ``kind`` is the type of the input, ``spec`` what the class declares. ``sent`` says whether its value is an input of
    the node, ``kept`` whether it has a place in the file, ``at_first`` whether the class itself declares it, and not
    the choice of another widget.
    """

    name: str
    kind: str
    spec: Json = None
    sent: bool = True
    kept: bool = True
    at_first: bool = True

    @property
    def is_control(self) -> bool:
        return self.kind in ("CONTROL", "FILTER")

    @property
    def multiline(self) -> bool:
        return self.kind == "STRING" and bool(options_of(self.spec).get("multiline"))

    @property
    def dynamic_prompts(self) -> bool:
        """Whether the page resolves ``{a|b}`` and comments in its text when it queues."""
        return self.at_first and options_of(self.spec).get("dynamicPrompts") is True


def declared(known: Object) -> dict[str, Json]:
    """What a class declares of its inputs, by name, in the order in which the page shows them."""
    groups = known.get("input")
    groups = groups if isinstance(groups, Mapping) else {}
    order = known.get("input_order")
    order = order if isinstance(order, Mapping) else {}
    found: dict[str, Json] = {}
    left: dict[str, Json] = {}
    for group in ("required", "optional"):
        specs = groups.get(group)
        specs = specs if isinstance(specs, Mapping) else {}
        names = order.get(group)
        # ``input_order`` where it is there: the page goes by it, and the values stand in its order.
        for name in names if isinstance(names, list) else ():
            if isinstance(name, str) and name in specs:
                found[name] = specs[name]
        left |= {name: spec for name, spec in specs.items() if name not in found}
    return {**found, **left}


def kind_of(spec: Json) -> str:
    """The type of an input; empty where nothing is declared."""
    return declared_type(spec) or ""


def of_class(known: Object) -> list[Widget]:
    """The widgets of a class with nothing chosen yet, in the order of the values; see ``added_by`` for the rest."""
    specs = declared(known)
    found: list[Widget] = []
    for name, spec in specs.items():
        # Buttons of a viewer stand in front of it, and have places like any other.
        if kind_of(spec) == "LOAD_3D" and "model_file" in specs:
            found += [Widget(f"{name} button {number}", "BUTTON", sent=False) for number in range(3)]
        found += _shown(name, spec, at_first=True)
    groups = known.get("input")
    required = groups.get("required") if isinstance(groups, Mapping) else None
    required = required if isinstance(required, Mapping) else {}
    if any(options_of(spec).get(upload) for spec in required.values() for upload in UPLOADS):
        # Its place is behind the required ones.
        at = sum(widget.name.removesuffix(" control") in required for widget in found)
        found.insert(at, Widget("upload", "BUTTON", sent=False))
    return found


def type_of_input(spec: Json) -> str:
    """The type that an input takes; for one that takes the type of what is linked, all that it may take."""
    if kind_of(spec) != MATCHED:
        return kind_of(spec)
    template = options_of(spec).get("template")
    allowed = template.get("allowed_types") if isinstance(template, Mapping) else None
    return allowed if isinstance(allowed, str) else "*"


def is_widget(spec: Json) -> bool:
    shown_as = options_of(spec).get("widgetType") or kind_of(spec)
    known = shown_as in ONE_OF or (isinstance(shown_as, str) and shown_as in _EMPTY)
    return known and not options_of(spec).get("forceInput")


def added_by(widget: Widget, value: Json) -> list[Widget]:
    """The widgets that the chosen option of a dynamic combo adds right behind it."""
    return [
        added
        for name, spec in inputs_added_by(widget.name, widget.spec, value).items()
        for added in _shown(name, spec, at_first=False)
    ]


def inputs_added_by(name: str, spec: Json, value: Json) -> dict[str, Json]:
    """The inputs, with widgets or without, that the chosen option of a dynamic combo adds; empty for any other."""
    # Each level of options adds a dot; no real class has more than three.
    if kind_of(spec) != DYNAMIC or name.count(".") > DEEPEST:
        return {}
    options = options_of(spec).get("options")
    for option in options if isinstance(options, list) else ():
        if isinstance(option, Mapping) and option.get("key") == value:
            inputs = option.get("inputs")
            inner = declared({"input": inputs if isinstance(inputs, Mapping) else {}})
            return {f"{name}.{key}": each for key, each in inner.items()}
    return {}


def grown(name: str, spec: Json) -> dict[str, Json]:
    """The inputs that a group that grows may have, by name."""
    template = options_of(spec).get("template")
    template = template if isinstance(template, Mapping) else {}
    inner = declared({"input": template.get("input")})
    names = template.get("names")
    if isinstance(names, list):
        ends = [(str(each), spec) for each in names[:MOST_GROWN] for spec in list(inner.values())[:1]]
    else:
        most = template.get("max")
        count = min(most if isinstance(most, int) else MOST_GROWN, MOST_GROWN)
        prefix = template.get("prefix")
        # With several in each step the prefix is their own name.
        starts = {str(prefix or "") if len(inner) == 1 else key: each for key, each in inner.items()}
        ends = [(f"{start}{number}", each) for number in range(count) for start, each in starts.items()]
    return {f"{name}.{end}": each for end, each in ends}


def default_of(widget: Widget) -> Json:
    """What the page puts into an empty widget, or ``NOTHING``."""
    options = options_of(widget.spec)
    if widget.kind in ONE_OF:
        choices = _choices(widget)
        # An empty default counts as none; a dynamic combo has none of its own.
        if widget.kind == "COMBO" and options.get("default"):
            return options["default"]
        return choices[0] if choices else NOTHING
    default = options.get("default")
    shown_as = options.get("widgetType") or widget.kind
    return _EMPTY.get(str(shown_as), NOTHING) if default is None else default


def first_choice(widget: Widget) -> Json:
    """What stands in for null in a list of choices; null itself where nothing can be chosen."""
    choices = _choices(widget)
    return choices[0] if choices else None


def _choices(widget: Widget) -> list[Json]:
    """As the server tells them: a number stays one."""
    spec = widget.spec
    listed = spec[0] if isinstance(spec, list) and spec and isinstance(spec[0], list) else None
    options = options_of(spec).get("options") if listed is None else listed
    if not isinstance(options, list):
        return []
    if widget.kind == DYNAMIC:
        return [option.get("key") for option in options if isinstance(option, Mapping)]
    return options


def _shown(name: str, spec: Json, *, at_first: bool) -> Iterator[Widget]:
    if not is_widget(spec):
        return
    kind, options = kind_of(spec), options_of(spec)
    shown_as = options.get("widgetType") or kind
    widget = Widget(name, kind, spec, kept=shown_as not in _NOT_KEPT, at_first=at_first)
    yield replace(widget, sent=False) if shown_as == "RESOLUTION_PREVIEW" else widget
    beside = Widget(f"{name} control", "CONTROL", sent=False, at_first=at_first)
    if _has_control(name, shown_as, options):
        yield beside
        if kind == "COMBO":
            # A second place, for words that filter the choices.
            yield replace(beside, name=f"{name} filter", kind="FILTER")
    if shown_as == "BOUNDING_BOX":
        for side in ("x", "y", "width", "height"):
            yield replace(beside, name=f"{name} {side}", kind="SIDE")


def _has_control(name: str, shown_as: Json, options: Mapping[str, Json]) -> bool:
    """Whether the page shows a "control after generate" behind this widget, whose value is in the file too."""
    control = options.get("control_after_generate")
    # Older classes say nothing; then only these two have a control.
    if shown_as == "INT":
        return name in SEEDS if control is None else bool(control)
    return shown_as in ("FLOAT", "COMBO") and bool(control)
