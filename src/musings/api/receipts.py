"""What a caller is told that may change something and not read it: that it was done, never what is in it."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from musings.api.access_control import access_of
from musings.api.services import Services
from musings.models import Prompt
from musings.security.scopes import Scope
from musings.views import schemas


async def may_read(request: Request) -> bool:
    """Whether whoever asks may read; a coroutine, so that it costs no thread."""
    return access_of(request).may(Scope.READ)


MayRead = Annotated[bool, Depends(may_read)]
"""Whether the caller may read, as a parameter of a route."""


def of_prompt(services: Services, reader: bool, found: Prompt) -> schemas.PromptResponse | schemas.PromptReceipt:
    """A prompt that was made or changed: the whole of it for a ``reader``."""
    if reader:
        return services.shown([found])[0]
    return schemas.PromptReceipt(id=found.id, status=found.status, created_at=found.created_at)


def of_workflow(found: schemas.WorkflowMeta) -> schemas.WorkflowReceipt:
    return schemas.WorkflowReceipt.model_validate(found, from_attributes=True)


def of_dry_run(found: schemas.DryRun) -> schemas.DryRunReceipt:
    return schemas.DryRunReceipt(ok=found.ok, problems=found.problems)


def of_queue(found: schemas.QueueStats) -> schemas.QueueReceipt:
    return schemas.QueueReceipt(paused=found.paused)
