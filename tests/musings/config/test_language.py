"""Language models: where they are asked."""

import pytest
from pydantic import ValidationError

from musings.config.language import LM_STUDIO_URL, OLLAMA_URL, AgentSettings, BackendSettings


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, OLLAMA_URL),
        ({"type": "lms"}, LM_STUDIO_URL),
        ({"type": "lms", "url": "http://other/v1"}, "http://other/v1"),
        ({"type": "lms", "url": OLLAMA_URL}, OLLAMA_URL),
        ({"type": "manual"}, OLLAMA_URL),
    ],
)
def test_lm_studio_has_an_address_of_its_own_unless_one_is_given(given: dict[str, str], wanted: str) -> None:
    assert BackendSettings.model_validate(given).address == wanted


def test_an_agent_names_a_slot_that_there_is() -> None:
    assert AgentSettings(name="Ada", config_assignment="local3").config_assignment == "local3"
    with pytest.raises(ValidationError, match="must be one of local1, local2, local3"):
        AgentSettings(name="Ada", config_assignment="local4")
