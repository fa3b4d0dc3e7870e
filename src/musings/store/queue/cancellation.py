"""Cancelling: a waiting prompt at once, a running one by asking it to stop."""

from sqlalchemy import update

from musings.errors import ConflictError
from musings.models import ArtifactStatus, Kind, Prompt, PromptStatus
from musings.store import times
from musings.store.database import Database
from musings.store.gallery.prompts import fetch
from musings.store.queue import leftovers
from musings.store.tables import prompts


def cancel(database: Database, prompt_id: int) -> Prompt:
    """Cancel a waiting prompt at once; ask a running one to stop. A finished one is a ``ConflictError``."""
    with database.write() as connection:
        found = fetch(connection, prompt_id)
        if found.status == PromptStatus.PENDING:
            values = {
                "status": PromptStatus.CANCELLED,
                "completed_at": times.now(),
                "next_attempt_at": None,
                "artifact_status": None if found.kind is Kind.TEXT else ArtifactStatus.ERROR,
                "error_message": "Cancelled before it started.",
            }
        elif found.status == PromptStatus.PROCESSING:
            values = {"cancel_requested": True}
        elif found.status == PromptStatus.CANCELLED:
            return found
        else:
            raise ConflictError(f"Prompt {prompt_id} is {found.status}: there is nothing to cancel.")
        if found.status == PromptStatus.PENDING:
            leftovers.note(connection, prompt_id, found.attempt, found.external_id)
        connection.execute(update(prompts).where(prompts.c.id == prompt_id).values(values))
        return fetch(connection, prompt_id)
