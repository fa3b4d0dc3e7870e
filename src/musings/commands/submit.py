"""Queue a prompt. TEXT may be - to read standard input; put -- before a text that begins with a dash."""

import argparse
import sys
import time
from functools import partial

from musings.api.present import NOBODY, worker_state
from musings.commands.opening import open_database, print_json, say, settings_for, show_warnings
from musings.commands.show import as_json, as_text
from musings.errors import UnreachableError, UsageError
from musings.intake import TEXT_BYTES, UNUSED_WORDS, checked
from musings.models import Json, Prompt, PromptStatus
from musings.pipelines import Pipelines
from musings.store import artifacts, prompts
from musings.store.database import Database

LOOK_SECONDS = 0.2
NO_WORKER_SECONDS = 3.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", metavar="TEXT", help="what should be made, or - for standard input")
    parser.add_argument("--type", default="text", dest="prompt_type", help="text, image, music, voice, poem …")
    parser.add_argument("--workflow", metavar="W", help="what to make it with")
    parser.add_argument("--set", action="append", default=[], metavar="K=V", dest="parameters", help="a parameter")
    parser.add_argument("--count", type=int, metavar="N", help="how many to make of it")
    parser.add_argument("--priority", type=int, default=5, help="1 is most urgent, 10 least")
    parser.add_argument("--enhance", action="store_true", help="have the poets write the words of a picture or a song")
    parser.add_argument("--wait", action="store_true", help="until it is done; exit code 1 when it failed")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments)
    show_warnings(settings)
    text = _standard_input() if arguments.text == "-" else arguments.text
    with open_database(settings) as database:
        wanted = checked(
            Pipelines(settings),
            prompt_text=text,
            prompt_type=arguments.prompt_type,
            priority=arguments.priority,
            workflow=arguments.workflow,
            parameters=dict(_pair(word) for word in arguments.parameters),
            count=arguments.count,
            enhance=True if arguments.enhance else None,
            max_attempts=settings.processing.max_attempts,
            artifact=partial(artifacts.get, database),
        )
        prompt, _ = prompts.add(database, wanted)
        if arguments.wait:
            prompt = _wait(database, prompt)
        if arguments.json:
            print_json(as_json(database, prompt, settings))
        else:
            say(as_text(database, prompt, settings) if arguments.wait else f"Prompt {prompt.id} is queued.")
            if UNUSED_WORDS in wanted.metadata:
                say(str(wanted.metadata[UNUSED_WORDS]))
    return 0 if prompt.status in (PromptStatus.PENDING, PromptStatus.COMPLETED) else 1


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read(TEXT_BYTES + 1).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError("The standard input is not UTF-8 text.") from error


def _pair(word: str) -> tuple[str, Json]:
    """``name=value``; the workflow's form knows which values are numbers."""
    name, equals, value = word.partition("=")
    if not equals or not name:
        raise UsageError(f"--set {word}: write it as name=value.")
    return name, {"true": True, "false": False, "null": None}.get(value, value)


def _wait(database: Database, prompt: Prompt) -> Prompt:
    """The prompt when it is finished. Raises ``UnreachableError`` when nobody is there or comes by to finish it."""
    seen, quiet_since, told = -1, time.monotonic(), False
    while prompt.status in (PromptStatus.PENDING, PromptStatus.PROCESSING):
        version = database.version_of_data()
        if version != seen:
            seen, prompt = version, prompts.get(database, prompt.id)
            continue
        state = worker_state(database)
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
        time.sleep(LOOK_SECONDS)
    return prompt
