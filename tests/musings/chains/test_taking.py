"""The prompts of a run are checked as those of people are."""

import pytest

from musings.chains.taking import advance_with
from musings.config.settings import Settings
from musings.errors import InvalidInputError
from musings.makers.choice import Makers
from musings.requests.request import PromptRequest
from musings.store.database import Database


def test_a_request_is_checked_against_its_workflow(database: Database, settings: Settings) -> None:
    take = advance_with(Makers(settings), database, 2).take
    assert take(PromptRequest("a fox", "image", parameters={"width": 512})).max_attempts == 2
    with pytest.raises(InvalidInputError, match=r"parameters.width"):
        take(PromptRequest("a fox", "image", parameters={"width": 1}))
