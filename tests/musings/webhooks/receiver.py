"""A real receiver on this machine, which answers as it is told and keeps what came."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from standardwebhooks import Webhook as Verifier

from tests.fakes.posts import PostServer


@dataclass(frozen=True)
class Received:
    path: str
    headers: Mapping[str, str]
    body: str

    def verified(self, secret: str) -> dict[str, Any]:
        """The message, if the standard's own library believes its signature."""
        found: dict[str, Any] = Verifier(secret).verify(self.body, dict(self.headers))
        return found


class Receiver(PostServer):
    """``status`` and ``headers`` answer the next messages."""

    def __init__(self) -> None:
        super().__init__()
        self.status = 200
        self.headers: dict[str, str] = {}
        self.received: list[Received] = []

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Mapping[str, str]]:
        self.received.append(Received(path, headers, body.decode()))
        self.gate.wait(20)
        return self.status, self.headers

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?t0ken=1"
