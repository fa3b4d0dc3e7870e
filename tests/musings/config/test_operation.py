"""How Musings runs: what is written in several ways means one thing."""

import pytest
from pydantic import ValidationError

from musings.config.operation import LoggingSettings, ProcessingSettings, SecuritySettings


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


def test_hours_are_one_window_or_several() -> None:
    asked = {"hours": {"image": "23:00-07:00", "music": ["sat 10:00-12:00", "sun 10:00-12:00"]}}
    hours = ProcessingSettings.model_validate(asked).hours
    assert hours.image == ("23:00-07:00",)
    assert hours.music == ("sat 10:00-12:00", "sun 10:00-12:00")
    assert hours.text == ()


def test_hours_and_zones_that_are_none_are_refused_in_words() -> None:
    with pytest.raises(ValidationError, match="write a window as 23:00-07:00"):
        ProcessingSettings.model_validate({"hours": {"image": "at night"}})
    with pytest.raises(ValidationError, match="no time zone"):
        ProcessingSettings(time_zone="Mars/Olympus")
