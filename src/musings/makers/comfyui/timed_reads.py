"""Time for what a server sends in one go: the head of an answer, a piece of its body.

Libraries bound each single read of a socket. A server that drips, a few bytes each second, keeps every one of them
short and may go on for hours, while whoever waits heeds no cancel. Here all reads up to the next complete part count
together.
"""

import ssl
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import httpx

MOST_HEAD_SECONDS = 10.0
"""From the first to the last byte of a head, with what comes before it (1xx). It is sent in one go, by everybody."""
MOST_PIECE_SECONDS = 30.0
"""From the first byte after a piece of a body to the end of the next one."""


class OpenStreams:
    """What a client has open, so that all of it is closed with the client. Safe from any thread.

    The pool of the library closes what it knows of: a connection that another thread is just opening is none of that,
    and would stay open for ever.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._streams: set[httpcore.NetworkStream] = set()
        self._closed = False

    def add(self, stream: httpcore.NetworkStream) -> None:
        """Raises ``httpcore.ConnectError`` where the client is closed already; then the stream is, too."""
        with self._lock:
            if not self._closed:
                return self._streams.add(stream)
        stream.close()
        raise httpcore.ConnectError("the client was closed while it connected")

    def forget(self, stream: httpcore.NetworkStream) -> None:
        with self._lock:
            self._streams.discard(stream)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            streams = list(self._streams)
        # Without the lock, which each of them takes when it is closed.
        for stream in streams:
            stream.close()


class TimedStream(httpcore.NetworkStream):
    """A connection whose reads count together, from the first byte that comes after ``allow``, or after a question."""

    def __init__(
        self, inner: httpcore.NetworkStream, head_seconds: float, now: Callable[[], float], opened: OpenStreams
    ) -> None:
        self._inner = inner
        self._head_seconds = head_seconds
        self._now = now
        self._seconds: float | None = None
        self._began: float | None = None
        self._opened = opened
        opened.add(self)

    def allow(self, seconds: float | None) -> None:
        """From here on the server has so much time from its first byte on; None: all the time it wants."""
        self._seconds, self._began = seconds, None

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """As of the library. Raises ``httpcore.ReadTimeout`` also when all reads together took too long."""
        data = self._inner.read(max_bytes, timeout)
        if self._seconds is not None:
            now = self._now()
            # Not from the question on: a server that computes before it answers is none that drips.
            self._began = now if self._began is None else self._began
            if now - self._began > self._seconds:
                raise httpcore.ReadTimeout(f"it sends a few bytes at a time, for longer than {self._seconds:g} s")
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout)
        self.allow(self._head_seconds)  # what is read after a question begins with a head

    def close(self) -> None:
        self._opened.forget(self)
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        # The encrypted stream is another object: the time has to be kept on top of it.
        self._opened.forget(self)  # first: where there is no agreement, the library closes the inner one and not this
        encrypted = self._inner.start_tls(ssl_context, server_hostname, timeout)
        return TimedStream(encrypted, self._head_seconds, self._now, self._opened)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _TimedBackend(httpcore.NetworkBackend):
    def __init__(self, head_seconds: float, now: Callable[[], float], opened: OpenStreams) -> None:
        self._inner = httpcore.SyncBackend()
        self._head_seconds = head_seconds
        self._now = now
        self._opened = opened

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        return TimedStream(stream, self._head_seconds, self._now, self._opened)


class TimedTransport(httpx.HTTPTransport):
    """Connections without a proxy, whose heads have ``head_seconds``; a body has what ``allow`` gives it.

    ``tls`` is None where no address begins with ``https``.
    """

    def __init__(
        self,
        tls: ssl.SSLContext | None,
        limits: httpx.Limits,
        *,
        head_seconds: float = MOST_HEAD_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(verify=tls if tls is not None else False, trust_env=False, limits=limits)
        self._opened = OpenStreams()
        # The library takes no network backend of ours; the pool that it stands on does.
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_TimedBackend(head_seconds, now, self._opened),
        )

    def close(self) -> None:
        """Requests under way on other threads fail, with an ``httpx.HTTPError``."""
        super().close()
        self._opened.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        allow(response, None)  # the head is whole
        return response


def allow(response: httpx.Response, seconds: float | None) -> None:
    """Give the server so much time, from its next byte on, for what of the body comes next."""
    stream = response.extensions.get("network_stream")
    if isinstance(stream, TimedStream):
        stream.allow(seconds)
