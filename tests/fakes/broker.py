"""A real mosquitto on this machine, and a real paho on the other side."""

import json
import os
import shutil
import socket
import subprocess
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.ports import free_port
from tests.waiting import until

# Debian puts it where only root looks.
PLACES = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"))
MOSQUITTO = shutil.which("mosquitto", path=PLACES)
needs_broker = pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not here (Debian: apt install mosquitto)")


class Broker:
    """``start`` and ``kill`` as often as a test likes; sessions and retained messages outlive both, if ``keeps``."""

    def __init__(
        self, folder: Path, *, user: str | None = None, password: str = "", keeps: bool = True, tls: bool = False
    ) -> None:
        self.port = free_port()
        self.user, self.password = user, password
        self._folder = folder
        self._config = folder / "mosquitto.conf"
        self._child: subprocess.Popen[bytes] | None = None
        lines = [
            f"listener {self.port} 127.0.0.1",
            f"allow_anonymous {'true' if user is None else 'false'}",
            f"persistence {'true' if keeps else 'false'}",
            f"persistence_location {folder}/",
            "autosave_interval 1",
            "autosave_on_changes true",  # a kill is a kill: what is kept must be on the disk by then
            f"log_dest file {folder / 'mosquitto.log'}",
            "log_type all",
            # Started by root it becomes somebody else, who may not read the folder of a test.
            *(["user root"] if os.geteuid() == 0 else []),
        ]
        self.ca = folder / "certificate.pem"
        if tls:
            key = folder / "key.pem"
            words = (
                f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout {key} -out {self.ca}"
            )
            subprocess.run([*words.split(), "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
            lines += [f"certfile {self.ca}", f"keyfile {key}"]
        if user is not None:
            passwords = folder / "passwords"
            tool = shutil.which("mosquitto_passwd", path=PLACES) or "mosquitto_passwd"
            subprocess.run([tool, "-c", "-b", str(passwords), user, password], check=True, capture_output=True)
            lines.append(f"password_file {passwords}")
        self._config.write_text("\n".join(lines) + "\n")

    def start(self) -> None:
        assert MOSQUITTO is not None
        self._child = subprocess.Popen([MOSQUITTO, "-c", str(self._config)])
        until(self._answers, 30)

    def kill(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None

    @property
    def log(self) -> str:
        return (self._folder / "mosquitto.log").read_text()

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1):
                return True
        except OSError:
            return False


@contextmanager
def broker_in(folder: Path, **more: Any) -> Iterator[Broker]:
    made = Broker(folder, **more)
    made.start()
    try:
        yield made
    finally:
        made.kill()


class Home:
    """What Home Assistant would be: it subscribes to everything, and gives commands."""

    def __init__(self, broker: Broker) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, bytes] = {}
        self.heard: dict[str, list[bytes]] = defaultdict(list)
        self.client = Client(CallbackAPIVersion.VERSION2, "home", clean_session=True)
        if broker.user is not None:
            self.client.username_pw_set(broker.user, broker.password)
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = lambda client, *_rest: client.subscribe("#", 1)
        self.client.on_message = self._message
        self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()

    def _message(self, _client: Any, _data: Any, message: Any) -> None:
        with self._lock:
            self._kept[message.topic] = message.payload
            self.heard[message.topic].append(message.payload)

    def value(self, topic: str) -> bytes:
        """What was last said there."""
        with self._lock:
            return self._kept.get(topic, b"")

    def json(self, topic: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.value(topic) or b"{}")
        return found

    def say(self, topic: str, payload: str | bytes | dict[str, Any] = "PRESS", *, qos: int = 1, **more: Any) -> None:
        content = json.dumps(payload) if isinstance(payload, dict) else payload
        self.client.publish(topic, content, qos, **more).wait_for_publish(30)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@contextmanager
def home_of(broker: Broker) -> Iterator[Home]:
    made = Home(broker)
    try:
        yield made
    finally:
        made.close()
