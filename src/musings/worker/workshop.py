"""What every attempt of a worker needs."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from musings.files.artifact_store import ArtifactStore
from musings.makers.choice import Makers
from musings.store.database import Database

STEPS = ("claimed", "made", "prepared", "announced", "placed", "committed")
"""The steps of an attempt, in order; a test can end the process at each."""


@dataclass(frozen=True)
class Workshop:
    """What every attempt needs. ``at_step`` receives the name of each step of :data:`STEPS` as it is reached.

    ``settle_seconds`` are the waits between tries to store the end of an attempt; the last one repeats, with
    ``is_bounded`` only for as long as a drain waits.
    ``marks``: whether what is made says that a machine made it.
    ``redact`` takes secrets out of what is stored for people to read: messages and log excerpts.
    """

    database: Database
    media_root: ArtifactStore
    pipelines: Makers
    max_attempts: int
    backoff_seconds: float
    stopping: threading.Event
    settle_seconds: Sequence[float] = (0.5, 1, 2, 5, 10)
    is_bounded: bool = False
    at_step: Callable[[str], None] = lambda step: None
    marks: bool = True
    redact: Callable[[str], str] = lambda text: text
