"""A server that speaks ComfyUI well enough to be given jobs, and misbehaves at one address in one way.

Bytes on a socket, without a library that would keep it from being wrong. A behaviour is given the connection and the
answer that would be right, and sends what it likes. It must end by itself when the connection is closed.
"""

import contextlib
import functools
import json
import os
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Self

from fake_comfyui.nodes import classes
from fake_comfyui.server import MODELS

Right = tuple[bytes, str]
"""The body that would be right, and its content type."""
Behaviour = Callable[[socket.socket, Right], None]
TROUBLE = (OSError, ValueError)
ENDLESS_SECONDS = 120.0
"""After which the server gives up by itself, however patient the client is."""
PIECE = b" " * 65_536
SMALL_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


class HostileServer:
    """``behaviours`` are by address: ``object_info``, ``queue``, ``history``, ``view``, ``prompt`` (the question),
    ``submit``, ``ws``. ``outputs`` is what the history says that a job made; ``heal`` makes it a good one.
    """

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._info = json.dumps({each.name: each.info() for each in classes(MODELS, [], []).values()}).encode()
        self._jobs: dict[str, Any] = {}
        self._closed = threading.Event()
        self.heal()
        threading.Thread(target=self._accept, daemon=True).start()

    def heal(self) -> None:
        self.behaviours: dict[str, Behaviour] = {}
        self.outputs: Any = {"2": {"images": [{"filename": "a.png", "subfolder": "", "type": "output"}]}}
        self.entry: Callable[[dict[str, Any]], Any] = lambda entry: entry
        self._jobs.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        self._listening.close()

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        with connection, contextlib.suppress(*TROUBLE):
            reader = connection.makefile("rb")
            while (line := reader.readline(100_000)) not in (b"", b"\r\n"):
                method, path, _ = line.decode("latin-1").split(" ", 2)
                headers: dict[str, str] = {}
                while (header := reader.readline(100_000).decode("latin-1").strip()) != "":
                    name, _, value = header.partition(":")
                    headers[name.lower()] = value.strip()
                body = reader.read(int(headers.get("content-length", 0)))
                where, right = self._answer(method, path, body)
                behaviour = self.behaviours.get(where)
                if behaviour is not None:
                    behaviour(connection, right)
                    return
                if where == "ws":
                    return  # no sockets here: the client goes on without one
                _send(connection, *right)

    def _answer(self, method: str, path: str, body: bytes) -> tuple[str, Right]:
        path, _, _ = path.partition("?")
        parts = path.strip("/").removeprefix("api/").split("/")
        as_json = "application/json"
        if method == "POST" and parts[0] == "prompt":
            given = json.loads(body)
            self._jobs[given["prompt_id"]] = given["prompt"]
            return "submit", (_dumped({"prompt_id": given["prompt_id"], "number": 1, "node_errors": {}}), as_json)
        if parts[0] == "prompt":
            return "prompt", (_dumped({"exec_info": {"queue_remaining": 0}}), as_json)
        if parts[0] == "queue":
            return "queue", (_dumped({"queue_running": [], "queue_pending": []}), as_json)
        if parts[0] == "history":
            number = parts[-1]
            status = {"status_str": "success", "completed": True, "messages": []}
            asked: list[Any] = [1, number, self._jobs.get(number), {}, ["2"]]
            entry = {"prompt": asked, "outputs": self.outputs, "status": status, "meta": {}}
            return "history", (_dumped({number: self.entry(entry)} if number in self._jobs else {}), as_json)
        if parts[0] == "object_info":
            return "object_info", (self._info, as_json)
        if parts[0] == "view":
            return "view", (SMALL_PNG, "image/png")
        if parts[0] == "ws":
            return "ws", (b"", "text/plain")
        return "stats", (_dumped({"system": {"comfyui_version": "0.3.0"}, "devices": []}), as_json)


def _dumped(value: object) -> bytes:
    return json.dumps(value).encode()


def _head(status: str = "200 OK", **headers: object) -> bytes:
    said = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\n{said}\r\n".encode("latin-1")


def _send(connection: socket.socket, body: bytes, kind: str) -> None:
    connection.sendall(_head(content_type=kind, content_length=len(body)) + body)


def _for_ever(send: Callable[[], None]) -> None:
    """Until the client has gone, or the server has had enough."""
    end = time.monotonic() + ENDLESS_SECONDS
    while time.monotonic() < end:
        send()


def drips_its_head(connection: socket.socket, right: Right) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")

    def drip() -> None:
        connection.sendall(b"x-a: b\r\n")
        time.sleep(0.3)

    _for_ever(drip)


def drips_its_body(connection: socket.socket, right: Right) -> None:
    connection.sendall(_head(content_type=right[1], content_length=10_000_000))

    def drip() -> None:
        connection.sendall(b" ")
        time.sleep(0.3)

    _for_ever(drip)


def never_ends(connection: socket.socket, right: Right) -> None:
    connection.sendall(_head(content_type=right[1], transfer_encoding="chunked"))
    _for_ever(lambda: connection.sendall(b"10000\r\n" + PIECE + b"\r\n"))


def never_ends_its_head(connection: socket.socket, right: Right) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nx-a: ")
    _for_ever(lambda: connection.sendall(b"a" * 65_536))


def says_nothing(connection: socket.socket, right: Right) -> None:
    with contextlib.suppress(OSError):
        connection.settimeout(ENDLESS_SECONDS)
        connection.recv(1)


def hangs_up(connection: socket.socket, right: Right) -> None:
    connection.shutdown(socket.SHUT_WR)


def resets(connection: socket.socket, right: Right) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def says_too_long_a_length(connection: socket.socket, right: Right) -> None:
    connection.sendall(_head(content_type=right[1], content_length=len(right[0]) + 1000) + right[0])


def says_too_short_a_length(connection: socket.socket, right: Right) -> None:
    connection.sendall(_head(content_type=right[1], content_length=max(0, len(right[0]) - 5)) + right[0])


def says_a_negative_length(connection: socket.socket, right: Right) -> None:
    connection.sendall(_head(content_type=right[1], content_length=-1) + right[0])


def says_an_immense_length(connection: socket.socket, right: Right) -> None:
    connection.sendall(_head(content_type=right[1], content_length=10**18) + right[0])


def two_lengths(connection: socket.socket, right: Right) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 9\r\n\r\n" + right[0])


def bad_chunks(connection: socket.socket, right: Right) -> None:
    connection.sendall(_head(content_type=right[1], transfer_encoding="chunked") + b"zz\r\n" + right[0])


def no_http(connection: socket.socket, right: Right) -> None:
    connection.sendall(b"\x00\xff SSH-2.0-OpenSSH_9.2\r\n" * 10)


def redirects_in_a_ring(connection: socket.socket, right: Right) -> None:
    connection.sendall(_head("302 Found", location="/prompt", content_length=0))


def redirects_to_a_file(connection: socket.socket, right: Right) -> None:
    connection.sendall(_head("301 Moved Permanently", location="file:///etc/passwd", content_length=0))


@functools.cache
def _bomb() -> bytes:
    """400 MB in 400 kB, made without having it in memory: the client in this process is measured."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(PIECE) for _ in range(6_100)) + packer.flush()


def gzip_bomb(connection: socket.socket, right: Right) -> None:
    body = _bomb()
    connection.sendall(_head(content_type=right[1], content_encoding="gzip", content_length=len(body)) + body)


def broken_gzip(connection: socket.socket, right: Right) -> None:
    body = b"\x1f\x8b\x08" + os.urandom(200)
    connection.sendall(_head(content_type=right[1], content_encoding="gzip", content_length=len(body)) + body)


def odd_status(connection: socket.socket, right: Right) -> None:
    connection.sendall(_head("799 Whatever", content_length=len(right[0])) + right[0])


def a_page(connection: socket.socket, right: Right) -> None:
    _send(connection, b"<html><body>Please log in</body></html>", "text/html")


def says(body: bytes) -> Behaviour:
    """Another body than the right one, in an answer that is right otherwise."""
    return lambda connection, right: _send(connection, body, right[1])


BEHAVIOURS: Mapping[str, Behaviour] = {
    each.__name__: each
    for each in (
        drips_its_head,
        drips_its_body,
        never_ends,
        never_ends_its_head,
        says_nothing,
        hangs_up,
        resets,
        says_too_long_a_length,
        says_too_short_a_length,
        says_a_negative_length,
        says_an_immense_length,
        two_lengths,
        bad_chunks,
        no_http,
        redirects_in_a_ring,
        redirects_to_a_file,
        gzip_bomb,
        broken_gzip,
        odd_status,
        a_page,
    )
}
ODD_JSON: Mapping[str, bytes] = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[1, [2], {}]",
    "a number": b"1e999",
    "a huge number": b'{"exec_info": {"queue_remaining": ' + b"9" * 20_000 + b"}}",
    "a text": b'"queue"',
    "truth": b"true",
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "no UTF-8": b'{"a": "\xff\xfe"}',
    "lone surrogates": rb'{"queue_running": [["\ud800", "\ud800"]], "queue_pending": ["\udfff"]}',
    "cut short": b'{"queue_running": [[1, ',
    "wrong types": b'{"exec_info": [], "queue_running": {"a": 1}, "queue_pending": 7, "prompt_id": {}, "SaveImage": 3}',
    "nulls": b'{"exec_info": null, "queue_running": null, "queue_pending": [null, [null]], "prompt_id": null}',
    "NaN": b'{"exec_info": {"queue_remaining": NaN}, "queue_running": [[NaN, -Infinity]]}',
}
ODD_NAMES: Mapping[str, Any] = {
    "up and out": "../../../../etc/passwd",
    "absolute": "/etc/passwd",
    "backslashes": "..\\..\\windows.png",
    "NUL": "a\0b.png",
    "new lines": "a\r\nx-evil: 1\r\n\r\n.png",
    "very long": "a" * 100_000 + ".png",
    "empty": "",
    "dots": "..",
    "a number": 7,
    "a list": ["a.png"],
    "null": None,
    "an address": "http://169.254.169.254/latest/meta-data",
    "lone surrogate": "\ud800.png",
    "right to left": "\u202egnp.exe",
    "a long ending": "a." + "p" * 5_000,
}
ODD_OUTPUTS: Mapping[str, Any] = {
    "a list": [1, 2],
    "a text": "images",
    "null": None,
    "deep": {"2": {"images": [[[[[[{"filename": "a.png"}]]]]]]}},
    "very many": {"2": {"images": [{"filename": f"{n}.png", "type": "output"} for n in range(20_000)]}},
    "odd folder": {"2": {"images": [{"filename": "a.png", "subfolder": 3, "type": ["x"]}]}},
    "folder up": {"2": {"images": [{"filename": "a.png", "subfolder": "../../..", "type": "input"}]}},
    "huge text": {"2": {"text": ["x" * 3_000_000]}},
}


def _greeted(connection: socket.socket) -> None:
    """A handshake that cannot be right: the key was not looked at."""
    connection.sendall(_head("101 Switching Protocols", upgrade="websocket", connection="Upgrade"))


def socket_garbage(connection: socket.socket, right: Right) -> None:
    _greeted(connection)
    connection.sendall(os.urandom(4096))


def socket_immense_frame(connection: socket.socket, right: Right) -> None:
    _greeted(connection)
    connection.sendall(b"\x82\x7f" + (2**62).to_bytes(8, "big") + b"x" * 100)


def socket_endless(connection: socket.socket, right: Right) -> None:
    _greeted(connection)
    _for_ever(lambda: connection.sendall(b"\x81\x7e\xff\xff" + b"[" * 65_535))


SOCKETS: Mapping[str, Behaviour] = {
    each.__name__: each for each in (socket_garbage, socket_immense_frame, socket_endless, says_nothing, never_ends)
}
