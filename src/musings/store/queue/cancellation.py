"""Cancelling: a waiting prompt at once, a running one by asking it to stop."""

from sqlalchemy import Connection, update

from musings.errors import ConflictError
from musings.models import Prompt, PromptStatus
from musings.store.gallery import prompts as stored
from musings.store.queue import leftovers
from musings.store.queue.states import Transition, transition
from musings.store.tables import prompts


def cancel(connection: Connection, prompt_id: int) -> Prompt:
    """Cancel a waiting prompt at once; ask a running one to stop. A finished one is a ``ConflictError``."""
    found = stored.get(connection, prompt_id)
    this = prompts.c.id == prompt_id
    if found.status == PromptStatus.PENDING:
        # A waiting prompt may have a job on a server from an attempt that was put back.
        leftovers.note(connection, prompt_id, found.attempt, found.external_id)
        transition(connection, Transition.CANCEL, this, error_message="Cancelled before it started.")
    elif found.status == PromptStatus.PROCESSING:
        # Only asked: its worker ends it, because only that knows what runs outside and which files are half made.
        connection.execute(update(prompts).where(this).values(cancel_requested=True))
    # Twice is harmless: cancelling what is cancelled changes nothing.
    elif found.status != PromptStatus.CANCELLED:
        raise ConflictError(f"Prompt {prompt_id} is {found.status}: there is nothing to cancel.")
    return stored.get(connection, prompt_id)
