"""A runner put together from the settings."""

import os
import threading
from collections.abc import Callable, Collection
from functools import partial

from musings.alerts import duty as alerts
from musings.config.settings import Settings
from musings.engine.registry import engine_of
from musings.files.media_root import media_root_of
from musings.makers import places
from musings.makers.choice import Makers
from musings.models import MEDIA_KINDS, Kind
from musings.requests.stored_makers import makers_of
from musings.schedules.firing import Firings
from musings.schedules.making import Workroom
from musings.store.database import Database
from musings.webhooks import duty as webhooks
from musings.worker import sleeping_servers
from musings.worker.housekeeper import Housekeeper
from musings.worker.runner import Runner
from musings.worker.running import OVERDUE_SECONDS, AttemptLimits
from musings.worker.slots import MakerSlots
from musings.worker.workshop import Workshop


def runner(
    settings: Settings,
    database: Database,
    kinds: Collection[Kind] = tuple(Kind),
    *,
    pipelines: Makers | None = None,
    at_step: Callable[[str], None] = lambda step: None,
    overdue_seconds: float = OVERDUE_SECONDS,
) -> Runner:
    """The runner for a database; nothing is started yet."""
    processing = settings.processing
    media_root = media_root_of(settings)
    made_with = pipelines or makers_of(settings, database)
    told = alerts.duties(settings, database, partial(places.needed, settings, made_with))
    posting = webhooks.post_of(settings, database)
    sleeping = sleeping_servers.duties(settings, database, made_with.sleepers)
    workshop = Workshop(
        database=database,
        media_root=media_root,
        pipelines=made_with,
        max_attempts=processing.max_attempts,
        backoff_seconds=processing.backoff_seconds,
        stopping=threading.Event(),
        at_step=at_step,
        marks=settings.media.mark.written,
        redact=settings.redactor(),
    )
    return Runner(
        engine_of(database),
        workshop,
        Housekeeper(settings, database, more=[*told, *webhooks.duties(posting), *sleeping]),
        MakerSlots(processing.concurrency, made_with, processors=os.cpu_count() or 1),
        AttemptLimits(processing.timeout_seconds, processing.shutdown_seconds, overdue_seconds),
        Firings(
            Workroom(
                database,
                made_with,
                processing.max_attempts,
                processing.max_pending,
                settings.webhooks.allowed_hosts,
            )
        ),
        kinds=_served(settings, kinds),
        pid=os.getpid(),
    )


def _served(settings: Settings, kinds: Collection[Kind]) -> list[Kind]:
    """With media switched off its prompts wait."""
    return [kind for kind in kinds if settings.media.enabled or kind not in MEDIA_KINDS]
