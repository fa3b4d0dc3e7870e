"""The doctor's question to the broker, and what it says."""

import socket

import pytest

from musings.config.operation import MqttSettings
from musings.errors import UnreachableError
from musings.mqtt import probe
from musings.mqtt.probe import require_broker
from tests.fakes.broker import broker_in, needs_broker
from tests.ports import free_port


@needs_broker
def test_a_broker_that_lets_us_in_and_one_that_does_not(tmp_path_factory: pytest.TempPathFactory) -> None:
    with broker_in(tmp_path_factory.mktemp("locked"), user="musings", password="right") as broker:
        settings = MqttSettings(host="127.0.0.1", port=broker.port, user="musings")
        require_broker(settings, "right")
        with pytest.raises(UnreachableError, match="does not let us in: user or password are wrong"):
            require_broker(settings, "wrong")


def test_nobody_there() -> None:
    with pytest.raises(UnreachableError, match="does not answer: Connection refused"):
        require_broker(MqttSettings(host="127.0.0.1", port=free_port()), None)


def test_no_such_name() -> None:
    with pytest.raises(UnreachableError, match="does not answer: there is no such name"):
        require_broker(MqttSettings(host="nothing.invalid"), None)


def test_somebody_who_speaks_no_mqtt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "CONNECT_SECONDS", 0.2)
    with (
        socket.create_server(("127.0.0.1", 0)) as mute,
        pytest.raises(UnreachableError, match="took the connection and says nothing"),
    ):
        require_broker(MqttSettings(host="127.0.0.1", port=mute.getsockname()[1]), None)
