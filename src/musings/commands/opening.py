"""How every verb begins: settings, logs, an open database."""

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from musings import locate, logs
from musings.config.settings import Settings, load
from musings.engine.registry import engine_of
from musings.errors import UsageError
from musings.models import Json
from musings.sqlite import schema
from musings.sqlite.location import where
from musings.store.database import Database

NAME_CHARACTERS = 100
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def settings_for(arguments: argparse.Namespace, overrides: Mapping[str, Any] | None = None) -> Settings:
    """The settings that count for this call."""
    given = {key: value for key, value in (overrides or {}).items() if value is not None}
    named = str(arguments.config) if arguments.config else None
    found = locate.provide_config(locate.find_config(named, os.environ, str(Path.cwd())))
    return load(Path(found) if found else None, os.environ, Path.cwd(), given)


def service_logs(settings: Settings, program: str) -> None:
    """Logs for a verb that serves; its first lines are the warnings of the configuration."""
    # A unit's standard error goes to a file that nobody rotates: only what ends the program belongs there.
    terminal = "MUSINGS_UNIT" not in os.environ
    logs.configure(settings.logging, program, settings.redactor(), terminal=terminal)
    for warning in settings.warnings:
        logs.get("config").warning(warning)


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database with its tables, made where it is missing."""
    place = where(settings.database)
    place.make_folder()
    database = place.open()
    try:
        done = schema.ensure(database, settings.media_root)
        if done is not None and done.backup is not None:
            print(f"musings: {done.as_words()}", file=sys.stderr)  # noqa: T201 (the edge)
        engine_of(database)  # one that wants to be told of what this verb makes due attaches itself
        yield database
    finally:
        database.close()


def show_warnings(settings: Settings) -> None:
    """The warnings of the configuration, for a verb that answers on the terminal."""
    for warning in settings.warnings:
        print(f"musings: {warning}", file=sys.stderr)  # noqa: T201 (the edge)


def is_remote(arguments: argparse.Namespace) -> bool:
    """Whether this call is about the queue of another machine. ``--config`` names one of this machine's."""
    return arguments.config is None and bool(os.environ.get("MUSINGS_URL"))


def id_of(what: str) -> Callable[[str], int]:
    """The type of an argument that names one thing of a sort (``a prompt``)."""

    def number(word: str) -> int:
        if not word.isdecimal() or not 0 < int(word[:20]) < 2**63:
            raise argparse.ArgumentTypeError(f"{word[:40]!r} is not the id of {what}, which is a number from 1")
        return int(word)

    return number


prompt_id = id_of("a prompt")


def take_options_after(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Take ``--json`` and ``--config`` behind the act as well: argparse has them before it, people write them after."""
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        act.add_argument("--config", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def printable_name(name: str) -> str:
    """A name that somebody gives to something, without blanks around it. Raises ``UsageError``."""
    name = name.strip()
    if not name or len(name) > NAME_CHARACTERS or not name.isprintable():
        raise UsageError(f"NAME must be one to {NAME_CHARACTERS} printable characters.")
    return name


def standard_input(most_bytes: int) -> str:
    """What is piped in; one byte more than is taken tells that it is too long. Raises ``UsageError``."""
    try:
        return sys.stdin.buffer.read(most_bytes + 1).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError("The standard input is not UTF-8 text.") from error


def report(arguments: argparse.Namespace, document: Callable[[], object], lines: Iterable[str]) -> None:
    """Print a result: one JSON document where ``--json`` was given, else lines for a person.

    Only the form that is printed is made: ``document`` is called for JSON, ``lines`` (a generator, where lines cost
    something) is read for a person.
    """
    if arguments.json:
        print_json(document())
        return
    for line in lines:
        say(line)


def print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))  # noqa: T201 (the edge)


def say(text: str) -> None:
    """Print for a person. What others wrote into a prompt must not steer the terminal."""
    print(CONTROL.sub("\N{REPLACEMENT CHARACTER}", text))  # noqa: T201 (the edge)


def pair(word: str) -> tuple[str, Json]:
    """``name=value``; the workflow's form knows which values are numbers."""
    name, equals, value = word.partition("=")
    if not equals or not name:
        raise UsageError(f"--set {word}: write it as name=value.")
    return name, {"true": True, "false": False, "null": None}.get(value, value)
