"""``python -m comfyui_workflows convert|form --object-info FILE --out DIR FILES…``.

``convert`` writes the graph of each file in API format, ``form`` its form: an object with ``fields`` and with
``bindings``, the places where their values go. A ``NAME.form.toml`` beside a file corrects its form. Each file becomes
``DIR/STEM.json``, which is there whole or not at all. Exit codes: 0 all went well, 1 some file failed (one line on
stderr for each, the others are still done), 2 wrong usage.
"""

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from comfyui_workflows.conversion import read_workflow
from comfyui_workflows.envelopes import HOW_TO_EXPORT
from comfyui_workflows.errors import WorkflowError
from comfyui_workflows.form import Form
from comfyui_workflows.json_types import Json, Object, loads
from comfyui_workflows.script_form import form_of_script
from comfyui_workflows.sidecar import Sidecar, read_sidecar
from comfyui_workflows.template import form_of

DONE, FAILED = 0, 1
MOST_BYTES = 20_000_000
MISREAD = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What a reader may stumble over in a file of another author: that file's failure alone."""


def main(words: Sequence[str] | None = None) -> int:
    """Do what ``words`` ask for (``sys.argv`` without); returns the exit code. Wrong usage raises ``SystemExit(2)``."""
    parser = _parser()
    options = parser.parse_args(words)
    try:
        object_info = _object_info(options.object_info)
        options.out.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        parser.error(_in_one_line(str(error)))
    failed = 0
    for path, complaint in _done(options.files, options.out, _COMMANDS[options.command], object_info):
        if complaint is not None:
            begins = "" if complaint.startswith(str(path)) else f"{path}: "
            sys.stderr.write(f"{_in_one_line(begins + complaint)}\n")
            failed += 1
    return FAILED if failed else DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m comfyui_workflows", description="Convert ComfyUI workflows, or find their forms."
    )
    parser.add_argument("command", choices=_COMMANDS, help="convert: to API format; form: what may be set, as JSON")
    parser.add_argument(
        "--object-info", type=Path, required=True, metavar="FILE", help="the JSON of a server's GET /object_info"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a folder, created when absent")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILES", help="workflows: .json, for form .py too")
    return parser


def _object_info(path: Path) -> Object:
    """The node classes of a server. Raises ``OSError`` or ``ValueError``."""
    try:
        found = loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
    if not isinstance(found, Mapping) or not all(isinstance(known, Mapping) for known in found.values()):
        raise ValueError(f"{path} is not the answer of /object_info, which is an object of node classes")
    return found


def _done(
    files: Sequence[Path], out: Path, command: Callable[[Path, Object], Json], object_info: Object
) -> Iterator[tuple[Path, str | None]]:
    """Each file, and what was wrong with it."""
    written: dict[Path, Path] = {}
    for path in files:
        target = out / f"{path.stem}.json"
        # Two files of one name, from two folders: the second would take the place of the first.
        if target in written:
            yield path, f"{target} was written for {written[target]}. Give each file a name of its own."
            continue
        try:
            _refuse_to_overwrite(path, target)
            _write(target, json.dumps(command(path, object_info), indent=2, ensure_ascii=False, allow_nan=False))
        except WorkflowError as error:
            yield path, f"{error} {error.hint or ''}"
        except OSError as error:
            yield path, f"{error.filename or target} cannot be read or written: {error.strerror}."
        except MISREAD as error:
            yield path, f"It cannot be understood: {type(error).__name__}: {error}."
        else:
            written[target] = path
            yield path, None


def _convert(path: Path, object_info: Object) -> Json:
    if path.suffix.lower() == ".py":
        raise WorkflowError(f"{path} is a script, which has no API format.", hint=HOW_TO_EXPORT)
    return read_workflow(str(path), _content(path), object_info)


def _form(path: Path, object_info: Object) -> Json:
    content, beside = _content(path), path.with_name(f"{path.stem}.form.toml")
    said = read_sidecar(str(beside), _content(beside)) if beside.is_file() else Sidecar()
    if path.suffix.lower() == ".py":
        return _as_json(form_of_script(str(path), content, said, str(beside)).form)
    graph = read_workflow(str(path), content, object_info)
    return _as_json(form_of(str(path), graph, object_info, said, str(beside)).form)


_COMMANDS: Mapping[str, Callable[[Path, Object], Json]] = {"convert": _convert, "form": _form}


def _as_json(form: Form) -> Json:
    return {
        "fields": [dataclasses.asdict(field) for field in form.fields],
        "bindings": [dataclasses.asdict(binding) for binding in form.bindings],
    }


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        # One byte more than allowed tells a file that is too large, without reading it to its end.
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise WorkflowError(f"{path} is larger than {MOST_BYTES:,} bytes, which no workflow is.")
    return content


def _refuse_to_overwrite(path: Path, target: Path) -> None:
    if target.exists() and target.samefile(path):
        raise WorkflowError("The result would overwrite the file itself.", hint="Choose another folder with --out.")


def _write(target: Path, text: str) -> None:
    """Put a text in its place, whole or not at all."""
    data = f"{text}\n".encode()
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
