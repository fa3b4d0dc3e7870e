"""What prompts can be made with: list, show the form of one, check it against the servers, import a file.

`default KIND` says which one serves prompts of a kind that name none; `default KIND NAME` has NAME do so.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from musings.commands.opening import open_database, report, settings_for
from musings.errors import MusingsError, NotFoundError, UsageError
from musings.makers.choice import Makers
from musings.models import Kind
from musings.store.gallery.defaults import WorkflowDefaults
from musings.views import present, schemas

NO_WORDS = "takes no words: those of a prompt are not used"
ACTIONS = ("list", "show", "check", "import", "default")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=ACTIONS, nargs="?", default="list", help="what to do; list by default")
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="a workflow; a file for import; a kind for default; for check all"
    )
    parser.add_argument("workflow", nargs="?", metavar="WORKFLOW", help="for default: what shall serve that kind")
    parser.add_argument("--as", dest="keep_as", metavar="NAME", help="import under this file name")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments)
    if arguments.action in ("show", "import", "default") and arguments.name is None:
        what = "a kind" if arguments.action == "default" else "a name"
        raise UsageError(f"musings workflows {arguments.action} needs {what}.")
    if arguments.workflow is not None and arguments.action != "default":
        raise UsageError(f"musings workflows {arguments.action} takes one name.")
    with open_database(settings) as database:
        pipelines = Makers(settings, defaults=WorkflowDefaults(database))
        if arguments.action == "default":
            return _default(pipelines, WorkflowDefaults(database), arguments)
        verbs = {"list": _list, "show": _show, "check": _check, "import": _import}
        return verbs[arguments.action](pipelines, arguments)


def _list(pipelines: Makers, arguments: argparse.Namespace) -> int:
    found = present.workflow_list(pipelines)
    report(arguments, lambda: [each.model_dump(mode="json") for each in found], _lines(found))
    return 0


def _lines(found: Sequence[schemas.WorkflowMeta]) -> Iterator[str]:
    for each in found:
        problem = f"  CANNOT BE USED: {each.reason}" if each.reason else "" if each.takes_text else f"  {NO_WORDS}"
        default = "default" if each.default else ""
        yield f"{each.name:<24} {each.kind:<6} {each.source:<8} {default:<8} {each.title}{problem}"


def _default(pipelines: Makers, defaults: WorkflowDefaults, arguments: argparse.Namespace) -> int:
    if arguments.name not in set(Kind):
        raise UsageError(f"{arguments.name[:60]!r} is no kind; there are: {', '.join(Kind)}.")
    kind = Kind(arguments.name)
    if arguments.workflow is not None:
        wanted = pipelines.check_default(arguments.workflow)
        if wanted.kind is not kind:
            raise UsageError(f"{wanted.name} makes {wanted.kind}, so it cannot be the default for {kind}.")
        defaults.choose(kind, wanted.name)
    name = pipelines.default_of(kind)
    fixed = ", as the configuration says" if pipelines.fixed(kind) == name else ""
    words = f"{kind} prompts that name no workflow are made with {name}{fixed}."
    report(arguments, lambda: {"kind": kind, "workflow": name}, [words])
    return 0


def _show(pipelines: Makers, arguments: argparse.Namespace) -> int:
    _print_form(_named(pipelines, arguments.name), arguments)
    return 0


def _check(pipelines: Makers, arguments: argparse.Namespace) -> int:
    """Exit code 1 when a workflow that was looked at could run nowhere."""
    found = [each for each in present.workflow_list(pipelines) if each.source != "sketch"]
    if arguments.name is not None:
        found = [_named(pipelines, arguments.name)]
    checked = [_checked(pipelines, each) for each in found]
    report(arguments, lambda: [asdict(each) for each in checked], _checked_lines(checked))
    return 0 if all(each.usable for each in checked) else 1


@dataclass(frozen=True)
class CheckedWorkflow:
    """What ``workflows check`` says of one workflow; ``problems`` are sentences that begin with the place."""

    name: str
    usable: bool
    problems: list[str]
    takes_text: bool


def _checked(pipelines: Makers, workflow: schemas.WorkflowMeta) -> CheckedWorkflow:
    found = pipelines.check(workflow.name)
    problems = [f"{each.where}: {each.message}" for each in found.problems]
    return CheckedWorkflow(workflow.name, found.usable, problems, workflow.takes_text)


def _checked_lines(checked: Sequence[CheckedWorkflow]) -> Iterator[str]:
    for each in checked:
        silent = "" if each.takes_text else f"; it {NO_WORDS}"
        yield f"{each.name}: {'can be used' if each.usable else 'CANNOT BE USED'}{silent}"
        yield from (f"  {problem}" for problem in each.problems)
    if not checked:
        yield "There are no workflows beside the built-in ones."


def _import(pipelines: Makers, arguments: argparse.Namespace) -> int:
    path = Path(arguments.name)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MusingsError(f"{path} cannot be read: {error.strerror}.") from error
    name = pipelines.add(arguments.keep_as or path.name, content)
    if name is None:
        raise UsageError("Media is switched off (media.enabled), so no workflow can be kept.")
    _print_form(_named(pipelines, name), arguments)
    return 0


def _named(pipelines: Makers, name: str) -> schemas.WorkflowMeta:
    for each in present.workflow_list(pipelines):
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
    for field in found.form:
        default = "" if field.default is None else f" [{str(field.default)[:40]}]"
        yield f"  {field.name:<18} {field.type:<8} {field.help or field.label}{default}"
