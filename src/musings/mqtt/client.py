"""The one door to paho-mqtt: a connection that is kept up, and what happens on it as values.

MQTT 3.1.1, because every broker speaks it. The session is kept by the broker (clean session off): a command that is
given while we are away is delivered when we are back. A command is acknowledged when it was carried out and not when
it came, so that one which a kill interrupts comes again.
"""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from musings.config.operation import MqttSettings
from musings.errors import UnreachableError
from musings.late import importing
from musings.mqtt.discovery import OFFLINE
from musings.mqtt.topics import Topics

if TYPE_CHECKING:
    from paho.mqtt.client import Client

PASSWORD = "MUSINGS_SECRET_MQTT_PASSWORD"  # noqa: S105 (a name)
KEEPALIVE_SECONDS = 30
RECONNECT_SECONDS = (1, 60)
CONNECT_SECONDS = 5.0
END_SECONDS = 2.0
QOS = 1
TROUBLE = {
    "Unsupported protocol version": "it does not speak MQTT 3.1.1",
    "Client identifier not valid": "it does not take the name of this client (mqtt.node_id)",
    "Server unavailable": "it is not ready",
    # Which of the two a broker says is its own choice: mosquitto says "not authorized" to a wrong password.
    "Bad user name or password": f"user or password are wrong (mqtt.user, {PASSWORD})",
    "Not authorized": f"user or password are wrong, or this user may not come in (mqtt.user, {PASSWORD})",
}
"""paho's names for what a broker refuses (MQTT 3.1.1, table 3.1), in words that say what to do."""


@dataclass(frozen=True)
class Arrived:
    """A message. ``number`` is its packet id, with which it is acknowledged."""

    topic: str
    payload: bytes
    number: int
    qos: int
    is_repeated: bool
    is_retained: bool


class BrokerClient:
    """``start`` once, ``stop`` once. What is passed in is called on the client's own thread, and must return at once.

    ``on_connected`` after each connection, ``on_trouble`` with words whenever there is none, ``on_message`` with what
    came in one of ``subscriptions``.
    """

    def __init__(
        self,
        settings: MqttSettings,
        password: str | None,
        subscriptions: Sequence[str],
        *,
        on_connected: Callable[[], None],
        on_trouble: Callable[[str], None],
        on_message: Callable[[Arrived], None],
    ) -> None:
        self._settings = settings
        self._subscriptions = [(topic, QOS) for topic in subscriptions]
        self._on_connected = on_connected
        self._on_trouble = on_trouble
        self._on_message = on_message
        self._client = new_client(settings, password, f"musings-{settings.node_id}", is_kept=True)
        self._refused: str | None = None
        self._client.will_set(Topics.of(settings).availability, OFFLINE, QOS, retain=True)
        self._client.reconnect_delay_set(*RECONNECT_SECONDS)
        self._client.on_connect = self._connected
        self._client.on_connect_fail = self._failed
        self._client.on_disconnect = self._lost
        self._client.on_message = self._arrived

    def start(self) -> None:
        """Connect, now and whenever it breaks, on a thread of its own."""
        self._client.connect_async(self._settings.host or "", self._settings.chosen_port, KEEPALIVE_SECONDS)
        self._client.loop_start()

    def publish(self, topic: str, payload: str | bytes, *, retain: bool = True) -> None:
        """Send it, and again after a break. Retained unless said otherwise: who subscribes later sees it at once."""
        self._client.publish(topic, payload, QOS, retain=retain)

    def acknowledge(self, message: Arrived) -> None:
        """The message was dealt with: the broker may forget it."""
        self._client.ack(message.number, message.qos)

    def stop(self, farewell: str) -> None:
        """Publish ``farewell`` as the availability, and disconnect."""
        # By hand: the will is for those who end without a word.
        told = self._client.publish(Topics.of(self._settings).availability, farewell, QOS, retain=True)
        if self._client.is_connected():
            told.wait_for_publish(END_SECONDS)
        self._client.disconnect()
        self._client.loop_stop()

    def _connected(self, client: "Client", _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            # Kept: the disconnection that follows would only say that the connection is lost.
            self._refused = in_words(str(reason))
            self._on_trouble(self._refused)
            return
        self._refused = None
        client.subscribe(self._subscriptions)
        self._on_connected()

    def _failed(self, _client: Any, _data: Any) -> None:
        # paho keeps the reason to itself; the doctor asks again and tells it.
        untrusted = ", or its certificate is not trusted: `musings doctor` says which" if self._settings.tls else ""
        self._on_trouble(f"it does not answer{untrusted}")

    def _lost(self, _client: Any, _data: Any, _flags: Any, _reason: Any, _properties: Any) -> None:
        self._on_trouble(self._refused or "the connection was lost")

    def _arrived(self, _client: Any, _data: Any, message: Any) -> None:
        self._on_message(
            Arrived(message.topic, message.payload, message.mid, message.qos, bool(message.dup), bool(message.retain))
        )


def new_client(settings: MqttSettings, password: str | None, name: str, *, is_kept: bool) -> "Client":
    """A client that is not connected yet. Raises ``UnreachableError`` for certificates that cannot be read."""
    with importing():
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

    client = Client(CallbackAPIVersion.VERSION2, name, clean_session=not is_kept, manual_ack=is_kept)
    client.connect_timeout = CONNECT_SECONDS
    if settings.user is not None:
        client.username_pw_set(settings.user, password)
    if settings.tls:
        try:
            client.tls_set(None if settings.ca_file is None else str(settings.ca_file))
        except (OSError, ssl.SSLError, ValueError) as error:
            words = f"The certificates in {settings.ca_file} cannot be read: {error}."
            raise UnreachableError(words, hint="Correct mqtt.ca_file.") from error
    return client


def in_words(reason: str) -> str:
    """Why a broker refuses, for a person."""
    return TROUBLE.get(reason, f"it refuses the connection: {reason}")
