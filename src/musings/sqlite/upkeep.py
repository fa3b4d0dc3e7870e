"""The database's own care, in small bounded steps. Call it while no prompt runs.

Sources: https://sqlite.org/fts5.html (the 'merge' command), https://sqlite.org/pragma.html (optimize,
wal_checkpoint, analysis_limit).
"""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update

from musings.sqlite.errors import explained
from musings.store.database import Database
from musings.store.queue import leaps
from musings.store.tables import attempts, prompts

KEPT_LOG_DAYS = 90
# A few at a time, so that no write holds the lock for long.
LOGS_AT_ONCE = 500
# Pages for each step: a bound, so that other writers get their turn in between.
MERGE_PAGES = 200
BUDGET_SECONDS = 2.0
# Short: upkeep gives way to everybody, and comes again in an hour.
WAIT_SECONDS = 0.2


@dataclass(frozen=True)
class Tidied:
    """``logs`` is how many old logs were dropped, ``merges`` how often the full-text index was merged a little.

    ``checkpointed`` says whether the write-ahead log was emptied; somebody who reads may prevent it.
    """

    logs: int
    merges: int
    checkpointed: bool


def tidy(database: Database, go_on: Callable[[], bool] = lambda: True) -> Tidied:
    """Drop old logs, merge the full-text index, refresh the planner's figures, empty the write-ahead log.

    Stops early when ``go_on`` says so, and after some seconds; the next call continues. Does not wait for locks.
    """
    dropped = drop_old_logs(database)
    if database.path is None:
        return Tidied(dropped, 0, False)
    try:
        plain = sqlite3.connect(str(database.path), timeout=WAIT_SECONDS, isolation_level=None)
        try:
            merges = sum(_merge(plain, name, go_on) for name in _indexes(plain))
            # Without a limit the analysis reads whole indexes, which takes long in a large database.
            plain.execute("PRAGMA analysis_limit = 400")
            plain.execute("PRAGMA optimize")
            # Truncated last, after all writing: the log file would otherwise keep the size of its busiest hour.
            busy = plain.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            plain.close()
    except sqlite3.Error as error:
        raise explained(error) from error
    return Tidied(dropped, merges, busy == 0)


def drop_old_logs(database: Database) -> int:
    """Forget the log excerpts of attempts that ended long ago, but of starred prompts; returns how many went."""
    before = database.reading(leaps.look).sure - timedelta(days=KEPT_LOG_DAYS)
    # A starred prompt is one that its owner wants to keep as it is.
    kept = select(prompts.c.id).where(prompts.c.starred == True)  # noqa: E712 (SQL)
    old = (
        select(attempts.c.id)
        .where(attempts.c.finished_at < before, attempts.c.log_excerpt.is_not(None), attempts.c.prompt_id.not_in(kept))
        .limit(LOGS_AT_ONCE)
    )
    # Read first, so that an hour without old logs writes nothing.
    with database.read() as connection:
        ids = connection.execute(old).scalars().all()
    if not ids:
        return 0
    with database.write() as connection:
        return connection.execute(update(attempts).where(attempts.c.id.in_(ids)).values(log_excerpt=None)).rowcount


def _indexes(plain: sqlite3.Connection) -> list[str]:
    """The full-text indexes that are ours, by name."""
    # By name: an index of another program is its own business.
    ours = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'musings_*_fts'"
    return [str(row[0]) for row in plain.execute(ours)]


def _merge(plain: sqlite3.Connection, name: str, go_on: Callable[[], bool]) -> int:
    """Merge until there is nothing to merge: SQLite then changes fewer than two rows."""
    steps, until = 0, time.monotonic() + BUDGET_SECONDS
    while go_on() and time.monotonic() < until:
        before = plain.total_changes
        plain.execute(f"INSERT INTO {name} ({name}, rank) VALUES ('merge', {MERGE_PAGES})")  # noqa: S608 (our name)
        # The statement always counts one change for itself.
        if plain.total_changes - before < 2:
            break
        steps += 1
    return steps
