"""Queue a prompt. TEXT may be - to read standard input; put -- before a text that begins with a dash."""

import argparse
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict
from functools import partial
from pathlib import Path

from musings.commands.opening import is_remote, open_database, pair, report, settings_for, show_warnings, standard_input
from musings.commands.results import copied
from musings.commands.show import as_json, as_lines
from musings.config.settings import Settings
from musings.engine.liveness import is_alive
from musings.engine.registry import engine_of
from musings.errors import UnreachableError, UsageError
from musings.files.media_root import media_root_of
from musings.late import importing
from musings.makers.choice import Makers
from musings.models import KIND_OF_TYPE, Json, NewPrompt, Prompt, PromptStatus
from musings.requests.inputs import TYPES as FILE_TYPES
from musings.requests.intake import TEXT_BYTES
from musings.requests.rehearsal import Rehearsal, Rehearsals
from musings.requests.request import PromptRequest
from musings.requests.stored_makers import makers_of
from musings.requests.submitting import checked_with
from musings.requests.workflow_memory import WorkflowMemory
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import durations, submission
from musings.views.present import NOBODY, worker_state

LOOK_SECONDS = 0.2
NO_WORKER_SECONDS = 3.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", metavar="TEXT", help="what should be made, or - for standard input")
    parser.add_argument("--type", default="text", dest="prompt_type", help="text, image, music, voice, video, poem …")
    parser.add_argument("--workflow", metavar="W", help="what to make it with")
    parser.add_argument(
        "--set", action="append", default=[], metavar="K=V", dest="parameters", help="a parameter; @FILE sends a file"
    )
    parser.add_argument("--preset", metavar="NAME", help="values kept for the workflow (`musings workflows preset`)")
    parser.add_argument("--count", type=int, metavar="N", help="how many to make of it")
    parser.add_argument("--priority", type=int, default=5, help="1 is most urgent, 10 least")
    parser.add_argument("--enhance", action="store_true", help="have the poets write the words of a picture or a song")
    parser.add_argument("--dry-run", action="store_true", help="say what would become of it, and queue nothing")
    parser.add_argument("--wait", action="store_true", help="until it is done; exit code 1 when it failed")
    parser.add_argument("--output", type=Path, metavar="DIR", help="with --wait: put what was made into this folder")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    if arguments.output is not None and not arguments.wait:
        raise UsageError("--output needs --wait: before its end a prompt has made nothing.")
    text = standard_input(TEXT_BYTES) if arguments.text == "-" else arguments.text
    if is_remote(arguments):
        with importing():
            from musings.commands import remote
        return remote.submit(arguments, text)
    settings = settings_for(arguments)
    show_warnings(settings)
    with open_database(settings) as database, closing(makers_of(settings, database)) as pipelines:
        take = partial(
            checked_with,
            database,
            pipelines,
            _request(arguments, text, _parameters(arguments, pipelines, settings, database)),
            max_attempts=settings.processing.max_attempts,
        )
        if arguments.dry_run:
            return _rehearse(pipelines, settings, database, take, arguments)
        wanted = take()
        prompt, _ = database.writing(submission.add, wanted, settings.processing.max_pending)
        if arguments.wait:
            prompt = _wait(database, prompt)
        kept = copied(database, settings, prompt, arguments.output) if arguments.output is not None else ()
        lines = as_lines(database, prompt, settings, kept) if arguments.wait else _queued(prompt)
        report(arguments, partial(as_json, database, prompt, settings), lines)
    return 0 if prompt.status in (PromptStatus.PENDING, PromptStatus.COMPLETED) else 1


def _queued(prompt: Prompt) -> Iterator[str]:
    yield f"Prompt {prompt.id} is queued."
    if prompt.instructions.unused_words is not None:
        yield prompt.instructions.unused_words


def _request(arguments: argparse.Namespace, text: str, parameters: dict[str, Json]) -> PromptRequest:
    return PromptRequest(
        prompt_text=text,
        prompt_type=arguments.prompt_type,
        priority=arguments.priority,
        workflow=arguments.workflow,
        parameters=parameters,
        count=arguments.count,
        enhance=True if arguments.enhance else None,
    )


def _rehearse(
    pipelines: Makers,
    settings: Settings,
    database: Database,
    take: Callable[[], NewPrompt],
    arguments: argparse.Namespace,
) -> int:
    """Print what would become of the prompt; exit code 1 when it would not be taken, or nothing could run it now."""
    most = settings.processing.max_pending
    rehearsals = Rehearsals(pipelines, database.reader(durations.of_workflow))
    found = rehearsals.rehearse(take, lambda _new: database.reading(submission.require_room, most))
    report(arguments, lambda: asdict(found), _rehearsed(found))
    return 0 if found.ok else 1


def _rehearsed(found: Rehearsal) -> Iterator[str]:
    yield f"It would run on {', '.join(found.would_run_on)}." if found.ok else "It would not run now."
    for each in found.problems:
        yield f"  {each.where}: {each.what} {each.remedy}"
    if found.estimate is not None:
        took = found.estimate
        yield (
            f"Such prompts took {took.p50:g} s here (one in ten under {took.p10:g} s, one in ten over {took.p90:g} s)."
        )


def _parameters(
    arguments: argparse.Namespace, pipelines: Makers, settings: Settings, database: Database
) -> dict[str, Json]:
    """What was set; the value ``@FILE`` of a parameter that takes a file is sent, and becomes its reference."""
    given = {**_preset(arguments, pipelines, database), **dict(pair(word) for word in arguments.parameters)}
    kind = KIND_OF_TYPE.get(arguments.prompt_type)
    if kind is None or not any(isinstance(value, str) and value.startswith("@") for value in given.values()):
        return given
    takes_file = {each.name for each in pipelines.form(kind, arguments.workflow) if each.type in FILE_TYPES}
    for name, value in given.items():
        if name in takes_file and isinstance(value, str) and value.startswith("@"):
            given[name] = _sent(Path(value[1:]), settings, database)
    return given


def _preset(arguments: argparse.Namespace, pipelines: Makers, database: Database) -> Mapping[str, Json]:
    """The values of the preset that was asked for; those whose fields are gone are told of and left out."""
    if arguments.preset is None:
        return {}
    if arguments.workflow is None:
        raise UsageError("--preset needs --workflow: a preset belongs to one.")
    found = WorkflowMemory(pipelines, database).preset(arguments.workflow, arguments.preset)
    for name in found.gone:
        say = f"The preset {found.name} has a value for {name}, which is gone from the workflow; it is not used."
        print(f"musings: {say}", file=sys.stderr)  # noqa: T201 (the edge)
    return found.values


def _sent(path: Path, settings: Settings, database: Database) -> str:
    """Keep a file of this machine as an upload; returns its reference."""
    with importing():
        from musings.requests.uploads import take

    root = media_root_of(settings)
    try:
        if path.stat().st_size > settings.upload_bytes:
            raise UsageError(
                f"{path} is larger than media.max_upload_megabytes allows ({settings.upload_bytes:,} bytes)."
            )
        received = root.receiving()
        try:
            shutil.copyfile(path, received)
            return take(database, root, received).ref
        finally:
            received.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error


def _wait(database: Database, prompt: Prompt) -> Prompt:
    """The prompt when it is finished. Raises ``UnreachableError`` when nobody is there or comes by to finish it."""
    changes, quiet_since, told = engine_of(database).changes(), time.monotonic(), False
    while prompt.status in (PromptStatus.PENDING, PromptStatus.PROCESSING):
        if changes.wait(LOOK_SECONDS):
            prompt = database.reading(prompts.get, prompt.id)
            continue
        state = worker_state(database, is_alive)
        if state is not None and state.mode != "none":
            quiet_since = time.monotonic()
            if state.mode == "scheduled" and not told:
                told = True
                print(f"musings: prompt {prompt.id} waits: {state.message}.", file=sys.stderr)  # noqa: T201 (the edge)
        elif time.monotonic() - quiet_since > NO_WORKER_SECONDS:
            raise UnreachableError(
                f"Prompt {prompt.id} is queued, but {NOBODY if state is None else state.message}.",
                hint="Start `musings up` or `musings worker`.",
            )
    return prompt
