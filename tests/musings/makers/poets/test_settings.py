"""The keys that the poets, the speech server and the research read."""

from pathlib import Path

import pytest

from musings.config.language import LM_STUDIO_URL, OLLAMA_URL
from musings.config.settings import load
from musings.errors import ConfigError
from tests.conftest import MakeSettings


def test_lm_studio_has_an_address_of_its_own(make_settings: MakeSettings) -> None:
    assert make_settings().backend.address == OLLAMA_URL
    assert make_settings(backend={"type": "lms"}).backend.address == LM_STUDIO_URL
    assert make_settings(backend={"type": "lms", "url": "http://den:9/v1"}).backend.address == "http://den:9/v1"


def test_a_slot_that_is_none_is_named_with_those_that_are(make_settings: MakeSettings) -> None:
    with pytest.raises(ConfigError, match=r"config_assignment is \"local4\": must be one of local1, local2, local3"):
        make_settings(agents=[{"name": "Anthony", "config_assignment": "local4"}])


def test_secrets_come_from_the_environment_and_the_file_beside(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TAVILY_API_KEY=from-file\nMUSINGS_SECRET_LLM_API_KEY=from-file\n")
    file = tmp_path / "poets_cron_config.json"
    file.write_text('{"secrets": {"MUSINGS_SECRET_LLM_API_KEY": "in the JSON"}}')

    settings = load(file, {"MUSINGS_SECRET_LLM_API_KEY": "from-environment", "HOME": "x"}, tmp_path)

    assert dict(settings.secrets) == {
        "MUSINGS_SECRET_LLM_API_KEY": "from-environment",
        "TAVILY_API_KEY": "from-file",
    }
    assert "from-environment" not in repr(settings)
    assert "from-environment" not in settings.model_dump_json()
    assert any("secrets" in warning for warning in settings.warnings)


def test_nested_keys_of_the_fallback_are_known(tmp_path: Path) -> None:
    file = tmp_path / "poets_cron_config.json"
    file.write_text('{"backend": {"fallback": {"url": "http://den/v1", "models": {"local1": "qwen3"}}}}')

    settings = load(file, {"MUSINGS_BACKEND__FALLBACK__TYPE": "lms"}, tmp_path)

    assert settings.warnings == ()
    assert (settings.backend.fallback.type, settings.backend.fallback.models.local1) == ("lms", "qwen3")
