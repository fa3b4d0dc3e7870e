"""What the verbs find: a database, and prompts with their files."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from musings.config.settings import load
from musings.files.media_root import MediaRoot
from musings.sqlite.database import open_database
from musings.store.database import Database
from tests.musings.command_line import Run, Said, command, environment, running
from tests.musings.housekeeping.stock import Stock

__all__ = ["Call", "Run", "Said", "command", "environment", "running"]

Call = Callable[..., Any]


@pytest.fixture
def database(config: Path, fresh_database: Path) -> Iterator[Database]:
    path = load(config, {}, config.parent).database.path
    shutil.copy(fresh_database, path)
    opened = open_database(path)
    yield opened
    opened.close()


@pytest.fixture
def stock(database: Database, config: Path) -> Stock:
    root = MediaRoot(config.parent / "GeneratedMedia")
    root.prepare()
    return Stock(database, root)


@pytest.fixture
def call(run: Run) -> Call:
    """Run a verb; returns what it printed, as JSON where that was asked for."""

    def called(*words: str, code: int = 0) -> Any:
        said = run(*words)
        assert said.code == code, said
        return said.json if "--json" in words and code == 0 else said.out + said.err

    return called
