"""``python -m comfyui_workflows convert|form [--object-info FILE] --out DIR FILES…``.

``convert`` writes the graph of each file in API format as ComfyUI's page would queue it, ``form`` its form: an object
with ``kind``, ``fields``, ``bindings`` (the places where their values go) and ``graph``. A ``NAME.form.toml`` beside a
file corrects its form. Each file becomes ``DIR/STEM.json``, which is there whole or not at all; of a file that fails it
is ``{"error": "…"}``. Without ``--object-info`` files in saved format cannot be read, as where no server is at hand.
Exit codes: 0 all went well, 1 some file failed (one line on stderr for each, the others are still done), 2 wrong usage.
"""

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from mmap import ACCESS_READ, mmap
from pathlib import Path

from comfyui_workflows.app_mode import hints_in
from comfyui_workflows.conversion import as_queued, graph_of, read_workflow
from comfyui_workflows.envelopes import HOW_TO_EXPORT, is_saved, open_file
from comfyui_workflows.errors import MISREAD, WorkflowError
from comfyui_workflows.form import Form
from comfyui_workflows.graph import Graph, plain_of
from comfyui_workflows.json_types import Json, Object, loads
from comfyui_workflows.metadata.collected import Content
from comfyui_workflows.metadata.reading import is_carrier
from comfyui_workflows.script_form import form_of_script
from comfyui_workflows.sidecar import Sidecar, read_sidecar
from comfyui_workflows.template import form_of
from comfyui_workflows.text_patterns import date_in

Command = Callable[[Path, Object | None], Json]
DONE, FAILED = 0, 1
MOST_BYTES = 20_000_000


def main(words: Sequence[str] | None = None) -> int:
    """Do what ``words`` ask for (``sys.argv`` without); returns the exit code. Wrong usage raises ``SystemExit(2)``."""
    parser = _parser()
    options = parser.parse_args(words)
    try:
        object_info = None if options.object_info is None else _object_info(options.object_info)
        options.out.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        parser.error(_in_one_line(str(error)))
    failed = 0
    command = _COMMANDS["as saved" if options.as_saved and options.command == "convert" else options.command]
    for path, complaint in _done(options.files, options.out, command, object_info):
        if complaint is not None:
            begins = "" if complaint.startswith(str(path)) else f"{path}: "
            sys.stderr.write(f"{_in_one_line(begins + complaint)}\n")
            failed += 1
    return FAILED if failed else DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m comfyui_workflows", description="Convert ComfyUI workflows, or find their forms."
    )
    parser.add_argument(
        "command", choices=("convert", "form"), help="convert: to API format; form: what may be set, as JSON"
    )
    parser.add_argument("--object-info", type=Path, metavar="FILE", help="the JSON of a server's GET /object_info")
    parser.add_argument(
        "--as-saved",
        action="store_true",
        help="convert: leave dynamic prompts ({a|b}) and patterns in names of files (%%date%%) as they are",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a folder, created when absent")
    parser.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILES",
        help="workflows: .json, or a picture, a sound or a film with one; for form .py too",
    )
    return parser


def _object_info(path: Path) -> Object:
    """The node classes of a server. Raises ``OSError`` or ``ValueError``."""
    try:
        found = loads(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
    if not isinstance(found, Mapping) or not all(isinstance(known, Mapping) for known in found.values()):
        raise ValueError(f"{path} is not the answer of /object_info, which is an object of node classes")
    return found


def _done(
    files: Sequence[Path], out: Path, command: Command, object_info: Object | None
) -> Iterator[tuple[Path, str | None]]:
    """Each file, and what was wrong with it."""
    written: dict[Path, Path] = {}
    for path in files:
        target = out / f"{path.stem}.json"
        # Two files of one name, from two folders: the second would take the place of the first.
        if target in written:
            yield path, f"{target} was written for {written[target]}. Give each file a name of its own."
            continue
        # Before anything is written, the error of the file included.
        if target.exists() and target.samefile(path):
            yield path, "The result would overwrite the file itself. Choose another folder with --out."
            continue
        content, complaint = _tried(command, path, object_info)
        try:
            _write(target, content)
        except OSError as error:
            complaint = f"{error.filename or target} cannot be written: {error.strerror}."
        written[target] = path
        yield path, complaint


def _tried(command: Command, path: Path, object_info: Object | None) -> tuple[bytes, str | None]:
    """What becomes of a file, as it is written, and what was wrong with it."""
    try:
        # Here, so that what JSON or UTF-8 cannot carry is this file's error.
        return _as_written(command(path, object_info)), None
    except WorkflowError as error:
        complaint = f"{error} {error.hint or ''}".strip()
    except OSError as error:
        complaint = f"{error.filename or path} cannot be read: {error.strerror}."
    except MISREAD as error:
        complaint = f"It cannot be understood: {type(error).__name__}: {error}."
    # Half of a surrogate pair, quoted in the words, could not be written.
    words = _in_one_line(complaint).encode(errors="replace").decode()
    return _as_written({"error": words}), words


def _as_written(found: Json) -> bytes:
    return f"{json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False)}\n".encode()


def _convert(path: Path, object_info: Object | None) -> Json:
    """As the page queues it. The first of each choice, so that the same file gives the same graph."""
    found, now = open_file(str(path), _readable(path)), datetime.now().astimezone()
    if object_info is None or not is_saved(found.graphs[0]):
        return plain_of(str(path), found)
    try:
        return as_queued(str(path), found.graphs[0], object_info, lambda _: 0, lambda pattern: date_in(pattern, now))
    except WorkflowError:
        # A picture often carries what was run beside what was drawn.
        if found.plain is None:
            raise
        return plain_of(str(path), found)


def _convert_as_saved(path: Path, object_info: Object | None) -> Json:
    return read_workflow(str(path), _readable(path), object_info)


def _form(path: Path, object_info: Object | None) -> Json:
    content, beside = _content(path), path.with_name(f"{path.stem}.form.toml")
    said = read_sidecar(str(beside), _content(beside)[:]) if beside.is_file() else Sidecar()
    if path.suffix.lower() == ".py":
        script = form_of_script(str(path), content[:], said, str(beside))
        return _as_json(said.kind, script.form, None)
    found = open_file(str(path), content)
    graph = graph_of(str(path), found, object_info)
    hints = hints_in(found.graphs[0], graph)
    workflow = form_of(str(path), graph, object_info, said, str(beside), hints)
    return _as_json(workflow.kind, workflow.form, workflow.graph)


_COMMANDS: Mapping[str, Command] = {"convert": _convert, "as saved": _convert_as_saved, "form": _form}


def _as_json(kind: str | None, form: Form, graph: Graph | None) -> Json:
    return {
        "kind": kind,
        "fields": [dataclasses.asdict(field) for field in form.fields],
        # Without what each option of a choice brings: that is long, and follows from the classes.
        "bindings": [dataclasses.asdict(dataclasses.replace(binding, brings={})) for binding in form.bindings],
        "graph": graph,
    }


def _readable(path: Path) -> Content:
    if path.suffix.lower() == ".py":
        raise WorkflowError(f"{path} is a script, which has no API format.", hint=HOW_TO_EXPORT)
    return _content(path)


def _content(path: Path) -> Content:
    with path.open("rb") as file:
        # One byte more than allowed tells a file that is too large, without reading it to its end.
        content = file.read(MOST_BYTES + 1)
        if len(content) <= MOST_BYTES:
            return content
        # A film may be as large as it likes: it is mapped, and only small parts of it are looked at.
        mapped = mmap(file.fileno(), 0, access=ACCESS_READ)
    if not is_carrier(mapped):
        raise WorkflowError(f"{path} is larger than {MOST_BYTES:,} bytes, which no workflow is.")
    return mapped


def _write(target: Path, data: bytes) -> None:
    """Put a file in its place, whole or not at all."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            # Without this a name may outlive a power cut that its content does not.
            os.fsync(file.fileno())
        part.replace(target)  # in one step: who reads the folder sees the old file or the new one
    finally:
        part.unlink(missing_ok=True)


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
