"""What the doctor says of the broker."""

from pathlib import Path

from musings.doctor import home
from musings.doctor.findings import Level
from tests.conftest import MakeSettings
from tests.fakes.broker import Broker, needs_broker
from tests.musings.mqtt.conftest import broker
from tests.ports import free_port

__all__ = ["broker"]


def test_nothing_is_said_without_a_broker(make_settings: MakeSettings) -> None:
    assert list(home.check(make_settings(), False)) == []


def test_a_broker_that_is_away_is_a_warning_with_what_to_do(make_settings: MakeSettings) -> None:
    settings = make_settings(mqtt={"host": "127.0.0.1", "port": free_port()})
    [found] = home.check(settings, False)
    assert (found.level, found.what) == (Level.WARNING, "MQTT")
    assert "does not answer" in found.detail
    assert "The queue goes on without it" in found.mend


@needs_broker
def test_a_broker_that_lets_us_in(make_settings: MakeSettings, broker: Broker) -> None:
    [found] = home.check(make_settings(mqtt={"host": "127.0.0.1", "port": broker.port}), False)
    assert found.level is Level.OK


def test_a_watched_folder_that_is_there_and_one_that_is_not(make_settings: MakeSettings, tmp_path: Path) -> None:
    settings = make_settings(watched_folder={"path": "inbox"})
    [found] = home.check(settings, False)
    assert (found.level, found.what) == (Level.WARNING, "watched folder")
    (tmp_path / "inbox").mkdir()
    [found] = home.check(settings, False)
    assert found.level is Level.OK
