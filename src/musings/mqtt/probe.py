"""Whether the broker lets us in, asked once: for the doctor."""

import queue
import socket
import ssl
from secrets import token_hex
from typing import Any

from musings.config.operation import MqttSettings
from musings.errors import UnreachableError
from musings.mqtt.client import CONNECT_SECONDS, in_words, new_client


def require_broker(settings: MqttSettings, password: str | None) -> None:
    """Raises ``UnreachableError`` in words where it does not. Takes a few seconds at most; changes nothing there."""
    answers: queue.Queue[str | None] = queue.Queue()
    # A name of its own: with that of the API, the broker would hang up on the API.
    client = new_client(settings, password, f"musings-doctor-{token_hex(4)}", is_kept=False)

    def connected(_client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        answers.put(in_words(str(reason)) if reason.is_failure else None)

    client.on_connect = connected
    where = f"The MQTT broker at {settings.address}"
    hint = "Correct the section `mqtt` of the configuration, or start the broker. The queue goes on without it."
    try:
        client.connect(settings.host or "", settings.chosen_port)
    except (OSError, ssl.SSLError, UnicodeError) as error:
        raise UnreachableError(f"{where} does not answer: {_plain(error)}.", hint=hint) from error
    client.loop_start()
    try:
        refusal = answers.get(timeout=CONNECT_SECONDS)
    except queue.Empty as error:
        raise UnreachableError(f"{where} took the connection and says nothing.", hint=hint) from error
    finally:
        client.disconnect()
        client.loop_stop()
    if refusal is not None:
        raise UnreachableError(f"{where} does not let us in: {refusal}.", hint=hint)


def _plain(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"nothing came within {CONNECT_SECONDS:g} s"
    if isinstance(error, socket.gaierror):
        return "there is no such name"
    return getattr(error, "strerror", None) or str(error)
