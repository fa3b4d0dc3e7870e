"""Taking up what dead workers left: their processes, their half-made files, their rows."""

import socket
from collections.abc import Collection

from musings import logs
from musings.files.media_root import MediaRoot
from musings.process import kill_group
from musings.store.database import Database
from musings.store.queue import recovery
from musings.store.queue.recovery import Orphan
from musings.store.queue.states import AttemptStatus

PROCESS = "process:"


def take_over(database: Database, media_root: MediaRoot, default_attempts: int, living: Collection[str] = ()) -> int:
    """Returns how many prompts were put back or ended. Call it only when nobody else works on those of dead workers.

    ``living`` are the ids of other workers that are at work: what they have stays as it is.
    """
    media_root.prepare()
    log = logs.get("worker")
    with database.read() as connection:
        orphans, held = recovery.orphans(connection, living), recovery.held(connection, living)
    for orphan in orphans:
        running = orphan.status == AttemptStatus.RUNNING
        if running and orphan.host in (None, socket.gethostname()):
            _kill(orphan)
        if orphan.directory:
            media_root.discard_place(orphan.directory)
        if running:
            log.warning("attempt lost, its worker died", prompt=orphan.prompt_id, attempt=orphan.attempt)
    media_root.clear_attempts(held)
    return database.writing(recovery.recover, default_attempts, living)


def _kill(orphan: Orphan) -> None:
    """End what an attempt of this host has left running. A pid of another host would name somebody else here."""
    if orphan.external_id and orphan.external_id.startswith(PROCESS):
        kill_group(orphan.external_id.removeprefix(PROCESS))
