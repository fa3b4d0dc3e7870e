"""Musings: ideas on their way through the steps of a chain. `musings chain run` starts one."""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial

from musings.chains import acts, states
from musings.chains.gates import ALLOWED, GateAction, GateReply
from musings.chains.progress import RunStatus, StepState
from musings.chains.states import RunState
from musings.chains.taking import advance_with
from musings.commands import musing_files
from musings.commands.list import limit
from musings.commands.opening import id_of, open_database, report, settings_for, standard_input, take_options_after
from musings.commands.submit import LOOK_SECONDS, NO_WORKER_SECONDS
from musings.config.settings import Settings
from musings.engine.liveness import is_alive
from musings.engine.registry import engine_of
from musings.errors import UnreachableError, UsageError
from musings.models import Json
from musings.requests.intake import TEXT_BYTES
from musings.requests.stored_makers import makers_of
from musings.store.chains import runs
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.views import musings as views
from musings.views.present import NOBODY, prompt_responses, worker_state

_ENDED = (RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")
    verbs = parser.add_subparsers(dest="act", metavar="ACT", required=True, help="one of these:")
    listed = verbs.add_parser("list", help="musings, newest first")
    listed.add_argument("--chain", metavar="NAME", help="of one chain")
    listed.add_argument("--limit", type=limit, default=20, metavar="N", help="how many at most, up to 200")
    listed.add_argument("--cursor", help="next_cursor of the page before")
    for act, words in {
        "show": "one with its steps and their prompts",
        "cancel": "cancel what waits, stop what runs, and make nothing more",
        "pause": "start nothing more of it; what runs finishes",
        "resume": "go on after a pause",
        "retry": "try again what failed, and go on from there",
        "priority": "move it in the queue",
    }.items():
        verbs.add_parser(act, help=words).add_argument("id", type=id_of("a musing"), metavar="ID", help="its number")
    verbs.choices["retry"].add_argument("--step", metavar="STEP", help="this step only; one that is done is made anew")
    verbs.choices["priority"].add_argument("priority", type=int, metavar="PRIORITY", help="1 is most urgent, 10 least")
    for act, words in {
        "approve": "what a step has made is good",
        "decline": "what a step has made is not good; retry has it made anew",
        "edit": "change the text of a step, and go on with it",
        "choose": "keep some of the results of a step",
    }.items():
        gate = verbs.add_parser(act, help=words)
        gate.add_argument("id", type=id_of("a musing"), metavar="ID", help="its number")
        gate.add_argument("step", metavar="STEP", help="the name of the step that asks")
    verbs.choices["edit"].add_argument("text", metavar="TEXT", help="the text as it shall be, or - for standard input")
    verbs.choices["edit"].add_argument("--number", type=int, default=1, metavar="N", help="which result of the step")
    verbs.choices["choose"].add_argument("numbers", type=int, nargs="+", metavar="N", help="the results to keep")
    musing_files.add_acts(verbs)
    take_options_after(verbs)


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments)
    with open_database(settings) as database:
        if arguments.act == "list":
            return _list(database, arguments)
        if arguments.act in musing_files.ACTS:
            return musing_files.run(settings, database, arguments)
        # Every act ends with what has become of the musing, so that nobody has to ask again.
        if arguments.act != "show":
            _do(settings, database, arguments)
        found = database.reading(states.of, arguments.id)
        report(arguments, lambda: as_json(database, found, settings), as_lines(found))
    return 0


def as_json(database: Database, found: RunState, settings: Settings) -> Json:
    made = database.reading(prompts.by_ids, views.prompt_ids_of(found))
    shown = prompt_responses(database, made, settings.processing.max_attempts)
    return views.musing_detail(found, shown).model_dump(mode="json")


def as_lines(found: RunState) -> Iterator[str]:
    """A musing for a person: its steps with what has become of them."""
    yield _line(found)
    for each in views.musing_meta(found).steps:
        numbers = f"  (prompts {', '.join(map(str, each.prompt_ids))})" if each.prompt_ids else ""
        yield f"  {each.name:<14} {each.state}{numbers}"
        if each.ask is not None:
            yield f"    {each.question or 'It waits for you.'} ({', '.join(ALLOWED.get(each.ask, ()))})"
        if each.problem:
            yield f"    {each.problem}"


def succeeded(found: RunState) -> bool:
    """Whether nothing is wrong: it is completed, or waits for a person."""
    return found.progress.status in (RunStatus.COMPLETED, RunStatus.ASKING)


def wait_for(database: Database, found: RunState) -> RunState:
    """A musing when it has ended, or nothing but a person can make it go on.

    Raises ``UnreachableError`` when nobody is there or comes by to work on it.
    """
    changes, quiet_since = engine_of(database).changes(), time.monotonic()
    while found.progress.status not in (*_ENDED, RunStatus.ASKING, RunStatus.PAUSED):
        if changes.wait(LOOK_SECONDS):
            found = database.reading(states.of, found.run.id)
            continue
        state = worker_state(database, is_alive)
        if state is not None and state.mode != "none":
            quiet_since = time.monotonic()
        elif time.monotonic() - quiet_since > NO_WORKER_SECONDS:
            raise UnreachableError(
                f"Musing {found.run.id} has started, but {NOBODY if state is None else state.message}.",
                hint="Start `musings up` or `musings worker`.",
            )
    return found


def _list(database: Database, arguments: argparse.Namespace) -> int:
    with database.read() as connection:
        page = runs.listing(connection, arguments.limit, arguments.cursor, arguments.chain)
        found = states.of_runs(connection, page.items)
    report(
        arguments,
        lambda: {
            "items": [views.musing_meta(each).model_dump(mode="json") for each in found],
            "next_cursor": page.next_cursor,
        },
        _lines(found, page.next_cursor),
    )
    return 0


def _do(settings: Settings, database: Database, arguments: argparse.Namespace) -> None:
    """The act, in one transaction; what becomes due by it is written after it."""
    database.writing(_act_of(arguments), arguments.id)
    with closing(makers_of(settings, database)) as makers:
        advance_with(makers, database, settings.processing.max_attempts).whole(arguments.id)


def _act_of(arguments: argparse.Namespace) -> Callable[..., None]:
    if arguments.act in set(GateAction):
        return partial(acts.answer, step=arguments.step, given=_answer(arguments))
    if arguments.act == "retry":
        return partial(acts.retry, step=arguments.step)
    if arguments.act == "priority":
        if not 1 <= arguments.priority <= 10:
            raise UsageError("PRIORITY must be from 1 (most urgent) to 10.")
        return partial(acts.set_priority, priority=arguments.priority)
    return {"cancel": acts.cancel, "pause": acts.pause, "resume": acts.resume}[arguments.act]


def _answer(arguments: argparse.Namespace) -> GateReply:
    action = GateAction(arguments.act)
    edits = {}
    if action is GateAction.EDIT:
        edits[arguments.number] = standard_input(TEXT_BYTES) if arguments.text == "-" else arguments.text
    return GateReply(action, edits, arguments.numbers if action is GateAction.CHOOSE else ())


def _lines(found: Sequence[RunState], next_cursor: str | None) -> Iterator[str]:
    yield from map(_line, found)
    if not found:
        yield "No musings."
    if next_cursor:
        yield f"More: --cursor {next_cursor}"


def _line(found: RunState) -> str:
    done = sum(each.state in (StepState.COMPLETED, StepState.SKIPPED) for each in found.progress.steps)
    words = " ".join(found.run.idea.split())
    count = f"{done}/{len(found.progress.steps)}"
    return f"{found.run.id:>6}  {found.progress.status:<10}  {found.run.chain:<18} {count}  {words[:80]}"
