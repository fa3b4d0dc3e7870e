"""A locked server and every kind of caller that may stand before it."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from musings.api import cookies
from musings.config.settings import load
from musings.security import credentials
from musings.store import times
from musings.store.access import owner, sessions, tokens
from tests.musings.api.conftest import Api, serving

PASSWORD = "correct horse battery staple"
PASSWORD_HASH = "scrypt$15$8$3$AAECAwQFBgcICQoLDA0ODw==$ZwXboEbK+6uo3pibyojgA4zgNULQwM2WqPlWpy+G7mc="
"""Of ``PASSWORD``, kept so that not every test pays for making it."""


@dataclass
class Locked:
    """An API with auth on."""

    api: Api

    def token(self, *scopes: str, days: float | None = None, revoked: bool = False) -> dict[str, str]:
        """The header of a new token."""
        secret = credentials.new_token()
        expires_at = times.now() + timedelta(days=days) if days is not None else None
        made = self.api.database.writing(tokens.add, secret[-12:], credentials.digest(secret), scopes, expires_at)
        if revoked:
            self.api.database.writing(tokens.revoke, made.id)
        return {"Authorization": f"Bearer {secret}"}

    def session(self, *, csrf: bool = True) -> dict[str, str]:
        """The headers of a page that is logged in; without ``csrf`` those that another site could have sent."""
        secret, token = credentials.new_secret(), credentials.new_secret()
        self.api.database.writing(sessions.begin, credentials.digest(secret), token)
        cookie = {"Cookie": f"{cookies.PLAIN}={secret}"}
        return cookie | ({"X-CSRF-Token": token} if csrf else {})

    def artifact(self, name: str, content: bytes = b"x") -> int:
        """A file with its row; returns the artifact's id."""
        self.api.http.headers.update(self.token("read", "write"))
        try:
            return self.api.keep(name, content)
        finally:
            del self.api.http.headers["Authorization"]


@contextmanager
def locked_api(
    folder: Path,
    fresh_database: Path,
    clock: Callable[[], float] = time.monotonic,
    more: Mapping[str, Any] | None = None,
    **security: Any,
) -> Iterator[Locked]:
    """A server that asks everybody who they are; ``clock`` tells seconds to its limits on logins."""
    file = folder / "poets_cron_config.json"
    file.write_text(json.dumps({"server": {"port": 0}, "security": {"require_auth": True, **security}, **(more or {})}))
    with serving(load(file, {}, folder), fresh_database, clock) as api:
        api.database.writing(owner.set_password, PASSWORD_HASH)
        yield Locked(api)


SHARED = "image/7_x/a näme & more.png"


def shared_artifact(locked: Locked) -> int:
    """A picture with an odd name, beside another in the same folder."""
    locked.artifact("image/7_x/another.png", b"another")
    return locked.artifact(SHARED, b"the picture")


def share(locked: Locked, artifact: int, **body: Any) -> httpx.Response:
    return locked.api.http.post(f"/api/artifacts/{artifact}/share", json=body, headers=locked.token("read", "write"))
