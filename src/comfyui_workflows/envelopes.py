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
from dataclasses import dataclass

from comfyui_workflows.errors import OtherProgramError, UnreadableFileError
from comfyui_workflows.generation_settings import GenerationSettings, is_invoke, of_infotext, of_json, of_texts
from comfyui_workflows.json_types import Json, Object, loads
from comfyui_workflows.metadata.collected import Content
from comfyui_workflows.metadata.reading import GRAPHS, FileTexts, texts_in

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
EMBEDDED = "embedded_in"
"""The name of the file that a workflow was taken out of, in what is kept of it."""
NOTES = ("Note", "MarkdownNote")
"""Classes of ComfyUI's page that no server has, and that do nothing."""
# In front of each pattern: what stands inside a text must not be changed. One that is never closed goes to the end; to
# look for its end from each of its quotes again would take for ever.
STRING = r'"(?:\\.|[^"\\])*+"?'
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


@dataclass(frozen=True)
class OpenedFile:
    """What is in a file.

    ``graphs`` are those in a file, in API or saved format, the one to use first.

    ``remarks`` are sentences about what was left out and where the graph was found. ``embedded``: it came out of a
    picture, a sound or a film.
    """

    graphs: tuple[Object, ...]
    remarks: tuple[str, ...] = ()
    embedded: bool = False

    @property
    def plain(self) -> Object | None:
        """The graph in API format, which needs no class table; None without one."""
        return next((each for each in self.graphs if is_api(each)), None)


def text_of(name: str, content: str | Content) -> str:
    """The text of a file: UTF-8, or what its byte order mark says. Raises ``UnreadableFileError`` for no text."""
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    head = content[:4]
    encoding = next((each for mark, each in _MARKS if head.startswith(mark)), None) or _wide(head) or "utf-8"
    try:
        return content[:].decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"{name} is no text: byte {error.start} is not {encoding.upper()}.") from error


def opened(name: str, content: str | Content) -> Object:
    """The graph in a file, in API or saved format, out of its wrappers.

    Raises ``UnreadableFileError`` that says what the file is instead, or which value in it nothing can take.
    """
    return open_file(name, content).graphs[0]


def open_file(name: str, content: str | Content) -> OpenedFile:
    """Every graph in a file: JSON, or a picture, a sound or a film that carries some. Raises as :func:`opened`.

    Of a file that has both formats, a wrapper's API format comes first, because that is what was run, and needs no
    class table; out of a picture the saved one does, because it is what its author drew.
    """
    carrier = None if isinstance(content, str) else texts_in(content)
    if carrier is not None:
        return _embedded(name, carrier)
    text = text_of(name, content)
    data, mended = _json(name, text)
    # Before anything is looked for, so that no later step meets what it cannot carry.
    if fault := unsound(data):
        raise UnreadableFileError(f"{name}: {fault}.", hint=HOW_TO_EXPORT)
    if not isinstance(data, Mapping | list) or not data:
        raise UnreadableFileError(f"{name} is JSON, but not a workflow.", hint=HOW_TO_EXPORT)
    found = _in_order(name, data)
    carrier_name = data.get(EMBEDDED) if isinstance(data, Mapping) else None
    if carrier_name is not None:
        found.sort(key=is_api)
    if not found:
        raise _none(name, data)
    remarks = ["Comments and commas that JSON does not have were left out."] if mended else []
    if carrier_name is not None:
        remarks.append(f"It was found in {carrier_name}.")
    elif isinstance(data, Mapping) and "comfy_prompt" in data:
        remarks.append("It was exported by SwarmUI.")
    elif found[0] is not data:
        remarks.append("It was found inside of another object.")
    return OpenedFile(*_told(found, remarks), embedded=carrier_name is not None)


def as_text(file_name: str, found: OpenedFile) -> str:
    """What a picture, a sound or a film carries, as a file of its own, which opens as that one does."""
    saved = next((each for each in found.graphs if not is_api(each)), None)
    both = {"workflow": saved, "prompt": found.plain}
    return json.dumps({EMBEDDED: file_name, **{name: each for name, each in both.items() if each is not None}})


def is_api(data: Object) -> bool:
    return any(isinstance(node, Mapping) and "class_type" in node for node in data.values())


def is_saved(data: Object) -> bool:
    """Whether an object is a workflow as ComfyUI's page saves it, and not as another program with nodes does."""
    return isinstance(data.get("nodes"), list) and ("links" in data or not {"edges", "connections"} & set(data))


def _embedded(name: str, carrier: FileTexts) -> OpenedFile:
    """What a picture, a sound or a film carries."""
    parsed = {key: found[0] for key, text in carrier.texts.items() if (found := _written(text))}
    # Their own names first: a comment may hold anything.
    order = sorted(parsed, key=lambda key: GRAPHS.index(key) if key in GRAPHS else len(GRAPHS))
    found = [each for key in order for each in _in_order(name, parsed[key])]
    found.sort(key=is_api)  # the saved one first, else as they came
    if found:
        return OpenedFile(*_told(found, [f"It was found in {carrier.kind}."]), embedded=True)
    settings = of_texts(carrier.texts, parsed)
    if settings is not None:
        words = f"{name} is {carrier.kind} made by {settings.program}; no ComfyUI workflow is in it."
        raise _of_other_program(words, settings)
    raise UnreadableFileError(
        f"{name} is {carrier.kind}, and no ComfyUI workflow is in it.",
        hint="Many sites and messengers remove it: take the file as ComfyUI saved it, or the workflow itself.",
    )


def _told(found: Sequence[Object], remarks: list[str]) -> tuple[tuple[Object, ...], tuple[str, ...]]:
    """The graphs without what is kept beside their nodes, and remarks about that."""
    first, plain = found[0], [each for each in found if is_api(each)]
    if any(each != plain[0] for each in plain[1:]):
        remarks.append(f"It holds {len(plain)} workflows; the first is used.")
    if is_api(first):
        beside = [str(key) for key, value in first.items() if not _is_node(value)]
        notes = [str(key) for key, value in first.items() if _is_note(first, value)]
        if beside:
            remarks.append(f"Left out, because they are no nodes: {', '.join(beside[:10])}.")
        if notes:
            remarks.append(f"Notes were left out: {', '.join(notes[:10])}.")
    return tuple(_without_notes(each) for each in found), tuple(remarks)


def _is_node(value: Json) -> bool:
    return isinstance(value, Mapping) and "class_type" in value


def _is_note(graph: Object, value: Json) -> bool:
    """Whether a node is a note, which lives on ComfyUI's page alone, and which some programs export all the same."""
    return _is_node(value) and value["class_type"] in NOTES and len(graph) > 1


def _without_notes(graph: Object) -> Object:
    notes = {key for key, value in graph.items() if _is_note(graph, value)}
    # As it is where there is nothing to leave out: most graphs have none, and some are large.
    return {key: value for key, value in graph.items() if key not in notes} if notes else graph


def _in_order(name: str, data: Json) -> list[Object]:
    """Every graph in some data, those in API format first."""
    graphs = list(_graphs(data))
    found = [each for fits in (is_api, is_saved) for each in graphs if fits(each)]
    if any(len(each) > MOST_NODES for each in found):
        raise UnreadableFileError(f"{name} has more than {MOST_NODES:,} nodes, which no workflow has.")
    return found


def _none(name: str, data: Json) -> UnreadableFileError:
    """What to say of JSON that holds no graph of ComfyUI."""
    settings = of_json(data)
    if settings is not None:
        if isinstance(data, Mapping) and is_invoke(data):
            return _of_other_program(f"{name} is a workflow of {settings.program}, not of ComfyUI.", settings)
        return _of_other_program(_SETTINGS_ONLY.format(name, settings.program), settings)
    if isinstance(data, Mapping) and isinstance(data.get("nodes"), list):
        return UnreadableFileError(
            f"{name} is a workflow of another program: its nodes are connected otherwise than ComfyUI's.",
            hint=HOW_TO_EXPORT,
        )
    return UnreadableFileError(f"{name} is JSON, but not a ComfyUI workflow.", hint=HOW_TO_EXPORT)


_SETTINGS_ONLY = "{} holds settings of {}, and no ComfyUI workflow."


def _of_other_program(message: str, settings: GenerationSettings) -> OtherProgramError:
    told = ", ".join(f"{role.replace('_', ' ')} {value!r:.80}" for role, value in settings.values.items())
    hint = f"It can fill the form of any workflow: {told}." if told else HOW_TO_EXPORT
    return OtherProgramError(message, hint=hint, settings=settings)


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: JSON begins with a sign of ASCII, so one of the first two bytes is zero."""
    if len(head) < 2 or (head[0] == 0) == (head[1] == 0):
        return None
    return "utf-16-be" if head[0] == 0 else "utf-16-le"


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


def _json(name: str, text: str) -> tuple[Json, bool]:
    """What a text says as JSON, and whether comments or commas had to be left out for it."""
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
            return loads(text), False
        except ValueError:
            if settings := of_infotext(text):
                raise _of_other_program(_SETTINGS_ONLY.format(name, settings.program), settings) from None
            bare = _without_asides(text)
            plain = BARE_PLACEHOLDER.sub(_quoted, bare)
            if plain == text:
                raise
            return loads(plain), bare != text
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
        found = loads(text)
    except ValueError:
        return ()
    return () if unsound(found) else (found,)
