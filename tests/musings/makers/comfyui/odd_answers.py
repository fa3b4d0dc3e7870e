"""A server that answers whatever a test says, and answers of ComfyUI with parts of them replaced by oddities."""

import json
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answers = Callable[[str, str, dict[str, list[str]], bytes], tuple[int, bytes]]
"""Given a method, a path, a query and a body: a status and a body."""

ODDITIES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0.5,
    float("inf"),
    float("nan"),
    10**400,
    -(2**63) - 1,
    "",
    "²",
    "٣",
    "x" * 5_000,
    "a\0b",
    "\ud800",
    "../../../etc/passwd",
    "..\\..\\x",
    "\x1b[31m",
    "9" * 5_000,
    [],
    {},
    [[]],
    [None],
    {"": ""},
    [{"a": [{}]}],
    {"\udfff": ["\ud83d"]},
)


def mangled(value: Any, chance: random.Random) -> Any:
    """A copy with one to four of its parts replaced, removed, wrapped or nested."""
    found = json.loads(json.dumps(value))
    for _ in range(chance.randrange(1, 5)):
        found = _changed(found, chance, chance.randrange(1, 9))
    return found


def _changed(value: Any, chance: random.Random, deep: int) -> Any:
    if deep and isinstance(value, dict) and value:
        key = chance.choice(sorted(value))
        way = chance.randrange(12)
        if way == 0:
            return {each: inner for each, inner in value.items() if each != key}
        if way == 1:
            return {**value, chance.choice(("²", "", "\ud800", "a\0", "9" * 30)): value[key]}
        return {**value, key: _changed(value[key], chance, deep - 1)}
    if deep and isinstance(value, list) and value:
        at = chance.randrange(len(value))
        return [*value[:at], _changed(value[at], chance, deep - 1), *value[at + 1 :]]
    way = chance.randrange(8)
    if way == 0:
        return [value]
    if way == 1:
        return nested(value, chance.choice((5, 150, 300)))
    return chance.choice(ODDITIES)


def nested(value: Any, deep: int) -> Any:
    for _ in range(deep):
        value = [value]
    return value


def written(value: Any) -> bytes:
    return json.dumps(value).encode()


@contextmanager
def answering(answers: Answers) -> Iterator[str]:
    """The address of such a server; it opens no WebSocket."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 65536  # head and body in one packet

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("content-length", 0))))

        def _answer(self, body: bytes) -> None:
            asked = urlsplit(self.path)
            status, content = answers(self.command, asked.path, parse_qs(asked.query), body)
            self.send_response(status)
            self.send_header("content-type", "application/octet-stream")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
