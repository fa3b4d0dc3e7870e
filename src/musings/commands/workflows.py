"""What prompts can be made with: list the workflows, or show the form of one."""

import argparse

from musings.api import present
from musings.commands.opening import print_json, say, settings_for
from musings.errors import NotFoundError, UsageError
from musings.pipelines import Pipelines


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("list", "show"), nargs="?", default="list")
    parser.add_argument("name", nargs="?", metavar="NAME")
    parser.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace) -> int:
    settings_for(arguments)
    found = present.workflow_list(Pipelines())
    if arguments.action == "list":
        if arguments.json:
            print_json([each.model_dump(mode="json") for each in found])
        for each in found if not arguments.json else ():
            say(f"{each.name:<20} {each.kind:<6} {each.title}")
        return 0
    if arguments.name is None:
        raise UsageError("Name the workflow to show.")
    for each in found:
        if each.name == arguments.name:
            if arguments.json:
                print_json(each.model_dump(mode="json"))
                return 0
            say(f"{each.name}: {each.title}\n{each.description}")
            for field in each.form:
                say(f"  {field.name:<16} {field.type:<8} {field.help or field.label}")
            return 0
    raise NotFoundError(f"There is no workflow {arguments.name!r}.", hint="See `musings workflows list`.")
