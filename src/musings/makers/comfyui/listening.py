"""Listens to a server's WebSocket on a thread, for progress and previews. It is never the truth.

Trouble here is never the job's trouble. Every connection has a client id of its own: a server that still
holds the old socket of an id unregisters the new one when the old one closes (observed), and the listener
would be deaf.
"""

import contextlib
import queue
import threading
import uuid
from collections.abc import Callable

from websockets.exceptions import InvalidURI, WebSocketException
from websockets.sync.client import ClientConnection, connect

from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.protocol import FEATURE_FLAGS, Event, Ignored, QueueLength, read_message

MAX_MESSAGE_BYTES = 512 * 1024 * 1024
PING_SECONDS = 20.0
PONG_SECONDS = 60.0
RECONNECT_SECONDS = 2.0
OPEN_SECONDS = 3.0

Inbox = queue.SimpleQueue[Event]


class SocketListener:
    """Puts a server's events into ``inbox`` until it is closed.

    ``client_id`` is the id of the first connection, the one to submit with. After a reconnect, under a fresh
    id, only the length of the queue is told: enough to know when to look.
    """

    def __init__(self, server: ComfyServer, inbox: Inbox, log: Callable[[str], None] = lambda _: None) -> None:
        self.client_id = uuid.uuid4().hex
        self._server = server
        self._inbox = inbox
        self._log = log
        self._closed = threading.Event()
        self._settled = threading.Event()
        self._greeted = False
        self.losses = 0  # how often the server has closed on us
        self._socket: ClientConnection | None = None
        self._thread = threading.Thread(target=self._run, name="comfy-listener", daemon=True)
        self._thread.start()

    def ready(self, seconds: float = OPEN_SECONDS) -> bool:
        """Wait until the server has registered us, so that no message of our job is missed. False if it
        does not.
        """
        self._settled.wait(seconds)
        return self._greeted

    def close(self) -> None:
        """Stop listening; the server sees the socket close."""
        self._closed.set()
        if (socket := self._socket) is not None:
            with contextlib.suppress(OSError, WebSocketException):
                socket.close()
        self._thread.join(2 * OPEN_SECONDS)

    def _run(self) -> None:
        client_id = self.client_id
        while not self._closed.is_set():
            try:
                self._listen(client_id)
            except InvalidURI as error:
                self._log(f"socket: {error}")
                self._settled.set()
                return
            except (OSError, WebSocketException, TimeoutError) as error:
                self._log(f"socket: {type(error).__name__}: {error}; polling goes on")
                self._settled.set()
            if self._greeted and not self._closed.is_set():
                self.losses += 1
            client_id = uuid.uuid4().hex
            self._closed.wait(RECONNECT_SECONDS)

    def _listen(self, client_id: str) -> None:
        with connect(
            self._server.socket_url(client_id),
            additional_headers=self._server.headers,
            ssl=self._server.tls,
            proxy=None,
            compression=None,
            open_timeout=OPEN_SECONDS,
            close_timeout=1,
            ping_interval=PING_SECONDS,
            ping_timeout=PONG_SECONDS,
            max_size=MAX_MESSAGE_BYTES,
        ) as socket:
            self._socket = socket
            if self._closed.is_set():
                return
            socket.send(FEATURE_FLAGS)
            for message in socket:
                event = read_message(message)
                if isinstance(event, QueueLength):
                    self._greeted = True
                    self._settled.set()
                if not isinstance(event, Ignored):
                    self._inbox.put(event)
