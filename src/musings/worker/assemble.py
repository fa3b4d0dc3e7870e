"""A runner put together from the settings."""

import os
import threading
from collections.abc import Callable, Collection

from musings.config import Settings
from musings.models import Kind
from musings.pipelines import Pipelines
from musings.store.database import Database
from musings.store.media_root import MediaRoot
from musings.worker.attempt import Workshop
from musings.worker.engine import ENGINES
from musings.worker.runner import OVERDUE_SECONDS, Runner


def runner(
    settings: Settings,
    database: Database,
    kinds: Collection[Kind] = tuple(Kind),
    *,
    pipelines: Pipelines | None = None,
    at_step: Callable[[str], None] = lambda step: None,
    overdue_seconds: float = OVERDUE_SECONDS,
) -> Runner:
    """The runner for a database; nothing is started yet."""
    processing = settings.processing
    media_root = MediaRoot(settings.media_root)
    workshop = Workshop(
        database=database,
        media_root=media_root,
        pipelines=pipelines or Pipelines(),
        max_attempts=processing.max_attempts,
        backoff_seconds=processing.backoff_seconds,
        stopping=threading.Event(),
        at_step=at_step,
    )
    return Runner(
        ENGINES["sqlite"](database, media_root, processing.max_attempts),
        workshop,
        kinds=kinds,
        concurrency=processing.concurrency,
        timeout_seconds=processing.timeout_seconds,
        shutdown_seconds=processing.shutdown_seconds,
        pid=os.getpid(),
        overdue_seconds=overdue_seconds,
    )
