"""The bridge between the queue and the broker, held by one process.

It lives in the API, which is there whether the worker stays or comes by on a schedule. The lock of the host says which
API where there are several; the next one takes over when the first ends. Nothing of it can hold up the queue: it has a
thread of its own, and reads what everybody may read.
"""

import json
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from musings import logs
from musings.backoff import backoff
from musings.config.settings import Settings
from musings.engine.registry import engine_of
from musings.errors import LockedError, MusingsError, StoreError, UnreachableError
from musings.files.media_root import media_root_of
from musings.makers.choice import Makers
from musings.mqtt.client import PASSWORD, Arrived, BrokerClient
from musings.mqtt.commands import Commands, GivenCommand
from musings.mqtt.discovery import OFFLINE, ONLINE, payload
from musings.mqtt.house import NOTHING, House, LastWork
from musings.mqtt.topics import Topics
from musings.requests.stored_makers import makers_of
from musings.sqlite.location import where
from musings.store.database import Database
from musings.store.housekeeping import mqtt as stored

LOCK = "mqtt"
LOCK_SECONDS = 5.0
LOOK_SECONDS = 0.25
STATE_SECONDS = 1.0
"""How often the state is looked at while things happen; a home needs no more."""
ANYWAY_SECONDS = 30.0
AGAIN_SECONDS = 60.0
END_SECONDS = 10.0
MOST_WAITING = 500
"""How many messages wait for the database; QoS 1 holds back more at the broker, QoS 0 is dropped with a word."""


@contextmanager
def bridged(settings: Settings, database: Database) -> Iterator[None]:
    """Speak to the broker of the settings for as long as the block lasts; without one, nothing is even imported."""
    if settings.mqtt.host is None:
        yield
        return
    bridge = Bridge(settings, database)
    thread = threading.Thread(target=bridge.run, daemon=True, name="mqtt")
    thread.start()
    try:
        yield
    finally:
        bridge.stop()
        thread.join(END_SECONDS)


class Bridge:
    """``run`` returns after ``stop``, and raises nothing."""

    def __init__(self, settings: Settings, database: Database, *, lock_seconds: float = LOCK_SECONDS) -> None:
        self._settings = settings
        self._database = database
        self._lock_seconds = lock_seconds
        self._stopping = threading.Event()
        self._log = logs.get("mqtt")

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        lock = where(self._settings.database).host_lock(LOCK)
        while not self._stopping.is_set():
            try:
                lock.acquire()
            except LockedError:  # another API has it, and may end
                self._stopping.wait(self._lock_seconds)
                continue
            except StoreError as error:
                self._log.warning("the lock for MQTT cannot be taken", error=error.explained)
                self._stopping.wait(AGAIN_SECONDS)
                continue
            try:
                self._speak()
            except UnreachableError as error:
                self._log.warning("MQTT cannot be spoken", error=error.explained)
                self._note(error.explained)
                self._stopping.wait(AGAIN_SECONDS)
            except Exception as error:  # noqa: BLE001 (a mistake of ours here must not end the API's other threads)
                self._log.error("bug in the bridge to MQTT", exc_info=error)
                self._stopping.wait(AGAIN_SECONDS)
            finally:
                lock.release()

    def _speak(self) -> None:
        makers = makers_of(self._settings, self._database)
        try:
            _Conversation(self._settings, self._database, makers, self._stopping).hold()
        finally:
            makers.close()

    def _note(self, trouble: str) -> None:
        try:
            self._database.writing(stored.note, self._settings.mqtt.address, trouble)
        except StoreError as error:
            self._log.warning("how MQTT stands cannot be written down", error=error.explained)


class _Conversation:
    """From one start of the client to its stop, over any number of connections. One thread runs ``hold``."""

    def __init__(self, settings: Settings, database: Database, makers: Makers, stopping: threading.Event) -> None:
        mqtt = settings.mqtt
        self._settings = settings
        self._database = database
        self._stopping = stopping
        self._topics = Topics.of(mqtt)
        self._commands = Commands(settings, database, makers)
        address = settings.security.public_url
        self._house = House(database, makers, media_root_of(settings), settings.hours_of_kinds(), address)
        # True: a connection is there now. A text: what is in the way. Else a message.
        self._inbox: queue.Queue[bool | str | Arrived] = queue.Queue()
        self._changes = engine_of(database).changes()
        self._connected = False
        self._stale = True
        self._looked_at = float("-inf")
        self._told: dict[str, str] = {}
        self._last: LastWork | None = None
        self._noted: str | None = ""
        self._log = logs.get("mqtt")
        self._client = BrokerClient(
            mqtt,
            settings.secrets.get(PASSWORD),
            [self._topics.command("+"), self._topics.birth],
            on_connected=lambda: self._inbox.put(True),
            on_trouble=self._inbox.put,
            on_message=self._take,
        )

    def hold(self) -> None:
        self._client.start()
        try:
            while not self._stopping.is_set():
                self._step()
        finally:
            self._client.stop(OFFLINE)

    def _take(self, message: Arrived) -> None:
        """On the client's thread."""
        if message.qos or self._inbox.qsize() < MOST_WAITING:
            self._inbox.put(message)
        else:
            self._log.warning("a message was dropped: too many came at once without QoS", topic=message.topic)

    def _step(self) -> None:
        try:
            met = self._inbox.get(timeout=LOOK_SECONDS)
        except queue.Empty:
            pass
        else:
            self._meet(met)
        if self._connected:
            try:
                self._tell_what_changed()
            except StoreError as error:  # the database is away: what was told last stands
                self._log.warning("the state of the queue cannot be read", error=error.explained)
                self._stopping.wait(STATE_SECONDS)

    def _meet(self, met: bool | str | Arrived) -> None:
        if isinstance(met, Arrived):
            self._hear(met)
        elif isinstance(met, str):
            self._connected = False
            self._note(met)
        else:
            self._connected = True
            # A broker that was restarted may have forgotten all that it kept.
            self._tell_all()
            self._note(None)

    def _tell_all(self) -> None:
        self._told, self._last, self._stale = {}, None, True
        kinds = self._house.kinds()
        found = payload(self._settings.mqtt, self._topics, kinds, self._settings.security.public_url)
        self._client.publish(self._topics.discovery, json.dumps(found, ensure_ascii=False))
        self._looked_at = float("-inf")

    def _tell_what_changed(self) -> None:
        self._stale = self._changes.changed() or self._stale
        since = time.monotonic() - self._looked_at
        if since < (STATE_SECONDS if self._stale else ANYWAY_SECONDS):
            return
        self._looked_at, self._stale = time.monotonic(), False
        last = self._house.last(self._last or NOTHING)
        if last != self._last:  # the first time also nothing, which takes away what the broker kept
            self._client.publish(self._topics.picture, last.picture)
            self._last = last
        self._tell(self._topics.state, json.dumps(self._house.state(), ensure_ascii=False))
        self._tell(self._topics.last, json.dumps(last.facts, ensure_ascii=False))
        self._tell(self._topics.kind, self._commands.kind)
        self._tell(self._topics.words, "")
        # Last: who sees us come online finds all else as it is.
        self._tell(self._topics.availability, ONLINE)

    def _tell(self, topic: str, value: str) -> None:
        if self._told.get(topic) != value:
            self._client.publish(topic, value)
            self._told[topic] = value

    def _hear(self, message: Arrived) -> None:
        name = self._topics.command_in(message.topic)
        if name is None:
            # Home Assistant was started: it asks for everything by this (its birth message).
            if message.payload == ONLINE.encode() and self._connected:
                self._tell_all()
        elif message.payload or not message.is_retained:
            command = GivenCommand(name, message.payload, message.number, message.is_repeated, message.is_retained)
            if not self._carried_out(command, message.topic):
                return  # not acknowledged: it comes again when we do
            self._stale = True
        self._client.acknowledge(message)

    def _carried_out(self, command: GivenCommand, topic: str) -> bool:
        """Whether it is done with, well or not; False when we are to end before the database serves."""
        tries = 0
        while not self._stopping.is_set():
            try:
                self._commands.do(command)
            except StoreError as error:
                tries += 1
                self._log.warning("a command waits for the database", topic=topic, error=error.explained)
                self._stopping.wait(backoff(tries, 0.5, 30))
            except MusingsError as error:
                self._refuse(topic, error.explained)
                return True
            else:
                # The field is emptied by what it was last told to be: said again, or a second text would stay in it.
                self._told.pop(self._topics.words, None)
                self._told.pop(self._topics.kind, None)
                return True
        return False

    def _refuse(self, topic: str, words: str) -> None:
        self._log.warning("a command was refused", topic=topic, error=words)
        said = json.dumps({"error": words, "topic": topic}, ensure_ascii=False)
        # Not retained: after a restart it would look as if it had just happened.
        self._client.publish(self._topics.error, said, retain=False)
        self._told.pop(self._topics.kind, None)

    def _note(self, trouble: str | None) -> None:
        """For `status` and the log, when it is news."""
        if trouble == self._noted:
            return
        self._noted = trouble
        broker = self._settings.mqtt.address
        if trouble is None:
            self._log.info("connected to the MQTT broker", broker=broker)
        else:
            self._log.warning("no connection to the MQTT broker; the queue goes on", broker=broker, why=trouble)
        try:
            self._database.writing(stored.note, broker, trouble)
        except StoreError as error:
            self._log.warning("how MQTT stands cannot be written down", error=error.explained)
