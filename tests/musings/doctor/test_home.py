"""What the doctor says of the broker, the folder and the mailbox."""

from pathlib import Path

from musings.doctor import home
from musings.doctor.findings import Level
from musings.mail.setup import PASSWORD as PASSWORD_VARIABLE
from tests.conftest import MakeSettings
from tests.fakes.broker import Broker, needs_broker
from tests.fakes.mailbox import PASSWORD, mailbox, needs_mailbox
from tests.musings.mail.conftest import mail_settings
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


@needs_mailbox
def test_a_mailbox_that_lets_us_in_and_one_that_does_not(make_settings: MakeSettings) -> None:
    with mailbox() as made:
        said = mail_settings(made.port, free_port())
        whole = make_settings(mail=said)
        [found] = home.check(whole, False)
        assert (found.level, PASSWORD_VARIABLE in found.detail) == (Level.WARNING, True)
        for password, level in ((PASSWORD, Level.OK), ("wrong", Level.WARNING)):
            [found] = home.check(whole.model_copy(update={"secrets": {PASSWORD_VARIABLE: password}}), False)
            assert (found.level, found.what) == (level, "mailbox")
