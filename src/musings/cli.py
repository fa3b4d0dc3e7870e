"""The command line: one verb, one module of ``musings.commands``.

The only place where an error becomes terminal text and an exit code.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from musings.errors import InvalidInputError, LockedError, MusingsError, UnreachableError, UsageError
from musings.version import VERSION

VERBS = {
    "up": "everything on this machine: API, page and worker",
    "serve": "the API and the page",
    "worker": "work through the queue",
    "submit": "queue a prompt",
    "list": "prompts, newest first",
    "show": "one prompt with everything that belongs to it",
    "cancel": "cancel a waiting or running prompt",
    "retry": "queue a failed prompt again",
    "pause": "start nothing new",
    "resume": "go on after a pause",
    "workflows": "what prompts can be made with",
    "status": "what waits, what runs, what failed",
    "logs": "the last lines of the logs",
    "migrate": "bring the database to the shape this version needs",
    "backup": "copy the database, and the media where asked, while everything goes on",
    "restore": "put a backup in place, after checking it",
    "export": "one zip file: JSON lines, files, a gallery without a server",
    "service": "the queue and the API in the background: install, status, logs …",
    "doctor": "check configuration, database, disk and worker",
    "fake-comfy": "a ComfyUI without models, to try with",
    "openapi": "print the API's description",
}

EXIT_CODES: tuple[tuple[type[BaseException], int], ...] = (
    (UsageError, 2),
    (InvalidInputError, 2),
    (UnreachableError, 3),
    (LockedError, 75),
    (KeyboardInterrupt, 130),
    (MusingsError, 1),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code (INTERFACE section 4)."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(words)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains at exit
        return 1
    except (MusingsError, KeyboardInterrupt) as error:
        if isinstance(error, MusingsError):
            print(f"musings: {error.explained}", file=sys.stderr)  # noqa: T201 (the edge)
        return next(code for kind, code in EXIT_CODES if isinstance(error, kind))


def _run(words: list[str]) -> int:
    verb = words[0] if words else "--help"
    if verb in ("-h", "--help", "help"):
        print(_overview())  # noqa: T201 (the edge)
        return 0
    if verb in ("-V", "--version", "version"):
        print(f"musings {VERSION}")  # noqa: T201 (the edge)
        return 0
    if verb not in VERBS:
        import difflib

        near = difflib.get_close_matches(verb, VERBS, 1)
        raise UsageError(
            f"There is no verb {verb!r}.",
            hint=f"Did you mean {near[0]}?" if near else "See `musings --help`.",
        )
    command = importlib.import_module(f"musings.commands.{verb.replace('-', '_')}")
    parser = argparse.ArgumentParser(prog=f"musings {verb}", description=command.__doc__)
    parser.add_argument("--config", type=Path, metavar="FILE", help="the configuration to use")
    command.add_arguments(parser)
    code: int = command.run(parser.parse_args(words[1:]))
    return code


def _overview() -> str:
    lines = [f"  {verb:<10} {words}" for verb, words in VERBS.items()]
    return "\n".join(
        [
            "usage: musings VERB …",
            "",
            "A queue, a studio and a gallery for text, pictures, music and voice made at home.",
            "",
            *lines,
            "",
            "`musings VERB --help` tells more about each.",
        ]
    )
