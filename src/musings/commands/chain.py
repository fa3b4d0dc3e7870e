"""Chains: recipes in which one idea goes through several prompts. See `musings musing` for the runs of them."""

import argparse
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from musings.chains import library, reading, starting
from musings.chains.definition import Chain
from musings.chains.starting import RunRequest
from musings.chains.taking import advance_with
from musings.commands.musing import as_json, as_lines, succeeded, wait_for
from musings.commands.opening import open_database, pair, report, settings_for, standard_input, take_options_after
from musings.config.settings import Settings
from musings.errors import InvalidInputError, UsageError
from musings.requests.stored_makers import makers_of
from musings.store.database import Database
from musings.views import chains as views


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True, help="one of these:")
    acts.add_parser("list", help="every chain")
    show = acts.add_parser("show", help="one with its steps and parameters")
    show.add_argument("name", metavar="NAME")
    for act, words in {
        "check": "whether a file could be added, with every fault",
        "add": "keep the chain of a TOML file, in the place of one of its name",
    }.items():
        acts.add_parser(act, help=words).add_argument(
            "file", metavar="FILE", help="a TOML file, or - for standard input"
        )
    acts.add_parser("remove", help="forget one that was added").add_argument("name", metavar="NAME")
    run_it = acts.add_parser("run", help="start a musing: send an idea through a chain")
    run_it.add_argument("name", metavar="NAME")
    run_it.add_argument("text", metavar="TEXT", help="the idea, or - for standard input")
    run_it.add_argument("--set", action="append", default=[], metavar="K=V", dest="parameters", help="a parameter")
    run_it.add_argument("--priority", type=int, default=5, help="1 is most urgent, 10 least")
    run_it.add_argument("--wait", action="store_true", help="until it has ended or asks; exit code 1 when it failed")
    take_options_after(acts)


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments)
    with open_database(settings) as database:
        return _ACTS[arguments.act](settings, database, arguments)


def _list(_settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    found = database.reading(library.listing)
    report(
        arguments,
        lambda: views.ChainList(items=[views.chain_meta(each) for each in found]).model_dump(mode="json"),
        (_line(each) for each in found),
    )
    return 0


def _show(_settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    found = database.reading(library.named, arguments.name)
    report(arguments, lambda: views.chain_detail(found).model_dump(mode="json"), _lines(found))
    return 0


def _check(settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    try:
        chain = _read(settings, database, arguments.file)
    except InvalidInputError as error:
        problems = [views.ChainProblem(where=each.where, what=each.message) for each in error.faults]
        report(
            arguments,
            lambda: views.ChainCheck(ok=False, problems=problems, hash=None).model_dump(mode="json"),
            [f"{each.where}: {each.what}" for each in problems],
        )
        return 1
    digest = reading.version_of(chain).hash
    report(
        arguments,
        lambda: views.ChainCheck(ok=True, problems=[], hash=digest).model_dump(mode="json"),
        [f"{chain.name} can be run: {len(chain.steps)} steps."],
    )
    return 0


def _add(settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    chain = _read(settings, database, arguments.file)
    found = database.writing(library.store, chain)
    report(
        arguments,
        lambda: views.chain_detail(found).model_dump(mode="json"),
        [f"{chain.name} is kept. Run it with `musings chain run {chain.name} TEXT`."],
    )
    return 0


def _remove(_settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    database.writing(library.remove, arguments.name)
    report(arguments, lambda: {"removed": arguments.name}, [f"{arguments.name} is forgotten; what runs of it goes on."])
    return 0


def _run(settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    processing = settings.processing
    text = standard_input(starting.IDEA_CHARACTERS * 4) if arguments.text == "-" else arguments.text
    asked = RunRequest(arguments.name, text, dict(pair(each) for each in arguments.parameters), arguments.priority)
    with closing(makers_of(settings, database)) as makers:
        advancing = advance_with(makers, database, processing.max_attempts)
        found, _ = starting.start(advancing, makers, asked, processing.max_pending)
    # After the makers are closed: to wait needs no server.
    if arguments.wait:
        found = wait_for(database, found)
        report(arguments, lambda: as_json(database, found, settings), as_lines(found))
        return 0 if succeeded(found) else 1
    said = f"Musing {found.run.id} has started. See it with `musings musing show {found.run.id}`."
    report(arguments, lambda: as_json(database, found, settings), [said])
    return 0


def _read(settings: Settings, database: Database, name: str) -> Chain:
    """A chain from a file that could be run here. Raises ``InvalidInputError`` with every fault."""
    most = reading.MOST_BYTES
    chain = reading.from_toml(standard_input(most) if name == "-" else _file(name, most))
    with closing(makers_of(settings, database)) as makers:
        library.check_makers(chain, makers)
    return chain


def _file(name: str, most: int) -> str:
    """One byte more than is taken tells that it is too long."""
    try:
        with Path(name).open("rb") as file:
            return file.read(most + 1).decode("utf-8")
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8 text.") from error


def _line(found: library.ListedChain) -> str:
    chain = found.chain
    steps = " → ".join(each.name for each in chain.steps)
    return f"{chain.name}  ({found.source})  {steps}  {chain.description}"


def _lines(found: library.ListedChain) -> Iterator[str]:
    chain = found.chain
    yield f"{chain.title or chain.name} ({found.source}, {found.hash[:12]})"
    if chain.description:
        yield chain.description
    for name, parameter in chain.parameters.items():
        yield f"  --set {name}={_default(parameter.default)}  {parameter.title}"
    for each in chain.steps:
        gate = f", {each.gate.ask}" if each.gate else ""
        yield f"  {each.name}: {each.prompt_type}{_more(each.each, each.times)}{gate}"


def _default(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _more(each: str | None, times: object) -> str:
    of = f" for each of {each}" if each else ""
    return of + (f", {times} times" if times != 1 else "")


_ACTS = {"list": _list, "show": _show, "check": _check, "add": _add, "remove": _remove, "run": _run}
