"""A request, checked by what the database knows, and stored: for doors that have no caller to answer in HTTP."""

from musings.config.settings import Settings
from musings.makers.base import Resolved
from musings.makers.choice import Makers
from musings.models import NewPrompt, Prompt
from musings.requests.intake import checked
from musings.requests.request import PromptRequest
from musings.store.database import Database
from musings.store.gallery import artifacts, uploads
from musings.store.queue import submission


def checked_with(
    database: Database,
    makers: Makers,
    request: PromptRequest,
    *,
    max_attempts: int,
    resolved: Resolved | None = None,
) -> NewPrompt:
    """A request as a prompt that may be stored, its artifacts and uploads looked up here. Raises as ``intake.checked``.

    It may ask servers: never within a transaction.
    """
    return checked(
        makers,
        request,
        max_attempts=max_attempts,
        artifact=database.reader(artifacts.get),
        upload=database.reader(uploads.get),
        resolved=resolved,
    )


def submit(settings: Settings, database: Database, makers: Makers, request: PromptRequest) -> Prompt:
    """The prompt of a request; with the same idempotency key the one that it made before.

    Raises as ``intake.checked`` and ``submission.add`` do, and ``StoreError``: then it can be sent again.
    """
    new = checked_with(database, makers, request, max_attempts=settings.processing.max_attempts)
    prompt, _ = database.writing(submission.add, new, settings.processing.max_pending)
    return prompt
