"""A push service on this machine: it takes what comes for browsers, and answers as a test wants."""

from collections.abc import Mapping

from tests.fakes.posts import PostServer


class PushService(PostServer):
    """``status`` answers the next messages."""

    def __init__(self) -> None:
        super().__init__()
        self.status = 201
        self.received: list[tuple[Mapping[str, str], bytes]] = []

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Mapping[str, str]]:
        self.received.append((headers, body))
        self.gate.wait(20)
        return self.status, {"Location": "/message/1"}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/send/one"
