"""What may stand between a client and its server: a proxy that loses answers, refuses, and keeps streams to itself."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

HOP = ("transfer-encoding", "connection", "content-encoding", "content-length", "keep-alive")


@dataclass
class Fault:
    """What becomes of the next requests to a path: ``status`` is answered in place of the server.

    ``lost``: the server is asked, and its answer never comes back. ``cut``: it comes back in part.
    """

    path: str
    times: int = 1
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    lost: bool = False
    cut: bool = False


class Between:
    """``seen`` holds method, path and headers of every request."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.faults: list[Fault] = []
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        self._lock = threading.Lock()
        between = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def do_GET(self) -> None:
                between.pass_on(self)

            do_POST = do_GET  # noqa: N815 (the standard library's name)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (likewise)
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def calls(self, path: str) -> int:
        return sum(each.partition("?")[0] == path for _, each, _ in self.seen)

    def pass_on(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        with self._lock:
            self.seen.append((handler.command, handler.path, headers))
            fault = self._fault(handler.path.partition("?")[0])
        if fault is not None and fault.status:
            self._say(handler, fault.status, fault.headers, fault.body)
            return
        kept = {name: value for name, value in headers.items() if name not in (*HOP, "host")}
        with (
            httpx.Client(timeout=60) as client,
            client.stream(handler.command, self.target + handler.path, content=body, headers=kept) as answer,
        ):
            if fault is not None and fault.lost:
                answer.read()
                return
            self._begin(handler, answer.status_code, dict(answer.headers))
            try:
                for chunk in answer.iter_bytes():
                    handler.wfile.write(chunk[: len(chunk) // 2] if fault is not None and fault.cut else chunk)
                    handler.wfile.flush()
                    if fault is not None and fault.cut:
                        return
            except OSError:  # the client has gone
                return

    def _fault(self, path: str) -> Fault | None:
        for each in self.faults:
            if each.path == path and each.times > 0:
                each.times -= 1
                return each
        return None

    def _begin(self, handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str]) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            if name.lower() not in HOP or (name.lower() == "content-length" and "content-encoding" not in headers):
                handler.send_header(name, value)
        handler.end_headers()

    def _say(self, handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes) -> None:
        self._begin(handler, status, {**headers, "content-length": str(len(body))})
        handler.wfile.write(body)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def between(target: str, *faults: Fault) -> Iterator[Between]:
    proxy = Between(target)
    proxy.faults.extend(faults)
    try:
        yield proxy
    finally:
        proxy.close()
