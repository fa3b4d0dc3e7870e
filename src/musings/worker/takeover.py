"""Taking up what dead workers left: their processes, their half-made files, their rows."""

import contextlib
import socket
from collections.abc import Collection

from musings import logs
from musings.errors import StoreError
from musings.files.artifact_store import ArtifactStore
from musings.housekeeping import mounting
from musings.process import kill_group
from musings.store.database import Database
from musings.store.queue import recovery
from musings.store.queue.leftovers import PROCESS
from musings.store.queue.recovery import Orphan
from musings.store.queue.states import AttemptStatus


def take_over(
    database: Database, media_root: ArtifactStore, default_attempts: int, living: Collection[str] = ()
) -> int:
    """Returns how many prompts were put back or ended. Call it only while no other recovery runs.

    ``living`` are the ids of other workers that are at work: what they have stays as it is.
    """
    # A root that cannot be used is said aloud and no reason to stay away: prompts wait for it, and room is to be made.
    mounting.prepare_if_possible(database, media_root, "worker")
    log = logs.get("worker")
    with database.read() as connection:
        orphans, held = recovery.orphans(connection, living), recovery.held(connection, living)
    # Processes and files before rows: a death in between repeats the clean-up, while rows first would lose track of
    # them.
    for orphan in orphans:
        running = orphan.status == AttemptStatus.RUNNING
        # A row of an older version names no host; then it is taken for this one, as that version ran on one host only.
        if running and orphan.host in (None, socket.gethostname()):
            _kill(orphan)
        if orphan.directory:
            # Files that were placed and whose rows were never written: the next attempt makes them anew.
            media_root.discard_place(orphan.directory)
        if running:
            log.warning("attempt lost, its worker died", prompt=orphan.prompt_id, attempt=orphan.attempt)
    # The living keep theirs; everything else in the working folder is of attempts that will not go on.
    with contextlib.suppress(StoreError):  # said above
        media_root.clear_attempts(held)
    return database.writing(recovery.recover, default_attempts, living)


def _kill(orphan: Orphan) -> None:
    """End what an attempt of this host has left running. A pid of another host would name somebody else here."""
    # Compared with its start time (see ``process.identity``): after a reboot the number is another program's.
    if orphan.external_id and orphan.external_id.startswith(PROCESS):
        kill_group(orphan.external_id.removeprefix(PROCESS))
