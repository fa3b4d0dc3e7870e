"""A graph that is run as it was sent: nothing is filled in but the files that came with it.

Whoever speaks ComfyUI's own protocol has filled the graph, drawn its seeds and chosen its words; a form that was traced
in it would only get in the way. It is kept as a version of a workflow of its own, so that it is run again as it was.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from comfyui_workflows.errors import MISREAD, WorkflowError
from comfyui_workflows.form import Form, bind
from comfyui_workflows.graph import title_of
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.outputs import kind_of
from comfyui_workflows.template import form_of
from musings.errors import Fault, InvalidInputError
from musings.makers.base import SentFile, SentGraph
from musings.models import FormField, JsonObject, Kind, WorkflowVersion

NAME = "comfyui-graph"
"""What such a workflow is called; no two of them are the same file."""
SOURCE = "comfyui"
LARGEST_BYTES = 2_000_000
"""Of a graph as JSON; the longest that was seen has a tenth of that."""


@dataclass(frozen=True)
class LiteralFile:
    """A version of this kind, read. ``shown`` is what stands in it for people: words, negative words, seed."""

    graph: Object
    form: Form
    kind: Kind
    shown: JsonObject


def taken(graph: Object, files: Mapping[str, SentFile], classes: Object | None) -> SentGraph:
    """A graph as a version that a prompt can carry, with a field of the form for each of ``files``.

    ``classes`` help to tell what it makes. Raises ``InvalidInputError`` for a graph that is too large.
    """
    shown, words = _shown(graph, classes)
    told = kind_of(graph, classes)
    kind = Kind(told.value) if told is not None and told.value in set(Kind) else Kind.IMAGE
    # Places by node and input: nothing in a literal graph is ever looked for by title.
    places = {name: {"node": each.node, "input": each.input, "type": each.type} for name, each in files.items()}
    text = json.dumps(graph, ensure_ascii=False)
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_BYTES:
        raise InvalidInputError([Fault("prompt", f"is larger than {LARGEST_BYTES:,} bytes")])
    kept = {
        "file": f"{NAME}.json",
        "text": text,
        "sidecar": None,
        "literal": {"kind": kind, "shown": shown, "files": places},
    }
    content = json.dumps(kept)
    version = WorkflowVersion(hashlib.sha256(content.encode()).hexdigest(), NAME, SOURCE, content)
    return SentGraph(version, kind, words, _form(graph, places).fields)


def read(kept: Mapping[str, Any]) -> LiteralFile | None:
    """The content of a version; None for one that is no literal graph."""
    said = kept.get("literal")
    if not isinstance(said, Mapping):
        return None
    graph: Object = json.loads(str(kept["text"]))
    return LiteralFile(graph, _form(graph, said["files"]), Kind(said["kind"]), said["shown"])


def _form(graph: Object, places: Mapping[str, Mapping[str, str]]) -> Form:
    fields = tuple(
        FormField(name, each["type"], f"{title_of(graph, each['node'])}, {each['input']}")
        for name, each in places.items()
    )
    return Form(fields, tuple(bind(graph, name, each["node"], each["input"]) for name, each in places.items()))


def _shown(graph: Object, classes: Object | None) -> tuple[dict[str, Any], str | None]:
    """What a person would want to know of a graph, as far as it can be traced; the words of its prompt besides."""
    try:
        form = form_of(NAME, dict(graph), classes).form
    # For people alone: a graph in which nothing can be traced runs all the same.
    except (WorkflowError, *MISREAD):
        return {}, None
    fields = (form.prompt_field, form.by_role("negative_prompt"), form.by_role("seed"))
    told = dict(zip(("prompt", "negative_prompt", "seed"), fields, strict=True))
    shown = {name: _value_of(graph, form, field) for name, field in told.items() if field is not None}
    words = str(shown.get("prompt") or "").strip()
    return {name: value for name, value in shown.items() if value is not None}, words or None


def _value_of(graph: Object, form: Form, field: FormField) -> Json:
    """What stands in a graph where a field goes: a form leaves out what it would draw, such as a seed."""
    place = next((each for each in form.bindings if each.field == field.name), None)
    return None if place is None else graph[place.node]["inputs"].get(place.input)
