"""A prompt as somebody asked for it, before anything is checked."""

from dataclasses import FrozenInstanceError

import pytest

from musings.models import KIND_OF_TYPE
from musings.requests.request import PromptRequest


def test_words_alone_are_a_request() -> None:
    asked = PromptRequest("a fox")
    assert (asked.prompt_type, asked.priority) == ("text", 5)
    assert asked.prompt_type in KIND_OF_TYPE
    assert {asked.metadata, asked.workflow, asked.parameters, asked.count, asked.enhance, asked.idempotency_key} == {
        None
    }


def test_what_was_asked_is_not_changed_on_its_way() -> None:
    with pytest.raises(FrozenInstanceError):
        PromptRequest("a fox").priority = 1  # type: ignore[misc]


def test_the_same_request_is_the_same() -> None:
    assert PromptRequest("a fox", parameters={"seed": 1}) == PromptRequest("a fox", parameters={"seed": 1})
    assert PromptRequest("a fox", parameters={"seed": 1}) != PromptRequest("a fox", parameters={"seed": 1.5})
