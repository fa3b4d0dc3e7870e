"""Whether a worker that signed in still works."""

import os
import socket
from datetime import timedelta

import pytest

from musings.engine.liveness import is_alive
from musings.process import identity
from musings.store import times
from musings.store.queue.workers import SILENT_SECONDS, WorkerRow


def row(seconds: float, process: str, host: str) -> WorkerRow:
    heard = times.now() - timedelta(seconds=seconds)
    return WorkerRow("w", host, process, heard, heard, "text")


HERE, ELSEWHERE = socket.gethostname(), "another-host"


@pytest.mark.parametrize(
    ("seconds", "process", "host", "alive"),
    [
        (0, "me", HERE, True),
        (SILENT_SECONDS + 1, "me", HERE, False),
        (0, "1:0", HERE, False),
        (0, "no identity", HERE, False),
        (0, "1:0", ELSEWHERE, True),
        (SILENT_SECONDS + 1, "1:0", ELSEWHERE, False),
    ],
)
def test_its_heart_beats_and_its_process_is_there(seconds: float, process: str, host: str, alive: bool) -> None:
    assert is_alive(row(seconds, identity(os.getpid()) if process == "me" else process, host)) is alive
