"""How the runs of a schedule are noted in ``queue_state``: by the whole program and by the front door.

Standard library only, and of every Python from 3.8: the front door (``musings.sqlite.due``) imports this.
"""

from __future__ import annotations

import json

# Enough for a median of the gaps that one run by hand does not change.
NOTED_RUNS = 12
SCHEDULE = "schedule"
"""The name in ``queue_state`` under which they are noted."""


def with_run(value: str | None, **run: str) -> str:
    """What is noted of a schedule, and one more run in it: when it ``began``, when it ``ended``, or both."""
    noted = _noted(value)
    begun = noted.get("runs")
    runs = [str(each) for each in begun] if isinstance(begun, list) else []
    if "began" in run:
        runs.append(run["began"])
    # Bounded here, so that a row which is written every minute does not grow.
    noted["runs"] = runs[-NOTED_RUNS:]
    if "ended" in run:
        noted["ended"] = run["ended"]
    return json.dumps(noted)


def _noted(value: str | None) -> dict[str, object]:
    try:
        found = json.loads(value or "{}")
    # Whatever stands there was perhaps written by hand: the note begins anew, because nothing hangs on it.
    except (TypeError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
