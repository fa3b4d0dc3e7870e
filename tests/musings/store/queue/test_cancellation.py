"""Cancelling."""

import pytest

from musings.models import Kind
from musings.store.database import Database
from musings.store.queue import cancellation, claims
from tests.musings.store.adding import add


def test_cancelling_a_running_prompt_asks_it_to_stop(database: Database) -> None:
    made = add(database)
    database.writing(claims.claim, list(Kind))
    assert database.writing(cancellation.cancel, made.id).cancel_requested


@pytest.mark.parametrize(("prompt_type", "media"), [("image", "error"), ("poem", None)])
def test_cancelling_a_waiting_prompt_ends_it(database: Database, prompt_type: str, media: str | None) -> None:
    cancelled = database.writing(cancellation.cancel, add(database, "x", prompt_type).id)
    assert (cancelled.status, cancelled.artifact_status) == ("cancelled", media)
    assert cancelled.completed_at is not None
    assert database.writing(claims.claim, list(Kind)) is None
