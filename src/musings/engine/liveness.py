"""Whether a worker that signed in still works."""

from musings.process import alive
from musings.store.queue.workers import SILENT_SECONDS, WorkerRow


def is_alive(found: WorkerRow) -> bool:
    """Its heart beats; and where it runs on this host, its process is still there."""
    return found.silent_seconds < SILENT_SECONDS and (not found.is_here or alive(found.process))
