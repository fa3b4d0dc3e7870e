"""A process that fires what is due and is killed at a statement, for tests of what is left."""

import os
import signal
from pathlib import Path
from typing import Any

from sqlalchemy import event

from musings.sqlite.database import open_database
from tests.musings.schedules.planning import Planner


def fire(path: Path, statements: int) -> None:
    """Fire what is due; at the statement of this number, counted from 1, the process is killed."""
    database = open_database(path)
    left = statements

    def count(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", count)
    # The commit is none of the statements: a process that dies at it has said nothing of it.
    event.listen(database.engine, "commit", count)
    Planner(database).firings.due()
    database.close()
