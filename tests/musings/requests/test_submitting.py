"""A request, checked and stored."""

import pytest

from musings.config.settings import Settings
from musings.errors import InvalidInputError
from musings.requests.request import PromptRequest
from musings.requests.stored_makers import makers_of
from musings.requests.submitting import submit
from musings.store.database import Database


def test_the_same_key_is_the_same_prompt_and_a_fault_stores_nothing(settings: Settings, database: Database) -> None:
    makers = makers_of(settings, database)
    request = PromptRequest("a fox", "image", parameters={"width": 64}, idempotency_key="k")
    first = submit(settings, database, makers, request)
    assert submit(settings, database, makers, request).id == first.id
    assert first.max_attempts == settings.processing.max_attempts
    with pytest.raises(InvalidInputError, match="artifact"):
        submit(settings, database, makers, PromptRequest("a fox", "image", parameters={"width": "artifact:7"}))
    makers.close()
