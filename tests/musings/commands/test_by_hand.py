"""A run that a person starts at a terminal is no schedule, so nobody is told that one comes by."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from musings.store.database import Database
from musings.store.queue import schedule

DRAIN = (sys.executable, "-m", "musings", "worker", "--drain")


@pytest.fixture
def terminal() -> Iterator[int]:
    """The side of a terminal that a program reads from."""
    master, slave = os.openpty()
    yield slave
    os.close(master)
    os.close(slave)


def drained(config: Path, stdin: int) -> None:
    words = (*DRAIN, "--config", str(config))
    done = subprocess.run(words, stdin=stdin, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_drain_at_a_terminal_is_no_schedule(config: Path, database: Database, terminal: int) -> None:
    drained(config, terminal)
    assert database.reading(schedule.find) is None


def test_a_drain_without_a_terminal_may_be_one(config: Path, database: Database) -> None:
    drained(config, subprocess.DEVNULL)
    found = database.reading(schedule.find)
    assert found is not None
    assert found.is_kept


def looked(database: Database, stdin: int) -> str:
    assert database.path is not None
    asked = f"due.look({str(database.path)!r}, {str(database.path) + '.lock'!r}, False)"
    look = f"from musings.sqlite import due; print({asked})"
    done = subprocess.run((sys.executable, "-c", look), stdin=stdin, capture_output=True, text=True, check=True)
    return done.stdout


def test_a_look_at_a_terminal_is_no_schedule(database: Database, terminal: int) -> None:
    assert looked(database, terminal).splitlines() == ["Nothing is waiting in the queue.", "0"]
    assert database.reading(schedule.find) is None
    looked(database, subprocess.DEVNULL)
    assert database.reading(schedule.find) is not None
