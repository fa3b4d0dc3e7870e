"""Is anything due? The question that a scheduler asks, answered before anything heavy is imported.

Standard library only, and of every Python from 3.8: the owner's scheduler may start the door with the system's.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import sys
import time

from musings.store.queue.noted_runs import SCHEDULE, with_run

# A duty that is due more than a day ahead was noted while the clock was wrong.
DAY = 24 * 3600
LONGEST_WAIT = 3600  # of a prompt for another try
CLOCKS = 2  # seconds that two clocks may differ
# Short: a scheduler starts us every few minutes, and the next look comes soon.
BUSY_SECONDS = 2.0

# NULL and the older words: other programs insert rows that the queue admits later.
WAITING = "(status IS NULL OR status IN ('pending', 'unprocessed', 'queued'))"

# Written out here, because importing the list of types would cost more than the whole look.
NOT_TEXT = " AND prompt_type NOT IN ('text','poem','poetry','prose','story','dialogue','song','lyrics')"

BETWEEN = (
    "status = 'completed' AND artifact_status = 'pending' AND output_reference IS NOT NULL"
    " AND prompt_type IN ('image_prompt', 'lyrics_prompt')"
)
"""Rows whose words are written and whose media are not made yet (see ``store.stages``)."""


def look(database: str, lock: str, media_only: bool) -> int | None:
    """One look of a schedule: its exit code and words for what ends here, None when there is work for the program."""
    noted = not is_by_hand()
    # First: with a living worker every answer is its business, and the ``processing`` rows are not orphans.
    if runner_is_alive(lock):
        if noted:
            note_run(database)
        print("Another worker is already working on this queue.")  # noqa: T201 (the door has no other voice)
        # EX_TEMPFAIL of sysexits.h, as the owner's schedule knows it.
        return 75
    if anything(database, media_only):
        return None
    if noted:
        note_run(database)
    print(_why_not(database, media_only))  # noqa: T201 (the door has no other voice)
    return 0


def is_by_hand() -> bool:
    """Whether a person at a terminal started this run: launchd, systemd and cron give a program none."""
    return sys.stdin is not None and sys.stdin.isatty()


def runner_is_alive(lock: str) -> bool:
    """Whether some process holds the runner's lock. The kernel frees it with its owner, so it is never stale."""
    try:
        # Without creating it: no file means that no runner ever was here.
        file = os.open(lock, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: two that ask at once must not see each other
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(file)


def anything(database: str, media_only: bool) -> bool:
    """Whether a run would find work in the SQLite file, orphans of a dead runner included.

    Whatever cannot be read counts as work: the full program then says what is wrong with it. Call it only when no
    runner is alive, because then every ``processing`` row is an orphan.
    """
    if not os.path.exists(database):  # noqa: PTH110
        # No database, no work; the program would otherwise be started to make an empty one every few minutes.
        return False
    seconds = time.time()
    now, soon, tomorrow = _stamp(seconds), _stamp(seconds + CLOCKS), _stamp(seconds + DAY)
    far = _stamp(seconds + LONGEST_WAIT + CLOCKS)
    due = (
        f"SELECT (EXISTS(SELECT 1 FROM prompts WHERE {WAITING}"  # noqa: S608 (constants only)
        # What waits for a server or for its owner is looked at anew: it may be there.
        " AND (next_attempt_at IS NULL OR next_attempt_at <= ? OR waits_for IS NOT NULL"
        # Put off for longer than anything is, or in the future: the clock was set back (store.queue.waits).
        " OR attempt > 0 AND (next_attempt_at > ? OR EXISTS(SELECT 1 FROM attempts"
        " WHERE prompt_id = prompts.id AND finished_at > ?))) AND deleted_at IS NULL"
        f" AND NOT held{NOT_TEXT if media_only else ''})"
        # Named, because the planner may take an index of statuses, through all that was ever completed.
        f" OR EXISTS(SELECT 1 FROM prompts INDEXED BY musings_prompts_between WHERE {BETWEEN} AND deleted_at IS NULL)"
        # A run of a chain (musings.chains) that a prompt has ended of, and that nobody has looked at since.
        " OR EXISTS(SELECT 1 FROM musings_runs INDEXED BY musings_runs_due WHERE generation > observed_generation"
        " AND paused_at IS NULL)"
        # A schedule (musings.schedules) whose time has come, or was worked out while the clock was wrong.
        " OR EXISTS(SELECT 1 FROM musings_schedules INDEXED BY musings_schedules_due WHERE enabled"
        " AND next_at IS NOT NULL AND (next_at <= ? OR planned_at > ?))"
        ") AND NOT EXISTS(SELECT 1 FROM queue_state WHERE name = 'paused' AND value = '1')"
        " OR EXISTS(SELECT 1 FROM prompts WHERE status = 'processing')"
        # A duty (musings.housekeeping.duties) whose time has come, or lies so far ahead that the clock was set back,
        # and that no other host does at present. A claim of this host is a dead runner's.
        " OR EXISTS(SELECT 1 FROM musings_duties WHERE (coalesce(due_at, '') <= ? OR due_at > ?)"
        # A claim by this host is void: no runner is alive here, which was asked before.
        " AND (host IS NULL OR host = ? OR coalesce(claimed_until, '') <= ? OR claimed_until > ?))"
        # A notice (musings.alerts) that a channel has not taken yet, when it is to be tried again.
        " OR EXISTS(SELECT 1 FROM musings_alert_notices WHERE coalesce(next_try_at, '') <= ?)"
        # A message of a webhook (musings.webhooks), likewise.
        " OR EXISTS(SELECT 1 FROM musings_webhook_deliveries JOIN musings_webhooks ON musings_webhooks.id = webhook_id"
        " WHERE state = 'waiting' AND enabled AND coalesce(next_try_at, '') <= ?)"
    )
    try:
        # Read-only: asking must never create a file, nor wait behind a writer.
        connection = _opened(database, "ro")
        try:
            found = connection.execute(
                due, (now, far, soon, now, tomorrow, now, tomorrow, os.uname().nodename, now, tomorrow, now, now)
            )
            return bool(found.fetchone()[0])
        finally:
            connection.close()
    except sqlite3.Error:
        return True


def _why_not(database: str, media_only: bool) -> str:
    """Words for a run that found nothing to do now."""
    asked = (
        "SELECT EXISTS(SELECT 1 FROM queue_state WHERE name = 'paused' AND value = '1'),"  # noqa: S608 (constants only)
        " count(*), min(next_attempt_at)"
        f" FROM prompts WHERE {WAITING} AND deleted_at IS NULL{NOT_TEXT if media_only else ''}"
    )
    try:
        with contextlib.closing(_opened(database, "ro")) as connection:
            paused, waiting, at = connection.execute(asked).fetchone()
    except sqlite3.Error:
        paused = waiting = 0
        at = None
    if not waiting:
        return "Nothing is waiting in the queue."
    prompts = "1 prompt waits" if waiting == 1 else f"{waiting} prompts wait"
    if paused:
        return f"The queue is paused; {prompts}. `musings resume` lets it go on."
    return f"Nothing is due yet: {prompts}, the next until {str(at)[:19]} UTC."


def note_run(database: str) -> None:
    """Write down that the schedule came by and had nothing to do; a database that is busy or away is left alone."""
    # A note is a courtesy; a schedule that fails over it would be worse.
    with contextlib.suppress(sqlite3.Error):
        connection = _opened(database, "rw")
        try:
            # Read and written in one transaction, or two runs at once would lose one of the notes.
            connection.execute("BEGIN IMMEDIATE")
            found = connection.execute("SELECT value FROM queue_state WHERE name = ?", (SCHEDULE,)).fetchone()
            now = _stamp(time.time())
            connection.execute(
                "INSERT INTO queue_state (name, value) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (SCHEDULE, with_run(found[0] if found else None, began=now, ended=now)),
            )
            connection.execute("COMMIT")
        finally:
            connection.close()


def _opened(database: str, mode: str) -> sqlite3.Connection:
    # The characters with a meaning in an SQLite address; ``urllib`` would cost more time than the look.
    path = database.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return sqlite3.connect(f"file:{path}?mode={mode}", uri=True, timeout=BUSY_SECONDS, isolation_level=None)


def _stamp(seconds: float) -> str:
    """A time as the database has it (``musings.store.times``)."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds)) + f".{int(seconds % 1 * 1e6):06}"
