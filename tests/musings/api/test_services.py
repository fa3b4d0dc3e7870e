"""What the routes are given: checks with the settings' own bounds, and prompts as they are answered."""

import pytest

from musings.api.app import services_for
from musings.api.services import Services
from musings.errors import InvalidInputError
from musings.makers.base import Resolved
from musings.requests.request import PromptRequest
from musings.store.gallery import prompts
from tests.musings.api.conftest import Api


def services(api: Api) -> Services:
    return services_for(api.settings, api.database)


def test_attempts_are_those_of_the_settings_unless_a_route_says_otherwise(lasting_api: Api) -> None:
    given = services(lasting_api)
    request = PromptRequest("a fox", "image")
    assert given.checked(request).max_attempts == lasting_api.settings.processing.max_attempts
    assert given.checked(request, max_attempts=1).max_attempts == 1


def test_what_a_request_names_must_be_there(lasting_api: Api) -> None:
    with pytest.raises(InvalidInputError) as refused:
        services(lasting_api).checked(PromptRequest("a fox", "image", workflow="no such"))
    assert "workflow" in [fault.where for fault in refused.value.faults]


def test_a_workflow_that_is_in_no_list_may_be_handed_in(lasting_api: Api) -> None:
    found = services(lasting_api).checked(
        PromptRequest("a fox", "image", parameters={}), resolved=Resolved("handed-in", ())
    )
    assert found.instructions is not None
    assert found.instructions.workflow == "handed-in"


def test_prompts_are_shown_as_the_api_answers_them(lasting_api: Api) -> None:
    made = lasting_api.submit(prompt_type="image")
    given = services(lasting_api)
    [shown] = given.shown([lasting_api.database.reading(prompts.get, made["id"])])
    assert shown.model_dump(mode="json") == made


def test_each_application_counts_its_own_long_requests(lasting_api: Api) -> None:
    assert services(lasting_api).places is not services(lasting_api).places
