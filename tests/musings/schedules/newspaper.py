"""A feed on this machine, which says what it is told to."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RSS = """<?xml version="1.0"?>
<rss version="2.0"><channel><title>The paper</title>
<item><title>Fog over the harbour</title></item>
<item><title><![CDATA[A <b>whale</b> &amp; its calf]]></title></item>
<item><title>Third</title></item>
</channel></rss>"""


@dataclass
class Newspaper:
    """``asked`` are the headers of what came."""

    body: bytes = RSS.encode()
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[Mapping[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/feed.xml"


@contextmanager
def published() -> Iterator[Newspaper]:
    """One that answers within the block."""
    paper = Newspaper()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paper.asked.append(dict(self.headers))
            self.send_response(paper.status)
            for name, value in paper.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(paper.body)))
            self.end_headers()
            self.wfile.write(paper.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        paper.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield paper
        finally:
            server.shutdown()
            thread.join()
