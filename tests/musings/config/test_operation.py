"""How Musings runs: what is written in several ways means one thing."""

import pytest
from pydantic import ValidationError

from musings.config.operation import LoggingSettings, MqttSettings, ProcessingSettings, SecuritySettings


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


def test_the_port_of_a_broker_follows_from_tls() -> None:
    assert MqttSettings(host="b").chosen_port == 1883
    assert MqttSettings(host="b", tls=True).chosen_port == 8883
    assert MqttSettings(host="::1", port=7).address == "[::1]:7"


@pytest.mark.parametrize(
    "wrong",
    [
        {"topic_prefix": "a/#"},
        {"topic_prefix": "/a"},
        {"discovery_prefix": "+"},
        {"node_id": "a b"},
        {"host": "http://b"},
        {"port": 0},
    ],
)
def test_what_no_broker_takes_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        MqttSettings.model_validate({"host": "b", **wrong})
