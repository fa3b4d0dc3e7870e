"""A prompt written down as names and values."""

import pytest

from musings.errors import InvalidInputError
from musings.requests import documents
from musings.requests.documents import request_of


def test_what_is_said_counts_and_the_rest_is_by_default() -> None:
    found = request_of({"prompt_text": "a fox", "count": 2, "workflow": None}, defaults={"prompt_type": "image"})
    assert (found.prompt_text, found.prompt_type, found.count, found.workflow) == ("a fox", "image", 2, None)


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        request_of({"promt_text": "a", "count": "2", "enhance": 1, "metadata": [], "x": 1}, defaults={})
    assert {fault.where for fault in caught.value.faults} == {"promt_text", "count", "enhance", "metadata", "x"}
    assert "did you mean prompt_text?" in str(caught.value)


def test_of_very_many_faults_the_first_are_told() -> None:
    with pytest.raises(InvalidInputError) as caught:
        request_of({f"x{number}": 1 for number in range(5000)}, defaults={})
    assert len(caught.value.faults) == documents.MOST_FAULTS


def test_a_key_has_a_length() -> None:
    with pytest.raises(InvalidInputError, match="1 to 200 characters"):
        request_of({"idempotency_key": "k" * 201}, defaults={})


def test_the_names_are_those_of_the_api() -> None:
    from musings.api.bodies import NewPromptRequest

    assert set(documents.NAMES) == set(NewPromptRequest.model_fields) | {"idempotency_key"}
