"""How Musings runs: what is written in several ways means one thing."""

import pytest
from pydantic import ValidationError

from musings.config.operation import LoggingSettings, SecuritySettings


@pytest.mark.parametrize("level", ["debug", "Debug", "DEBUG"])
def test_a_level_is_written_in_any_case(level: str) -> None:
    assert LoggingSettings.model_validate({"level": level}).level == "DEBUG"


@pytest.mark.parametrize(
    ("url", "wanted"), [(None, None), ("https://a.example/", "https://a.example"), ("HTTPS://a/b/", "HTTPS://a/b")]
)
def test_a_public_address_has_no_slash_behind_it(url: str | None, wanted: str | None) -> None:
    assert SecuritySettings(public_url=url).public_url == wanted


@pytest.mark.parametrize("url", ["a.example", "https://me@a.example", "https://a.example/?x", "ftp://a", ""])
def test_a_public_address_is_one(url: str) -> None:
    with pytest.raises(ValidationError, match="write it as https://name"):
        SecuritySettings(public_url=url)
