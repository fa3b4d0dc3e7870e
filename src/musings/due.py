"""Is anything due? The question that a scheduler asks, answered before anything heavy is imported (DESIGN D6)."""

import fcntl
import os
import sqlite3
import time

DAY = 24 * 3600
WAITING = "(status IS NULL OR status IN ('pending', 'unprocessed', 'queued'))"

BETWEEN = (
    "status = 'completed' AND artifact_status = 'pending' AND output_reference IS NOT NULL"
    " AND prompt_type IN ('image_prompt', 'lyrics_prompt')"
)
"""Rows whose words are written and whose media are not made yet (see ``store.stages``)."""


def runner_is_alive(lock: str) -> bool:
    """Whether some process holds the runner's lock. The kernel frees it with its owner, so it is never stale."""
    try:
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
        return False
    seconds = time.time()
    now, tomorrow = _stamp(seconds), _stamp(seconds + DAY)
    media = " AND prompt_type NOT IN ('text','poem','poetry','prose','story','dialogue','song','lyrics')"
    due = (
        f"SELECT (EXISTS(SELECT 1 FROM prompts WHERE {WAITING}"  # noqa: S608 (constants only)
        " AND (next_attempt_at IS NULL OR next_attempt_at <= ?) AND deleted_at IS NULL"
        f"{media if media_only else ''})"
        f" OR EXISTS(SELECT 1 FROM prompts INDEXED BY musings_prompts_between WHERE {BETWEEN} AND deleted_at IS NULL)"
        ") AND NOT EXISTS(SELECT 1 FROM queue_state WHERE name = 'paused' AND value = '1')"
        " OR EXISTS(SELECT 1 FROM prompts WHERE status = 'processing')"
        # A duty (musings.housekeeping.duties) whose time has come, or lies so far ahead that the clock was set back.
        " OR EXISTS(SELECT 1 FROM queue_state WHERE name GLOB 'duty:*' AND (value <= ? OR value > ?))"
    )
    path = database.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            return bool(connection.execute(due, (now, now, tomorrow)).fetchone()[0])
        finally:
            connection.close()
    except sqlite3.Error:
        return True


def _stamp(seconds: float) -> str:
    """A time as the database has it (``musings.store.times``)."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds)) + f".{int(seconds % 1 * 1e6):06}"
