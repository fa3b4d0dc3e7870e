"""A real webhook on this machine: what Apprise's ``json://`` posts to."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Webhook:
    """What was posted, and how the next posts are answered. ``gate`` closed means that it hangs."""

    status: int = 200
    posts: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0
    gate: threading.Event = field(default_factory=threading.Event)
    _server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                webhook.gate.wait(20)
                if webhook.status == 200:
                    webhook.posts.append(body)
                else:
                    webhook.refused += 1
                self.send_response(webhook.status)
                self.end_headers()

            def log_message(self, *words: object) -> None:
                """Say nothing."""

        self.gate.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.gate.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"json://name:s3cret-word@127.0.0.1:{self._server.server_address[1]}/hook-t0ken"

    @property
    def titles(self) -> list[str]:
        return [post["title"] for post in self.posts]
