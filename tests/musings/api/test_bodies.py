"""The shapes of bodies: numbers are numbers, and what is not known is refused."""

import pytest
from pydantic import BaseModel, ValidationError

from musings.api.bodies import NewPromptRequest, PromptChange
from musings.models import KIND_OF_TYPE


def test_words_are_enough() -> None:
    found = NewPromptRequest.model_validate({"prompt_text": "a fox"})
    assert (found.prompt_type, found.priority, found.parameters, found.enhance) == ("text", 5, None, None)


@pytest.mark.parametrize("value", [3, 3.0])
def test_a_whole_number_may_be_written_as_a_fraction(value: float) -> None:
    """JSON Schema calls 3.0 an integer."""
    found = NewPromptRequest.model_validate({"prompt_text": "x", "priority": value, "count": value})
    assert (found.priority, found.count) == (3, 3)
    assert isinstance(found.priority, int)


@pytest.mark.parametrize("field", ["priority", "count"])
@pytest.mark.parametrize("value", [True, "3", 3.5, 0, 17, float("inf"), float("nan"), [3], -(2**70)])
def test_whatever_else_is_no_number_of_ours(field: str, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        NewPromptRequest.model_validate({"prompt_text": "x", field: value})
    assert [each["loc"] for each in refused.value.errors()] == [(field,)]


@pytest.mark.parametrize("field", ["enhance", "starred"])
@pytest.mark.parametrize("value", [1, "true", "yes", 0.0])
def test_true_and_false_are_themselves(field: str, value: object) -> None:
    body: dict[str, object] = {field: value}
    model: type[BaseModel] = PromptChange if field == "starred" else NewPromptRequest
    with pytest.raises(ValidationError):
        model.model_validate(body if field == "starred" else {"prompt_text": "x", **body})


@pytest.mark.parametrize("model", [NewPromptRequest, PromptChange])
def test_an_unknown_field_is_refused(model: type[BaseModel]) -> None:
    with pytest.raises(ValidationError) as refused:
        model.model_validate({"prompt_text": "x", "priorty": 3} if model is NewPromptRequest else {"priorty": 3})
    assert ("priorty",) in [each["loc"] for each in refused.value.errors()]


def test_the_description_names_every_type_and_the_code_takes_others() -> None:
    """An unknown type is answered with the nearest one, which pydantic could not do."""
    assert NewPromptRequest.model_json_schema()["properties"]["prompt_type"]["enum"] == list(KIND_OF_TYPE)
    assert NewPromptRequest.model_validate({"prompt_text": "x", "prompt_type": "poster"}).prompt_type == "poster"


def test_a_change_says_only_what_it_changes() -> None:
    assert PromptChange.model_validate({"starred": False}).model_fields_set == {"starred"}
