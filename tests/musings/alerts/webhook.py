"""A real webhook on this machine: what Apprise's ``json://`` posts to."""

import json
from collections.abc import Mapping
from typing import Any

from tests.fakes.posts import PostServer


class Webhook(PostServer):
    """What was posted, and how the next posts are answered: with ``status``."""

    def __init__(self, status: int = 200) -> None:
        super().__init__()
        self.status = status
        self.posts: list[dict[str, Any]] = []
        self.refused = 0

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Mapping[str, str]]:
        self.gate.wait(20)
        if self.status == 200:
            self.posts.append(json.loads(body))
        else:
            self.refused += 1
        return self.status, {}

    @property
    def url(self) -> str:
        return f"json://name:s3cret-word@127.0.0.1:{self.port}/hook-t0ken"

    @property
    def titles(self) -> list[str]:
        return [post["title"] for post in self.posts]
