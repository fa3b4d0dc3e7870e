"""Opens a workflow file: its text in whatever encoding, and the graph in whatever wrapper. Pure.

Source: what people's files are. Beside the bare graph there are the body of ``POST /prompt``, entries of a history and
the bodies of workers and proxies: ``{"input": {"workflow": {…}}}``, ``{"workflow": "…"}``, a list of one. What no JSON
can carry there and back, and no page can show, is refused here with its place, so that nothing later meets it.
"""

import codecs
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence

from comfyui_workflows.errors import UnreadableFileError
from comfyui_workflows.json_types import Json, Object, loads

HOW_TO_EXPORT = "In ComfyUI choose Workflow, Export (API), and use that file instead."
# ComfyUI's seeds are whole numbers of 64 bits.
LARGEST_NUMBER = 2**64
# Python's own limit would end in an error that names no place.
DEEPEST = 100
# The largest official templates have hundreds; a file of millions would hold up every list.
MOST_NODES = 10_000
# Enough for a request in a list in a worker's body; deeper is something else.
MOST_WRAPPERS = 5
# A file without any graph should be refused quickly.
MOST_LOOKED_AT = 5_000
# In front of each pattern: what stands inside a text must not be changed.
STRING = r'"(?:\\.|[^"\\])*"'
BARE_PLACEHOLDER = re.compile(rf"{STRING}|%[A-Za-z_][A-Za-z0-9_]*%")
ASIDES = re.compile(rf"{STRING}|//[^\n]*|/\*(?:[\s\S]*?\*/|[\s\S]*)")
LAST_COMMA = re.compile(rf"{STRING}|,(?=\s*[\]}}])")
# Longest first: the mark of UTF-16 is the beginning of that of UTF-32.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def text_of(name: str, content: str | bytes) -> str:
    """The text of a file: UTF-8, or what its byte order mark says. Raises ``UnreadableFileError`` for no text."""
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    encoding = next((each for mark, each in _MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"{name} is no text: byte {error.start} is not {encoding.upper()}.") from error


def opened(name: str, content: str | bytes) -> Object:
    """The graph in a file, in API or saved format, out of its wrappers.

    Raises ``UnreadableFileError`` that says what the file is instead, or which value in it nothing can take.
    """
    data = _json(name, text_of(name, content))
    # Before anything is looked for, so that no later step meets what it cannot carry.
    if fault := unsound(data):
        raise UnreadableFileError(f"{name}: {fault}.", hint=HOW_TO_EXPORT)
    if not isinstance(data, Mapping | list) or not data:
        raise UnreadableFileError(f"{name} is JSON, but not a workflow.", hint=HOW_TO_EXPORT)
    found = list(_graphs(data))
    # A client's wrapper often has both: the API format is what was run, and needs no class table.
    for fits in (is_api, is_saved):
        for each in found:
            if fits(each):
                if len(each) > MOST_NODES:
                    raise UnreadableFileError(f"{name} has more than {MOST_NODES:,} nodes, which no workflow has.")
                return each
    raise UnreadableFileError(f"{name} is JSON, but not a ComfyUI workflow.", hint=HOW_TO_EXPORT)


def is_api(data: Object) -> bool:
    return any(isinstance(node, Mapping) and "class_type" in node for node in data.values())


def is_saved(data: Object) -> bool:
    return isinstance(data.get("nodes"), list)


def unsound(data: Json) -> str | None:
    """What in a value JSON cannot carry or no page can show, with its place; None when all is well."""
    # With a list of our own instead of calls: the depth of a file is not in our hands.
    waiting: list[tuple[str, Json, int]] = [("", data, 0)]
    while waiting:
        where, value, depth = waiting.pop()
        if depth > DEEPEST:
            return f"it is nested more than {DEEPEST} deep, which no workflow is"
        if isinstance(value, Mapping):
            for key, inner in value.items():
                if broken := _unsound_text(str(key)):
                    return f"a name in {where or 'it'} {broken}"
                waiting.append((f"{where}.{key}".lstrip("."), inner, depth + 1))
        elif isinstance(value, list):
            waiting += [(f"{where}[{place}]", inner, depth + 1) for place, inner in enumerate(value)]
        elif broken := _unsound_text(value) if isinstance(value, str) else _unsound_number(value):
            return f"{where} {broken}"
    return None


def _unsound_text(value: str) -> str | None:
    try:
        # Half a surrogate pair is valid in JSON, and no program can write it.
        value.encode("utf-8")
    except UnicodeEncodeError:
        return "holds half of a surrogate pair, which is no character"
    return None


def _unsound_number(value: Json) -> str | None:
    if not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return "is a number too large for any program"
    return "is a number larger than ComfyUI takes" if abs(value) > LARGEST_NUMBER else None


def _json(name: str, text: str) -> Json:
    if not text.strip():
        raise UnreadableFileError(f"{name} is empty.", hint=HOW_TO_EXPORT)
    # A login page that was saved under the name of the workflow.
    if text.lstrip()[:1] == "<":
        raise UnreadableFileError(
            f"{name} is a web page, perhaps an error page saved in its place.", hint=HOW_TO_EXPORT
        )
    try:
        try:
            # As it is first: nearly all files are right, and mending costs a second pass.
            return loads(text)
        except ValueError:
            plain = BARE_PLACEHOLDER.sub(_quoted, _without_asides(text))
            if plain == text:
                raise
            return loads(plain)
    except RecursionError as error:
        words = f"{name} is not JSON that can be read: it is nested too deeply."
        raise UnreadableFileError(words, hint=HOW_TO_EXPORT) from error
    except ValueError as error:
        raise UnreadableFileError(f"{name} is not JSON: {error}.", hint=HOW_TO_EXPORT) from error


def _quoted(found: re.Match[str]) -> str:
    """A placeholder as a text: some templates are JSON only when they are filled."""
    # A text that happens to look like one stays a text.
    return found[0] if found[0].startswith('"') else f'"{found[0]}"'


def _without_asides(text: str) -> str:
    """Without what people write into JSON that has no place for it: comments, and a comma after the last."""
    text = ASIDES.sub(lambda found: found[0] if found[0].startswith('"') else " ", text)
    return LAST_COMMA.sub(lambda found: found[0] if found[0].startswith('"') else "", text)


def _graphs(data: Json) -> Iterator[Object]:
    """Every object that may be a graph, the outermost first."""
    layer: list[Json] = [data]
    looked_at = 0
    for _ in range(MOST_WRAPPERS):
        deeper: list[Json] = []
        for value in layer:
            looked_at += 1
            if looked_at > MOST_LOOKED_AT:
                return
            if isinstance(value, Mapping):
                yield value
                # A graph is not looked into: a node's text may itself hold JSON.
                if not is_api(value) and not is_saved(value):
                    deeper += value.values()
            elif isinstance(value, list):
                deeper += value
            elif isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
                deeper += _written(value)
        layer = deeper


def _written(text: str) -> Sequence[Json]:
    """What JSON that is kept as a text says."""
    try:
        # A text that only begins like JSON is no workflow.
        found = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    return () if unsound(found) else (found,)
