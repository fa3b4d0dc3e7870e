"""Retrying by hand: a failed or cancelled prompt is queued again, as if for the first time."""

from sqlalchemy import ColumnElement, Connection, and_, case, func, update

from musings.errors import ConflictError
from musings.models import Prompt, PromptStatus, WorkflowVersion
from musings.store.gallery import prompts as stored
from musings.store.gallery import workflows
from musings.store.queue.leftovers import SERVER_JOB
from musings.store.queue.states import Transition, transition
from musings.store.tables import prompts
from musings.store.visibility import IS_LIVE

# A job that a server still has, or may have, is not joined, and taken away there (``makers.comfyui.whereabouts``).
_LEFT_BEHIND = case(
    (
        prompts.c.external_id.like(f"{SERVER_JOB}%"),
        f"{SERVER_JOB}||" + func.substr(prompts.c.external_id, len(SERVER_JOB) + 1),
    ),
    else_=None,
)


def retry(connection: Connection, prompt_id: int, latest: WorkflowVersion | None = None) -> Prompt:
    """Queue a failed or cancelled prompt again, with a fresh count of attempts. Others are a ``ConflictError``.

    It runs with the version of the workflow that it was submitted with, or with ``latest`` where that is given.
    """
    found = stored.get(connection, prompt_id)
    # It waits already and is due: twice is harmless. One that is put off becomes due by this.
    if found.status == PromptStatus.PENDING and found.next_attempt_at is None:
        return found
    if found.status in (PromptStatus.COMPLETED, PromptStatus.PROCESSING):
        raise ConflictError(
            f"Prompt {prompt_id} is {found.status}: only a failed or cancelled prompt can be tried again.",
            hint="Submit it anew to make another.",
        )
    # One transition for one and for many: what a retry resets is written in one place.
    _again(connection, prompts.c.id == prompt_id)
    if latest is not None:
        workflows.keep(connection, latest)
        newest = update(prompts).where(prompts.c.id == prompt_id).values(workflow_hash=latest.hash)
        connection.execute(newest)
    return stored.get(connection, prompt_id)


def retry_all_failed(connection: Connection) -> list[int]:
    """Queue every failed prompt again; returns their ids."""
    return _again(connection, and_(prompts.c.status == PromptStatus.FAILED, IS_LIVE))


def _again(connection: Connection, which: ColumnElement[bool]) -> list[int]:
    return transition(connection, Transition.RETRY, which, external_id=_LEFT_BEHIND)
