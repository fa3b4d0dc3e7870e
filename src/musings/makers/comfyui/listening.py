"""Listens to a server's WebSocket on a thread, for progress and previews. It is never the truth.

Trouble here is never the job's trouble. Every connection has a client id of its own: a server that still
holds the old socket of an id unregisters the new one when the old one closes (observed), and the listener
would be deaf.
"""

import contextlib
import queue
import threading
import uuid
from collections import deque
from collections.abc import Callable

from websockets.exceptions import InvalidURI, WebSocketException
from websockets.sync.client import ClientConnection, connect

from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.protocol import FEATURE_FLAGS, Event, Ignored, QueueLength, read_message

# A batch of large pictures comes in one frame.
MAX_MESSAGE_BYTES = 512 * 1024 * 1024
# Through proxies that close a silent connection, often after a minute.
PING_SECONDS = 20.0
# A server that loads a model answers no ping for long.
PONG_SECONDS = 60.0
# Polling goes on meanwhile, so that there is no hurry.
RECONNECT_SECONDS = 2.0
OPEN_SECONDS = 3.0
NEEDED_SECONDS = 20.0
"""For a socket without which the job would be in vain."""

# What was sent and not yet looked at; one message more may come.
MOST_UNREAD = 2_000
MOST_UNREAD_BYTES = 64_000_000
FULL_SECONDS = 0.05

Inbox = queue.SimpleQueue[Event]


class SocketListener:
    """Puts a server's events into ``inbox`` until it is closed.

    ``client_id`` is the id of the first connection, the one to submit with. After a reconnect, under a fresh
    id, only the length of the queue is told: enough to know when to look.
    """

    def __init__(
        self,
        server: ComfyServer,
        inbox: Inbox,
        log: Callable[[str], None] = lambda _: None,
        *,
        open_seconds: float = OPEN_SECONDS,
    ) -> None:
        self.client_id = uuid.uuid4().hex
        self._server = server
        self._inbox = inbox
        self._log = log
        self._open_seconds = open_seconds
        self._closed = threading.Event()
        self._sizes: deque[int] = deque()
        self._settled = threading.Event()
        self._greeted = False
        self.losses = 0  # how often the server has closed on us
        self._socket: ClientConnection | None = None
        # A daemon: it may be waiting in a read when the process ends.
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
        # The flag first: a loop that reconnects must see it.
        self._closed.set()
        if (socket := self._socket) is not None:
            with contextlib.suppress(OSError, WebSocketException):
                socket.close()
        # Bounded: a connection that is just being opened cannot be interrupted.
        self._thread.join(2 * self._open_seconds)

    def _run(self) -> None:
        client_id = self.client_id
        while not self._closed.is_set():
            try:
                self._listen(client_id)
            # An address that is no address stays so; everything else may pass.
            except InvalidURI as error:
                self._log(f"socket: {error}")
                self._settled.set()
                return
            except (OSError, WebSocketException, TimeoutError) as error:
                self._log(f"socket: {type(error).__name__}: {error}; polling goes on")
                # Set in every case: who waits for the greeting is not to wait in vain.
                self._settled.set()
            if self._greeted and not self._closed.is_set():
                self.losses += 1
            # A used id would be unregistered by the server when it closes the old socket.
            client_id = uuid.uuid4().hex
            self._closed.wait(RECONNECT_SECONDS)

    def _listen(self, client_id: str) -> None:
        with connect(
            self._server.socket_url(client_id),
            additional_headers=self._server.headers,
            ssl=self._server.tls,
            # As for HTTP: a proxy of the environment is not for the local network.
            proxy=None,
            # Pictures do not get smaller, and compressing them costs the server time.
            compression=None,
            open_timeout=self._open_seconds,
            close_timeout=1,
            ping_interval=PING_SECONDS,
            ping_timeout=PONG_SECONDS,
            max_size=MAX_MESSAGE_BYTES,
        ) as socket:
            self._socket = socket
            # It was closed while the connection was being opened.
            if self._closed.is_set():
                return
            # The first message, or the server ignores it.
            socket.send(FEATURE_FLAGS)
            for message in socket:
                event = read_message(message)
                # The server sends the length of its queue as its greeting: from then on it has registered us.
                if isinstance(event, QueueLength):
                    self._greeted = True
                    self._settled.set()
                if not isinstance(event, Ignored):
                    self._wait_for_room(len(message))
                    self._inbox.put(event)

    def _wait_for_room(self, size: int) -> None:
        """Until little enough is unread: a server that sends faster than we read must not fill the memory."""
        while not self._closed.is_set():
            # Of those that were put in the last ones are unread: only we put in.
            while len(self._sizes) > self._inbox.qsize():
                self._sizes.popleft()
            if len(self._sizes) < MOST_UNREAD and sum(self._sizes) < MOST_UNREAD_BYTES:
                break
            self._closed.wait(FULL_SECONDS)
        self._sizes.append(size)
