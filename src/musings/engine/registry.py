"""The engines by name: one entry each."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import cast

from musings.engine.base import Engine
from musings.engine.polling import PollingEngine
from musings.sqlite.changes import DataVersion
from musings.store.database import Database
from musings.store.queue import due

DEFAULT = "sqlite"
# The runner's delay is what a person waits for after submitting; a page may lag by a little more.
RUNNER_POLL_SECONDS = 0.05
WATCHER_POLL_SECONDS = 0.15


def _on_sqlite(database: Database) -> Engine:
    return PollingEngine(
        database,
        database.dialect.queue_lock(),
        # What the runner commits gives it nothing to start: it wakes its loop itself when there is room.
        news=partial(DataVersion, database, RUNNER_POLL_SECONDS, of_ours=False),
        changes=partial(DataVersion, database, WATCHER_POLL_SECONDS),
    )


ENGINES: Mapping[str, Callable[[Database], Engine]] = {DEFAULT: _on_sqlite}


def engine_of(database: Database, name: str = DEFAULT) -> Engine:
    """The engine of an open database: the one that had itself attached to it, or else a new one of this name.

    One that wants to be told of each row in the row's transaction attaches itself when it is made (``due.attach``).
    """
    # One engine for each database in a process: an engine that is told of rows would miss those told to another.
    found = due.attached(database)
    return ENGINES[name](database) if found is None else cast("Engine", found)
