"""A request, checked and stored: for doors that have no caller to answer in HTTP."""

from musings.config.settings import Settings
from musings.makers.choice import Makers
from musings.models import Prompt
from musings.requests.intake import checked
from musings.requests.request import PromptRequest
from musings.store.database import Database
from musings.store.gallery import artifacts, uploads
from musings.store.queue import submission


def submit(settings: Settings, database: Database, makers: Makers, request: PromptRequest) -> Prompt:
    """The prompt of a request; with the same idempotency key the one that it made before.

    Raises as ``intake.checked`` and ``submission.add`` do, and ``StoreError``: then it can be sent again.
    """
    new = checked(
        makers,
        request,
        max_attempts=settings.processing.max_attempts,
        artifact=database.reader(artifacts.get),
        upload=database.reader(uploads.get),
    )
    prompt, _ = database.writing(submission.add, new, settings.processing.max_pending)
    return prompt
