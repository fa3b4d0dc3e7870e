"""What prompts can be made with: list, show the form of one, check it against the servers, import a file."""

import argparse
from pathlib import Path

from musings.api import present, schemas
from musings.commands.opening import print_json, say, settings_for
from musings.errors import MusingsError, NotFoundError, UsageError
from musings.pipelines import Pipelines

NO_WORDS = "takes no words: those of a prompt are not used"
ACTIONS = ("list", "show", "check", "import")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=ACTIONS, nargs="?", default="list", help="what to do; list by default")
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="a workflow; a file for import; for check all by default"
    )
    parser.add_argument("--as", dest="keep_as", metavar="NAME", help="import under this file name")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    pipelines = Pipelines(settings_for(arguments))
    if arguments.action in ("show", "import") and arguments.name is None:
        raise UsageError(f"musings workflows {arguments.action} needs a name.")
    return {"list": _list, "show": _show, "check": _check, "import": _import}[arguments.action](pipelines, arguments)


def _list(pipelines: Pipelines, arguments: argparse.Namespace) -> int:
    found = present.workflow_list(pipelines)
    if arguments.json:
        print_json([each.model_dump(mode="json") for each in found])
        return 0
    for each in found:
        problem = f"  CANNOT BE USED: {each.problem}" if each.problem else "" if each.takes_text else f"  {NO_WORDS}"
        say(f"{each.name:<24} {each.kind:<6} {each.source:<8} {each.title}{problem}")
    return 0


def _show(pipelines: Pipelines, arguments: argparse.Namespace) -> int:
    _print_form(_named(pipelines, arguments.name), arguments.json)
    return 0


def _check(pipelines: Pipelines, arguments: argparse.Namespace) -> int:
    """Exit code 1 when a workflow that was looked at could run nowhere."""
    found = [each for each in present.workflow_list(pipelines) if each.source != "sketch"]
    if arguments.name is not None:
        found = [_named(pipelines, arguments.name)]
    reports: list[tuple[str, bool, list[str]]] = []
    silent = {each.name for each in found if not each.takes_text}
    for each in found:
        checked = pipelines.check(each.name)
        reports.append((each.name, checked.usable, [f"{p.where}: {p.message}" for p in checked.problems]))
    if arguments.json:
        print_json(
            [
                {"name": name, "usable": usable, "problems": told, "takes_text": name not in silent}
                for name, usable, told in reports
            ]
        )
    for name, usable, told in reports if not arguments.json else ():
        say(f"{name}: {'can be used' if usable else 'CANNOT BE USED'}{f'; it {NO_WORDS}' if name in silent else ''}")
        for problem in told:
            say(f"  {problem}")
    if not reports and not arguments.json:
        say("There are no workflows beside the built-in ones.")
    return 0 if all(usable for _, usable, _ in reports) else 1


def _import(pipelines: Pipelines, arguments: argparse.Namespace) -> int:
    path = Path(arguments.name)
    if pipelines.comfy is None:
        raise UsageError("Media is switched off (media.enabled), so no workflow can be kept.")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MusingsError(f"{path} cannot be read: {error.strerror}.") from error
    name = pipelines.comfy.add(arguments.keep_as or path.name, content)
    _print_form(_named(pipelines, name), arguments.json)
    return 0


def _named(pipelines: Pipelines, name: str) -> schemas.WorkflowMeta:
    for each in present.workflow_list(pipelines):
        if each.name == name:
            return each
    raise NotFoundError(f"There is no workflow {name!r}.", hint="See `musings workflows list`.")


def _print_form(found: schemas.WorkflowMeta, as_json: bool) -> None:
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    say(f"{found.name}: {found.title} ({found.kind}, {found.source})")
    if found.description:
        say(found.description)
    if found.problem:
        say(f"CANNOT BE USED: {found.problem}")
    if not found.takes_text:
        say(f"It {NO_WORDS}.")
    for field in found.form:
        default = "" if field.default is None else f" [{str(field.default)[:40]}]"
        say(f"  {field.name:<18} {field.type:<8} {field.help or field.label}{default}")
