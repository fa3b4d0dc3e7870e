"""What prompts can be made with: list, show the form of one, check it against the servers, import a file.

A file may be a .json, a script, or a picture, sound or film that carries a workflow. `check FILE` looks at one without
importing it; `--server URL` asks that ComfyUI in place of those of the configuration.

`default KIND` says which one serves prompts of a kind that name none; `default KIND NAME` has NAME do so.

`preset NAME` lists the values that are kept for a workflow under a name; `preset NAME PRESET --set K=V` keeps some, and
`--remove` takes them away. `musings submit --preset PRESET` uses them.
"""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path

from musings.commands.opening import open_database, pair, report, settings_for
from musings.errors import MusingsError, NotFoundError, UsageError
from musings.makers.base import FileContent, Inspection
from musings.makers.choice import Makers
from musings.models import Kind
from musings.requests.stored_makers import makers_of
from musings.requests.workflow_memory import WorkflowMemory
from musings.store.gallery.defaults import WorkflowDefaults
from musings.views import present, schemas

LIKE_FILES = (
    *(".json", ".py", ".png", ".webp", ".jpg", ".jpeg", ".avif", ".gif", ".flac", ".mp3", ".ogg", ".opus", ".wav"),
    *(".mp4", ".mov", ".m4a", ".webm", ".mkv", ".glb", ".gltf", ".latent", ".txt"),
)
NO_WORDS = "takes no words: those of a prompt are not used"
ACTIONS = ("list", "show", "check", "import", "default", "preset")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=ACTIONS, nargs="?", default="list", help="what to do; list by default")
    parser.add_argument(
        "name",
        nargs="?",
        metavar="NAME",
        help="a workflow; a file for import or check; a kind for default; for check all",
    )
    parser.add_argument(
        "second",
        nargs="?",
        metavar="SECOND",
        help="for default: what shall serve that kind; for preset: its name",
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="K=V", dest="values", help="preset: keep a value for a field"
    )
    parser.add_argument("--remove", action="store_true", help="preset: take it away")
    parser.add_argument("--as", dest="keep_as", metavar="NAME", help="import under this file name")
    parser.add_argument("--server", action="append", default=[], metavar="URL", help="check: ask this ComfyUI")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments)
    if arguments.action in ("show", "import", "default", "preset") and arguments.name is None:
        what = "a kind" if arguments.action == "default" else "a name"
        raise UsageError(f"musings workflows {arguments.action} needs {what}.")
    if arguments.second is not None and arguments.action not in ("default", "preset"):
        raise UsageError(f"musings workflows {arguments.action} takes one name.")
    if (arguments.values or arguments.remove) and (arguments.action != "preset" or arguments.second is None):
        raise UsageError("--set and --remove are for musings workflows preset NAME PRESET.")
    with open_database(settings) as database, closing(makers_of(settings, database)) as pipelines:
        if arguments.action == "default":
            return _default(pipelines, WorkflowDefaults(database), arguments)
        memory = WorkflowMemory(pipelines, database)
        verbs = {"list": _list, "show": _show, "check": _check, "import": _import, "preset": _preset}
        return verbs[arguments.action](pipelines, memory, arguments)


def _list(pipelines: Makers, memory: WorkflowMemory, arguments: argparse.Namespace) -> int:
    found = present.workflow_list(pipelines, memory.changes)
    report(arguments, lambda: [each.model_dump(mode="json") for each in found], _lines(found))
    return 0


def _lines(found: Sequence[schemas.WorkflowMeta]) -> Iterator[str]:
    for each in found:
        problem = f"  CANNOT BE USED: {each.reason}" if each.reason else "" if each.takes_text else f"  {NO_WORDS}"
        default = "default" if each.default else ""
        yield f"{each.name:<24} {each.kind:<6} {each.source:<8} {default:<8} {each.title}{problem}"
        if each.changes is not None:
            yield f"{'':<24} its file changed: see `musings workflows show {each.name}`"


def _default(pipelines: Makers, defaults: WorkflowDefaults, arguments: argparse.Namespace) -> int:
    if arguments.name not in set(Kind):
        raise UsageError(f"{arguments.name[:60]!r} is no kind; there are: {', '.join(Kind)}.")
    kind = Kind(arguments.name)
    if arguments.second is not None:
        wanted = pipelines.check_default(arguments.second)
        if wanted.kind is not kind:
            raise UsageError(f"{wanted.name} makes {wanted.kind}, so it cannot be the default for {kind}.")
        defaults.choose(kind, wanted.name)
    name = pipelines.default_of(kind)
    fixed = ", as the configuration says" if pipelines.fixed(kind) == name else ""
    words = f"{kind} prompts that name no workflow are made with {name}{fixed}."
    report(arguments, lambda: {"kind": kind, "workflow": name}, [words])
    return 0


def _show(pipelines: Makers, memory: WorkflowMemory, arguments: argparse.Namespace) -> int:
    _print_form(_named(pipelines, memory, arguments.name), arguments)
    return 0


def _preset(pipelines: Makers, memory: WorkflowMemory, arguments: argparse.Namespace) -> int:
    workflow = next((each for each in pipelines.offered() if each.name == arguments.name), None)
    if workflow is None:
        raise NotFoundError(f"There is no workflow {arguments.name!r}.", hint="See `musings workflows list`.")
    if arguments.remove:
        memory.forget(workflow.name, arguments.second)
        report(arguments, lambda: {"removed": arguments.second}, [f"The preset {arguments.second} is gone."])
        return 0
    if arguments.values:
        found = [memory.keep(workflow, arguments.second, dict(pair(word) for word in arguments.values))]
    elif arguments.second is not None:
        found = [memory.preset(workflow.name, arguments.second)]
    else:
        found = memory.presets(workflow.name)
    shown = [schemas.WorkflowPreset.model_validate(each, from_attributes=True) for each in found]
    report(arguments, lambda: [each.model_dump(mode="json") for each in shown], _preset_lines(workflow.name, shown))
    return 0


def _preset_lines(workflow: str, found: Sequence[schemas.WorkflowPreset]) -> Iterator[str]:
    for each in found:
        yield f"{each.name}: " + (", ".join(f"{name}={value}" for name, value in each.values.items()) or "no values")
        yield from (f"  {name} is gone from the workflow, and its value is not used." for name in each.gone)
    if not found:
        yield f"The workflow {workflow} has no presets."


def _check(pipelines: Makers, memory: WorkflowMemory, arguments: argparse.Namespace) -> int:
    """Exit code 1 when a workflow that was looked at could run nowhere."""
    if arguments.name is not None and _is_file(pipelines, arguments.name):
        return _inspect(pipelines, arguments)
    if arguments.server:
        raise UsageError("musings workflows check takes --server with the path of a file.")
    found = [each for each in present.workflow_list(pipelines, memory.changes) if each.source != "sketch"]
    if arguments.name is not None:
        found = [_named(pipelines, memory, arguments.name)]
    checked = [_checked(pipelines, each) for each in found]
    report(arguments, lambda: [asdict(each) for each in checked], _checked_lines(checked))
    return 0 if all(each.usable for each in checked) else 1


def _is_file(pipelines: Makers, name: str) -> bool:
    """Whether a name means a file: by its ending, or because it is one and no workflow is called so."""
    if any(each.name == name for each in present.workflow_list(pipelines)):
        return False
    return Path(name).is_file() or "/" in name or Path(name).suffix.lower() in LIKE_FILES


def _inspect(pipelines: Makers, arguments: argparse.Namespace) -> int:
    """Exit code 1 for a file that could run nowhere, 3 where no server answers."""
    path = Path(arguments.name)
    with _opened(path) as content:
        found = pipelines.inspect(path.name, content, arguments.server)
    if found is None:
        raise UsageError("Media is switched off (media.enabled), so no workflow is read.")
    workflow = schemas.WorkflowMeta.model_validate(found.workflow, from_attributes=True)
    problems = [asdict(each) for each in found.checked.problems]
    shown = {
        "name": path.name,
        "usable": found.checked.usable,
        "places": found.checked.places,
        "problems": problems,
        "remarks": list(found.remarks),
        "program": found.program,
        "settings": dict(found.settings),
        "workflow": workflow.model_dump(mode="json"),
    }
    report(arguments, lambda: shown, _inspection_lines(path.name, found, workflow))
    if not found.checked.usable and found.checked.problems and not any(each.kind for each in found.checked.problems):
        return 1 if found.workflow.problem and not found.workflow.unread else 3
    return 0 if found.checked.usable else 1


def _inspection_lines(name: str, found: Inspection, workflow: schemas.WorkflowMeta) -> Iterator[str]:
    yield f"{name}: {'can be used' if found.checked.usable else 'CANNOT BE USED'}"
    yield from (f"  {remark}" for remark in found.remarks)
    yield from (f"  {each.where}: {each.message}" for each in found.checked.problems)
    if workflow.reason and not any(each.message == workflow.reason for each in found.checked.problems):
        yield f"  {workflow.reason}"
    if found.program is None and not workflow.problem:
        yield from (f"  {line}" for line in _form_lines(workflow))


@contextmanager
def _opened(path: Path) -> Iterator[FileContent]:
    """A file, mapped: a film may be large. Raises ``MusingsError`` for one that cannot be read."""
    try:
        with path.open("rb") as file:
            if not path.stat().st_size:
                yield b""
                return
            with mmap(file.fileno(), 0, access=ACCESS_READ) as content:
                yield content
    except OSError as error:
        raise MusingsError(f"{path} cannot be read: {error.strerror}.") from error


@dataclass(frozen=True)
class CheckedWorkflow:
    """What ``workflows check`` says of one workflow; ``problems`` are sentences that begin with the place.

    ``changes`` say what became of its fields when its file changed last.
    """

    name: str
    usable: bool
    problems: list[str]
    takes_text: bool
    changes: list[str]


def _checked(pipelines: Makers, workflow: schemas.WorkflowMeta) -> CheckedWorkflow:
    found = pipelines.check(workflow.name)
    problems = [f"{each.where}: {each.message}" for each in found.problems]
    changes = workflow.changes.said if workflow.changes is not None else []
    return CheckedWorkflow(workflow.name, found.usable, problems, workflow.takes_text, changes)


def _checked_lines(checked: Sequence[CheckedWorkflow]) -> Iterator[str]:
    for each in checked:
        silent = "" if each.takes_text else f"; it {NO_WORDS}"
        yield f"{each.name}: {'can be used' if each.usable else 'CANNOT BE USED'}{silent}"
        yield from (f"  {problem}" for problem in each.problems)
        yield from (f"  since its last change: {said}" for said in each.changes)
    if not checked:
        yield "There are no workflows beside the built-in ones."


def _import(pipelines: Makers, memory: WorkflowMemory, arguments: argparse.Namespace) -> int:
    path = Path(arguments.name)
    with _opened(path) as content:
        name = pipelines.add(arguments.keep_as or path.name, content)
    if name is None:
        raise UsageError("Media is switched off (media.enabled), so no workflow can be kept.")
    _print_form(_named(pipelines, memory, name), arguments)
    return 0


def _named(pipelines: Makers, memory: WorkflowMemory, name: str) -> schemas.WorkflowMeta:
    for each in present.workflow_list(pipelines, memory.changes):
        if each.name == name:
            return each
    raise NotFoundError(f"There is no workflow {name!r}.", hint="See `musings workflows list`.")


def _print_form(found: schemas.WorkflowMeta, arguments: argparse.Namespace) -> None:
    report(arguments, lambda: found.model_dump(mode="json"), _form_lines(found))


def _form_lines(found: schemas.WorkflowMeta) -> Iterator[str]:
    yield f"{found.name}: {found.title} ({found.kind}, {found.source})"
    if found.description:
        yield found.description
    if found.default:
        yield f"It serves {found.kind} prompts that name no workflow."
    if found.reason:
        yield f"CANNOT BE USED: {found.reason}"
    if not found.takes_text:
        yield f"It {NO_WORDS}."
    if found.changes is not None:
        yield f"Its file changed on {found.changes.since:%Y-%m-%d}:"
        yield from (f"  {said}" for said in found.changes.said)
    for field in found.form:
        default = "" if field.default is None else f" [{str(field.default)[:40]}]"
        yield f"  {field.name:<18} {field.type:<8} {field.help or field.label}{default}"
