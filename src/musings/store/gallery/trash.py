"""The trash: prompts that are out of sight with their artifacts, and come back within the undo window.

``prompts.deleted_at`` says when a prompt went there; every list and every file leaves such prompts out. What is being
removed for good (``visibility.TOMBSTONE``) is in the trash no more, and nowhere else either.
"""

import re
from datetime import timedelta

from sqlalchemy import Connection, func, or_, select, update

from musings.errors import ConflictError, NotFoundError
from musings.models import Prompt, PromptStatus
from musings.store import times
from musings.store.gallery import prompts as stored
from musings.store.queue import due, leaps
from musings.store.tables import prompt_artifacts, prompts
from musings.store.visibility import TOMBSTONE

# Whatever the case: some file systems take no notice of it.
OWNER = re.compile(r"(?:^|/)[a-z]+/(\d{1,18})_\d{8}T\d{6}[\d_]*/", re.ASCII | re.IGNORECASE)


def discard(connection: Connection, prompt_id: int) -> None:
    """Put a prompt into the trash; raises ``NotFoundError``. One that is there already stays as it is.

    A waiting prompt keeps its place for the way back and is not started meanwhile; a running one is asked to stop.
    """
    row = connection.execute(select(prompts.c.status, prompts.c.deleted_at).where(prompts.c.id == prompt_id)).first()
    if row is None or row.deleted_at == TOMBSTONE:
        raise NotFoundError(f"There is no prompt {prompt_id}.")
    if row.deleted_at is not None:
        return
    running = {"cancel_requested": True} if row.status == PromptStatus.PROCESSING else {}
    connection.execute(update(prompts).where(prompts.c.id == prompt_id).values(deleted_at=times.now(), **running))


def restore(connection: Connection, prompt_id: int, days: float) -> Prompt:
    """Bring a prompt back with everything that belongs to it. One that is not in the trash is returned as it is.

    Raises ``NotFoundError``, and ``ConflictError`` when it has been in the trash for more than ``days``.
    """
    row = connection.execute(select(prompts.c.deleted_at).where(prompts.c.id == prompt_id)).first()
    if row is None or row.deleted_at == TOMBSTONE:
        raise NotFoundError(f"There is no prompt {prompt_id}.", hint="The trash may have been emptied.")
    if row.deleted_at is not None and row.deleted_at < leaps.look(connection).sure - timedelta(days=days):
        raise ConflictError(
            f"Prompt {prompt_id} cannot come back: what is in the trash goes for good after {days:g} days."
        )
    connection.execute(update(prompts).where(prompts.c.id == prompt_id).values(deleted_at=None))
    found = stored.get(connection, prompt_id)
    if found.status == PromptStatus.PENDING:
        due.enqueue(connection, [prompt_id])
    return found


def hides(connection: Connection, file_path: str) -> bool:
    """Whether a file below the media root belongs to a prompt in the trash.

    Our own paths name their prompt, so that this is one look by its id; any other path is looked up among the
    artifacts of the trash.
    """
    named = OWNER.search(file_path)
    owner = select(prompts.c.id).where(prompts.c.deleted_at.is_not(None))
    if named:
        query = owner.where(prompts.c.id == int(named[1]))
    else:
        columns = (prompt_artifacts.c.file_path, prompt_artifacts.c.preview_path)
        paths = or_(*(func.lower(path) == func.lower(file_path) for path in columns))
        query = owner.join(prompt_artifacts, prompt_artifacts.c.prompt_id == prompts.c.id).where(paths)
    return connection.execute(query.limit(1)).first() is not None
