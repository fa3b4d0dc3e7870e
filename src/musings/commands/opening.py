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
from musings.sqlite import schema
from musings.sqlite.location import where
from musings.store.database import Database

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


def prompt_id(word: str) -> int:
    """The type of an argument that names a prompt."""
    if not word.isdecimal() or not 0 < int(word[:20]) < 2**63:
        raise argparse.ArgumentTypeError(f"{word[:40]!r} is not the id of a prompt, which is a number from 1")
    return int(word)


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
