"""The one word for how the house is."""

from pathlib import Path
from typing import Any

import pytest

from musings.store.database import Database
from musings.views.schemas import Eta, QueueStats, WorkerState
from musings.views.summary import summary


def stats(mode: str | None, **counts: Any) -> QueueStats:
    worker = None
    if mode is not None:
        worker = WorkerState.model_validate(
            {
                "mode": mode,
                "alive": mode == "running",
                "pid": None,
                "heartbeat_at": None,
                "last_run_at": None,
                "next_run_at": None,
                "message": "",
            }
        )
    given: dict[str, Any] = {"paused": False, "pending": 0, "processing": 0, **counts}
    return QueueStats(
        by_status={},
        by_kind={},
        oldest_pending_seconds=None,
        running=[],
        rate_per_hour=0,
        eta_seconds=Eta(p50=None, p90=None),
        worker=worker,
        disk_low=False,
        disk_message=None,
        hours_message=None,
        engine={},
        **given,
    )


@pytest.mark.parametrize(
    ("queue", "state"),
    [
        (stats(None), "idle"),
        (stats("none"), "idle"),
        (stats("running", processing=1, pending=3), "working"),
        (stats("running", processing=1, paused=True), "working"),
        (stats("running", pending=3), "waiting"),
        (stats("scheduled", pending=3), "waiting"),
        (stats("none", pending=3), "stopped"),
        (stats(None, pending=3), "stopped"),
        (stats("running", pending=3, paused=True), "paused"),
    ],
)
def test_the_state_in_one_word(database: Database, tmp_path: Path, queue: QueueStats, state: str) -> None:
    assert summary(database, queue).state == state
