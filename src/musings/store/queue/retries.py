"""Retrying by hand: a failed or cancelled prompt is queued again, as if for the first time."""

from sqlalchemy import ColumnElement, Connection, and_, case, func, update

from musings.errors import ConflictError
from musings.models import KIND_OF_TYPE, ArtifactStatus, Kind, Prompt, PromptStatus, WorkflowVersion
from musings.store.database import Database
from musings.store.gallery import workflows
from musings.store.gallery.prompts import fetch
from musings.store.tables import ANEW, prompts
from musings.store.visibility import IS_LIVE

# A job that a server still has, or may have, is not joined, and taken away there (``pipelines.whereabouts``).
_LEFT_BEHIND = case(
    (prompts.c.external_id.like("comfy|%"), "comfy|||" + func.substr(prompts.c.external_id, len("comfy|") + 1)),
    else_=None,
)


def retry(database: Database, prompt_id: int, latest: WorkflowVersion | None = None) -> Prompt:
    """Queue a failed or cancelled prompt again, with a fresh count of attempts. Others are a ``ConflictError``.

    It runs with the version of the workflow that it was submitted with, or with ``latest`` where that is given.
    """
    with database.write() as connection:
        found = fetch(connection, prompt_id)
        if found.status == PromptStatus.PENDING and found.next_attempt_at is None:
            return found
        if found.status in (PromptStatus.COMPLETED, PromptStatus.PROCESSING):
            raise ConflictError(
                f"Prompt {prompt_id} is {found.status}: only a failed or cancelled prompt can be tried again.",
                hint="Submit it anew to make another.",
            )
        _again(connection, prompts.c.id == prompt_id)
        if latest is not None:
            workflows.keep_in(connection, latest)
            newest = update(prompts).where(prompts.c.id == prompt_id).values(workflow_hash=latest.hash)
            connection.execute(newest)
        return fetch(connection, prompt_id)


def retry_all_failed(database: Database) -> list[int]:
    """Queue every failed prompt again; returns their ids."""
    with database.write() as connection:
        return _again(connection, and_(prompts.c.status == PromptStatus.FAILED, IS_LIVE))


def _again(connection: Connection, which: ColumnElement[bool]) -> list[int]:
    texts = [name for name, kind in KIND_OF_TYPE.items() if kind is Kind.TEXT]
    statement = (
        update(prompts)
        .where(which)
        .values(
            status=PromptStatus.PENDING,
            **ANEW,
            next_attempt_at=None,
            completed_at=None,
            error_message=None,
            cancel_requested=False,
            progress=None,
            external_id=_LEFT_BEHIND,
            artifact_status=ArtifactStatus.PENDING,
        )
        .returning(prompts.c.id, prompts.c.prompt_type)
    )
    found = connection.execute(statement).all()
    plain = [row.id for row in found if (row.prompt_type or "text") in texts]
    if plain:
        connection.execute(update(prompts).where(prompts.c.id.in_(plain)).values(artifact_status=None))
    return [row.id for row in found]
