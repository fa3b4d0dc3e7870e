"""Reads ``NAME.form.toml``, the file beside a workflow that corrects or completes what tracing found.

::

    title = "Fox painter"            # how the page calls it
    description = "SD 1.5, 20 steps"
    kind = "image"                   # text, image, music or voice

    [fields.prompt]                  # a traced field, or a new one node = "6"                       # a node id, or a
    title that one node alone has input = "text" label = "What to paint"          # and type, role, default, minimum,
    maximum, step, choices, help, required, advanced

    [fields.both]
    bind = [{ node = "6", input = "text" }, { node = "7", input = "text" }]

    [fields.cfg]
    hidden = true                    # takes a traced field off the form

    [command]                        # for a script that SaveAsScript did not make
    arguments = ["--prompt", "{prompt}", "--seed", "{seed}", "--out", "{output}"]
    report = "directory"             # or "json": a list of paths as the last line of its output
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from musings.comfy.fields import Spot, field_at
from musings.comfy.form import Binding, Form, bind
from musings.comfy.graph import title_of
from musings.comfy.protocol import Object
from musings.errors import UserFault
from musings.models import FormField, Kind

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
PLACE_KEYS = ("node", "input", "bind", "hidden")
COMMAND_KEYS = ("arguments", "report")
TYPES = ("text", "longtext", "int", "float", "bool", "choice", "image", "audio")


@dataclass(frozen=True)
class Command:
    """How to call a script of another make. ``{name}`` in an argument stands for a value of the form or ``output``."""

    arguments: tuple[str, ...]
    report: str


@dataclass(frozen=True)
class Sidecar:
    """What the file says; ``fields`` are its tables, checked for their keys."""

    title: str | None = None
    description: str = ""
    kind: Kind | None = None
    fields: Mapping[str, Mapping[str, Any]] | None = None
    command: Command | None = None


def parse(name: str, text: str) -> Sidecar:
    """Read a sidecar. Raises ``UserFault`` that names the file and the key."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserFault(f"{name} is not TOML: {error}.") from error
    _only(name, "", data, TOP_KEYS)
    fields = data.get("fields", {})
    for field, table in fields.items():
        if not isinstance(table, dict):
            raise UserFault(f"{name}: fields.{field} is not a table.")
        _only(name, f"fields.{field}.", table, (*FIELD_KEYS, *PLACE_KEYS))
        if table.get("type", "text") not in TYPES:
            raise UserFault(f"{name}: fields.{field}.type is {table['type']!r}; it may be {', '.join(TYPES)}.")
    kind = data.get("kind")
    if kind is not None and kind not in list(Kind):
        raise UserFault(f"{name}: kind is {kind!r}; it may be {', '.join(Kind)}.")
    return Sidecar(
        title=data.get("title"),
        description=data.get("description", ""),
        kind=Kind(kind) if kind else None,
        fields=fields,
        command=_command(name, data["command"]) if "command" in data else None,
    )


def apply(sidecar: Sidecar, form: Form, graph: Object, object_info: Object | None = None, name: str = "") -> Form:
    """The form as the sidecar wants it. Raises ``UserFault`` for a place that the graph does not have."""
    fields = {field.name: field for field in form.fields}
    bindings = {
        field.name: [binding for binding in form.bindings if binding.field == field.name] for field in form.fields
    }
    for field, table in (sidecar.fields or {}).items():
        if table.get("hidden"):
            fields.pop(field, None)
            bindings.pop(field, None)
            continue
        places = _places(name, field, table, graph)
        if places:
            bindings[field] = [bind(graph, field, spot.node, spot.input) for spot in places]
            fields[field] = fields.get(field) or field_at(
                graph, object_info, places[0], name=field, role=None, label=None, kind=None, advanced=False
            )
        elif field not in fields:
            raise UserFault(f"{name}: fields.{field} is not on the form, so it needs a node and an input.")
        fields[field] = changed(fields[field], table)
    kept: list[Binding] = [binding for field in fields for binding in bindings[field]]
    return Form(tuple(fields.values()), tuple(kept))


def changed(field: FormField, table: Mapping[str, Any]) -> FormField:
    """The field with the keys of a table in place of its own; one with choices becomes a choice."""
    keys = {key: table[key] for key in FIELD_KEYS if key in table}
    if "choices" in keys:
        keys["choices"] = tuple(str(choice) for choice in keys["choices"])
        keys.setdefault("type", "choice")
    return replace(field, **keys)


def _places(name: str, field: str, table: Mapping[str, Any], graph: Object) -> list[Spot]:
    given = table.get("bind") or ([table] if "node" in table or "input" in table else [])
    places = []
    for place in given:
        node = _find(graph, str(place.get("node", "")))
        where = str(place.get("input", ""))
        if node is None:
            raise UserFault(f"{name}: fields.{field}: no single node has the id or title {place.get('node')!r}.")
        if where not in graph[node].get("inputs", {}):
            inputs = ", ".join(graph[node].get("inputs", {}))
            raise UserFault(f"{name}: fields.{field}: node {node} has no input {where!r}; it has {inputs}.")
        places.append(Spot(node, where))
    return places


def _find(graph: Object, wanted: str) -> str | None:
    if wanted in graph:
        return wanted
    titled = [node for node in graph if title_of(graph, node) == wanted]
    return titled[0] if len(titled) == 1 else None


def _command(name: str, table: Mapping[str, Any]) -> Command:
    _only(name, "command.", table, COMMAND_KEYS)
    arguments, report = table.get("arguments"), table.get("report", "directory")
    if not isinstance(arguments, list) or not all(isinstance(word, str) for word in arguments):
        raise UserFault(f"{name}: command.arguments is not a list of texts.")
    if report not in ("directory", "json"):
        raise UserFault(f"{name}: command.report is {report!r}; it may be directory or json.")
    return Command(tuple(arguments), report)


def _only(name: str, where: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            raise UserFault(f"{name}: there is no key {where}{key}; the keys are {', '.join(known)}.")
