"""Reads ``NAME.form.toml``, the file beside a workflow that corrects or completes what tracing found.

::

    title = "Fox painter"            # how the page calls it
    description = "SD 1.5, 20 steps"
    kind = "image"                   # text, image, music, voice, video or 3d

    [fields.prompt]                  # a traced field, or a new one
    node = "6"                       # a node id, or a title that one node alone has
    input = "text"
    class = "CLIPTextEncode"         # with the class, and the title where several have it, a place is found
    title = "Positive"               # again after an export that numbers the nodes anew
    label = "What to paint"          # and the other keys of FIELD_KEYS

    [fields.both]
    bind = [{ node = "6", input = "text" }, { node = "7", input = "text" }]

    [fields.cfg]
    hidden = true                    # takes a traced field off the form

    [command]                        # for a script that SaveAsScript did not make
    arguments = ["--prompt", "{prompt}", "--seed", "{seed}", "--out", "{output}"]
    environment = { WORDS = "{prompt}" }
    report = "directory"             # or "json": a list of paths as the last line of its output
"""

import dataclasses
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from comfyui_workflows.envelopes import LARGEST_NUMBER, text_of
from comfyui_workflows.errors import SidecarError
from comfyui_workflows.form import Binding, Form, bind, place_of
from comfyui_workflows.form_field import FormField
from comfyui_workflows.graph import title_of
from comfyui_workflows.json_types import Object
from comfyui_workflows.kinds import WorkflowKind
from comfyui_workflows.node_inputs import Spot, field_at

TOP_KEYS = ("title", "description", "kind", "fields", "command")
FIELD_KEYS = (
    "label",
    "type",
    "role",
    "default",
    "minimum",
    "maximum",
    "step",
    "choices",
    "help",
    "required",
    "advanced",
)
PLACE_KEYS = ("node", "input", "class", "title", "bind", "hidden")
BIND_KEYS = ("node", "input", "class", "title")
COMMAND_KEYS = ("arguments", "environment", "report")
TYPES = ("text", "longtext", "int", "float", "bool", "choice", "image", "audio", "video")


@dataclass(frozen=True)
class Passed:
    """How a field is passed when it has a value: ``flag=value``, or for a switch the word for true or for false."""

    field: str
    flag: str
    on: str | None = None
    off: str | None = None

    def word(self, value: object) -> str | None:
        """The word for a value; None where there is nothing to pass."""
        # None for an option without a value; False must still be passed where there is a word for it.
        if self.on is None and self.off is None:
            return None if value is None else f"{self.flag}={value}"
        return self.on if value else self.off


@dataclass(frozen=True)
class Command:
    """How to call a script of another make.

    ``{name}`` in an argument, and in the value of a variable of its ``environment``, stands for a value of the form or
    ``output``; ``passed`` are fields that go as options of their own. ``report`` is ``directory``, ``json``, or
    ``either``: what the last line names where that is JSON, else what is in the directory.
    """

    arguments: tuple[str, ...]
    report: str
    environment: Mapping[str, str] = dataclasses.field(default_factory=dict)
    passed: tuple[Passed, ...] = ()

    def uses(self, name: str) -> bool:
        """Whether a value of the form goes anywhere."""
        named = any(f"{{{name}}}" in word for word in (*self.arguments, *self.environment.values()))
        return named or any(each.field == name for each in self.passed)


@dataclass(frozen=True)
class Sidecar:
    """What the file says; ``fields`` are its tables, checked for their keys."""

    title: str | None = None
    description: str = ""
    kind: WorkflowKind | None = None
    fields: Mapping[str, Mapping[str, Any]] | None = None
    command: Command | None = None


def read_sidecar(name: str, content: str | bytes) -> Sidecar:
    """Read a sidecar. Raises ``SidecarError`` that names the file and the key, ``UnreadableFileError`` for no text."""
    try:
        data = tomllib.loads(text_of(name, content))
    except RecursionError as error:  # Python's own words for it depend on how deep its caller stands
        raise SidecarError(f"{name} is not TOML that can be read: it is nested too deeply.") from error
    except tomllib.TOMLDecodeError as error:
        raise SidecarError(f"{name} is not TOML: {error}.") from error
    # Unknown keys are refused: a key with a typing error would otherwise do nothing, in silence.
    _only(name, "", data, TOP_KEYS)
    for key in ("title", "description", "kind"):
        _typed(name, key, data, key)
    fields = _table(name, "fields", data.get("fields", {}))
    for field, table in fields.items():
        _field(name, f"fields.{field}", _table(name, f"fields.{field}", table))
    kind = data.get("kind")
    if kind is not None and kind not in list(WorkflowKind):
        raise SidecarError(f"{name}: kind is {kind!r}; it may be {', '.join(WorkflowKind)}.")
    return Sidecar(
        title=data.get("title"),
        description=data.get("description", ""),
        kind=WorkflowKind(kind) if kind else None,
        fields=fields,
        command=_command(name, _table(name, "command", data["command"])) if "command" in data else None,
    )


def apply(
    sidecar: Sidecar,
    form: Form,
    graph: Object,
    object_info: Object | None = None,
    name: str = "",
    before: Form | None = None,
) -> Form:
    """The form as the sidecar wants it. Raises ``SidecarError`` for a place that the graph does not have.

    ``before`` is the form that the sidecar made of an earlier export: its places are found again by class, title and
    input, and a field whose places are gone is left out. The sidecar has to be the same as then.
    """
    known = {(each.field, each.node, each.input): each for each in (before.bindings if before else ())}
    fields = {field.name: field for field in form.fields}
    bindings = {
        field.name: [binding for binding in form.bindings if binding.field == field.name] for field in form.fields
    }
    # Field by field in the order of the file, which is the order on the page for new ones.
    for field, table in (sidecar.fields or {}).items():
        if table.get("hidden"):
            fields.pop(field, None)
            # Its places keep what the file has.
            bindings.pop(field, None)
            continue
        places = _places(name, field, table, graph, known)
        if not places and before is not None and _names_place(table):
            # It had a place, and the new export has none like it: the rest of the form is still good.
            fields.pop(field, None)
            bindings.pop(field, None)
            continue
        if places:
            # Its places replace the traced ones: the author knows better.
            bindings[field] = [bind(graph, field, spot.node, spot.input, object_info) for spot in places]
            fields[field] = fields.get(field) or field_at(
                graph, object_info, places[0], name=field, role=None, label=None, kind=None, advanced=False
            )
        elif field not in fields:
            raise SidecarError(f"{name}: fields.{field} is not on the form, so it needs a node and an input.")
        fields[field] = changed(fields[field], table, name)
    kept: list[Binding] = [binding for field in fields for binding in bindings[field]]
    return Form(tuple(fields.values()), tuple(kept))


def changed(field: FormField, table: Mapping[str, Any], name: str = "") -> FormField:
    """The field with the keys of a table in place of its own; one with choices becomes a choice.

    Raises ``SidecarError`` that names the sidecar ``name``, for a default or bounds that the type does not have.
    """
    # Only keys of the field itself; places were handled before.
    keys = {key: table[key] for key in FIELD_KEYS if key in table}
    if "choices" in keys:
        keys["choices"] = tuple(str(choice) for choice in keys["choices"])
        # Choices alone mean a choice, unless the sidecar names a type.
        keys.setdefault("type", "choice")
    found = replace(field, **keys)
    where = f"{name}: fields.{field.name}"
    if found.minimum is not None and found.maximum is not None and found.minimum > found.maximum:
        raise SidecarError(f"{where}: its minimum {found.minimum:g} is above its maximum {found.maximum:g}.")
    # These are texts on the page, whatever the file had.
    if found.type in ("text", "longtext", "choice", "image", "audio", "video"):
        return found if found.default is None else replace(found, default=str(found.default))
    fits = _is_bool(found.default) if found.type == "bool" else _is_number(found.default)
    if found.default is None or fits:
        # Only the author's own default is a fault of the sidecar.
        return found
    if "default" in table:
        raise SidecarError(f"{where}.default is {table['default']!r:.80}, and the type of the field is {found.type}.")
    return replace(found, default=None)  # the file's own value, which the new type does not have


def _names_place(table: Mapping[str, Any]) -> bool:
    return any(key in table for key in ("bind", *BIND_KEYS))


def _places(
    name: str,
    field: str,
    table: Mapping[str, Any],
    graph: Object,
    known: Mapping[tuple[str, str, str], Binding],
) -> list[Spot]:
    """Where a field goes. ``known`` are the places of an earlier export, by field, node and input."""
    given = table.get("bind") or ([table] if _names_place(table) else [])
    places = []
    for place in given:
        # A number as a node is common in TOML, and ids are texts.
        wanted, where = str(place.get("node", "")), str(place.get("input", ""))
        earlier = _earlier(known, field, wanted, where)
        meant = Binding(
            field,
            wanted,
            str(place.get("class") or (earlier.class_type if earlier else "")),
            str(place.get("title") or (earlier.title if earlier else "")),
            where,
        )
        node = _find(graph, wanted) if not meant.class_type else _found_again(graph, meant)
        if node is None and earlier is not None:
            continue
        if node is None:
            what = f"class {meant.class_type}" if meant.class_type and not wanted else f"id or title {wanted!r}"
            raise SidecarError(f"{name}: fields.{field}: no single node has the {what}.")
        if where not in graph[node].get("inputs", {}):
            inputs = ", ".join(graph[node].get("inputs", {}))
            raise SidecarError(f"{name}: fields.{field}: node {node} has no input {where!r}; it has {inputs}.")
        places.append(Spot(node, where))
    return places


def _earlier(known: Mapping[tuple[str, str, str], Binding], field: str, node: str, where: str) -> Binding | None:
    """The earlier place that a sidecar means: by its id, else its title, else the only one of the field."""
    if exact := known.get((field, node, where)):
        return exact
    mine = [each for each in known.values() if (each.field, each.input) == (field, where)]
    titled = [each for each in mine if each.title == node]
    # After a first export its id is another than the sidecar's, which nobody has changed.
    return next((each[0] for each in (titled, mine) if len(each) == 1), None)


def _found_again(graph: Object, meant: Binding) -> str | None:
    """The node of a place that is known by its class, and perhaps its title."""
    of_its_class = [node for node, data in graph.items() if data.get("class_type") == meant.class_type]
    if meant.node in of_its_class and meant.title in ("", title_of(graph, meant.node)):
        return meant.node
    return place_of(graph, meant, of_its_class)


def _find(graph: Object, wanted: str) -> str | None:
    if wanted in graph:
        return wanted
    titled = [node for node in graph if title_of(graph, node) == wanted]
    # Two nodes with one title: none is meant more than the other.
    return titled[0] if len(titled) == 1 else None


def _command(name: str, table: Mapping[str, Any]) -> Command:
    _only(name, "command.", table, COMMAND_KEYS)
    arguments, report = table.get("arguments", []), table.get("report", "directory")
    if not isinstance(arguments, list) or not all(isinstance(word, str) for word in arguments):
        raise SidecarError(f"{name}: command.arguments is not a list of texts.")
    # ``either`` is for scripts without a sidecar; an author knows which it is.
    if report not in ("directory", "json"):
        raise SidecarError(f"{name}: command.report is {report!r}; it may be directory or json.")
    environment = _table(name, "command.environment", table.get("environment", {}))
    for variable, value in environment.items():
        if not isinstance(value, str):
            raise SidecarError(f"{name}: command.environment.{variable} is not a text.")
        # A system cuts or refuses such a variable.
        if not variable or "=" in variable or "\0" in variable + value:
            raise SidecarError(f"{name}: command.environment.{variable} is no name and value that a system takes.")
    return Command(tuple(arguments), report, dict(environment))


def _field(name: str, where: str, table: Mapping[str, Any]) -> None:
    """Check the keys of a field and the type of each value."""
    _only(name, f"{where}.", table, (*FIELD_KEYS, *PLACE_KEYS))
    for key in table:
        _typed(name, f"{where}.{key}", table, key)
    if table.get("type", "text") not in TYPES:
        raise SidecarError(f"{name}: {where}.type is {table['type']!r}; it may be {', '.join(TYPES)}.")


def _typed(name: str, where: str, table: Mapping[str, Any], key: str) -> None:
    fits, wanted = _VALUES[key]
    if key in table and not fits(table[key]):
        raise SidecarError(f"{name}: {where} is {table[key]!r:.80}; it must be {wanted}.")


def _table(name: str, where: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise SidecarError(f"{name}: {where} is not a table.")
    return value


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_number(value: Any) -> bool:
    # True is a number in Python, and a huge number none in a browser.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER


def _is_plain(value: Any) -> bool:
    return _is_text(value) or _is_bool(value) or _is_number(value)


def _is_choices(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_plain(each) for each in value)


def _is_bind(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, dict)
        and "input" in each
        and ("node" in each or "class" in each)
        and set(each) <= set(BIND_KEYS)
        and all(map(_is_plain, each.values()))
        for each in value
    )


_TEXT: tuple[Callable[[Any], bool], str] = (_is_text, "a text")
_NUMBER: tuple[Callable[[Any], bool], str] = (_is_number, "a number")
_BOOL: tuple[Callable[[Any], bool], str] = (_is_bool, "true or false")
_PLAIN: tuple[Callable[[Any], bool], str] = (_is_plain, "a text, a number, true or false")
_VALUES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(("title", "description", "kind", "label", "type", "role", "help", "input", "class"), _TEXT),
    **dict.fromkeys(("minimum", "maximum", "step"), _NUMBER),
    **dict.fromkeys(("hidden", "required", "advanced"), _BOOL),
    **dict.fromkeys(("default", "node"), _PLAIN),
    "choices": (_is_choices, "a list of texts or numbers"),
    "bind": (_is_bind, 'a list of tables such as {node = "6", input = "text"}'),
}


def _only(name: str, where: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            raise SidecarError(f"{name}: there is no key {where}{key}; the keys are {', '.join(known)}.")
