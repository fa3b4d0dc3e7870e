"""The command line: one verb, one module of ``musings.commands``.

The only place where an error becomes terminal text and an exit code.
"""

import argparse
import difflib
import importlib
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NoReturn

from musings.errors import InvalidInputError, LockedError, MusingsError, UnreachableError, UsageError
from musings.security.redaction import Redactor
from musings.security.umask import keep_private
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
    "chain": "recipes of several steps: list, show, check, add, remove, run",
    "musing": "ideas on their way through a chain: list, show, stop, answer",
    "schedule": "prompts and chains asked for at times: add, list, show, pause, resume, run, remove",
    "workflows": "what prompts can be made with",
    "status": "what waits, what runs, what failed",
    "logs": "the last lines of the logs",
    "token": "who may use this server: tokens, the password, sessions",
    "migrate": "bring the database to the shape this version needs",
    "backup": "copy the database, and the media where asked, while everything goes on",
    "restore": "put a backup in place, after checking it",
    "export": "one zip file: JSON lines, files, a gallery without a server",
    "service": "the queue and the API in the background: install, status, logs …",
    "delete": "put prompts into the trash",
    "trash": "list, restore or empty what was deleted",
    "prune": "remove what the retention lets go",
    "check-files": "compare the files with the rows that name them",
    "alerts": "what is wrong now; `alerts test` tries the channels",
    "webhooks": "which programs are told when a prompt ends",
    "mcp": "serve agents by the Model Context Protocol, on standard input and output",
    "feeds": "addresses for readers and podcast players: create, list, revoke",
    "doctor": "check configuration, database, disk and worker",
    "fake-comfy": "a ComfyUI without models, to try with",
    "openapi": "print the API's description",
}

THIS_QUEUE = ("retry", "pause", "resume", "delete", "trash", "status")
"""What works on the queue of this machine alone: where ``MUSINGS_URL`` names another, a number means another prompt."""

EXIT_CODES: tuple[tuple[type[BaseException], int], ...] = (
    (UsageError, 2),
    (InvalidInputError, 2),
    (UnreachableError, 3),
    (LockedError, 75),
    (KeyboardInterrupt, 130),
    (MusingsError, 1),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code (docs/reference/command-line.md)."""
    words = list(sys.argv[1:] if argv is None else argv)
    keep_private()
    try:
        code = _run(words)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains at exit
        return 1
    except (MusingsError, KeyboardInterrupt) as error:
        if isinstance(error, MusingsError):
            print(f"musings: {Redactor()(error.explained)}", file=sys.stderr)  # noqa: T201 (the edge)
        return next(code for kind, code in EXIT_CODES if isinstance(error, kind))
    return code


def parser_of(verb: str) -> "_Parser":
    """The options of a verb."""
    command = importlib.import_module(f"musings.commands.{verb.replace('-', '_')}")
    parser = _Parser(prog=f"musings {verb}", description=command.__doc__, allow_abbrev=False)
    parser.add_argument("--config", type=Path, metavar="FILE", help="the configuration to use")
    command.add_arguments(parser)
    parser.set_defaults(run=command.run)
    return parser


class _Parser(argparse.ArgumentParser):
    """argparse with our own words, and the nearest option for one that is none."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[0].upper()}{message[1:]}.", hint=f"See `{self.prog} --help`.")

    def unknown(self, left: Sequence[str], words: Sequence[str]) -> NoReturn:
        """Say what is wrong with the words that are left over. ``words`` are all of them, in their order."""
        known = self._option_string_actions
        after = words[words.index("--") + 1 :] if "--" in words else []
        option = next((_option(word) for word in left if word.startswith("-") and word not in ("--", *after)), None)
        misplaced = next((_option(word) for word in after if _option(word) in known), None)
        if option is None and misplaced is not None:
            raise UsageError(
                f"{misplaced} stands after --, and what stands there is text, not an option.",
                hint=f"Put {misplaced} before the --, and a text of several words in quotes after it.",
            )
        if option is None:
            extra = next((word for word in left if word != "--"), left[0])
            raise UsageError(f"One word too many: {extra!r}.", hint="Put a text of several words in quotes.")
        if option in known:
            raise UsageError(f"{option} cannot stand where it does.", hint=f"See `{self.prog} --help`.")
        raise UsageError(f"There is no option {option}.", hint=_meant(option, self._option_string_actions, self.prog))


def _run(words: list[str]) -> int:
    verb = words[0] if words else "--help"
    if verb in ("-h", "--help", "help"):
        print(_overview())  # noqa: T201 (the edge)
        return 0
    if verb in ("-V", "--version", "version"):
        print(f"musings {VERSION}")  # noqa: T201 (the edge)
        return 0
    if verb.startswith("-"):
        raise UsageError(f"The verb comes first, and {verb} after it.", hint="See `musings --help`.")
    if verb not in VERBS:
        raise UsageError(f"There is no verb {verb!r}.", hint=_meant(verb, VERBS, "musings"))
    parser = parser_of(verb)
    arguments, left = parser.parse_known_args(words[1:])
    if left:
        parser.unknown(left, words[1:])
    if verb in THIS_QUEUE and arguments.config is None and os.environ.get("MUSINGS_URL"):
        raise UsageError(
            f"`musings {verb}` works on the queue of this machine, and MUSINGS_URL names another.",
            hint="Name this machine's with --config FILE, or unset MUSINGS_URL.",
        )
    code: int = arguments.run(arguments)
    return code


def _option(word: str) -> str:
    return word.partition("=")[0]


def _meant(word: str, known: Iterable[str], program: str) -> str:
    near = difflib.get_close_matches(word, known, 1)
    return f"Did you mean {near[0]}?" if near else f"See `{program} --help`."


def _overview() -> str:
    lines = [f"  {verb:<11} {words}" for verb, words in VERBS.items()]
    return "\n".join(
        [
            "usage: musings VERB …",
            "",
            "A queue, a studio and a gallery for text, pictures, music, voice and films made at home.",
            "",
            *lines,
            "",
            "`musings VERB --help` tells more about each.",
        ]
    )
