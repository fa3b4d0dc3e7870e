"""Links that share one file until they expire."""

import re
import time
from collections.abc import Callable
from urllib.parse import quote, urlencode

from musings.security.signing import SigningKey
from musings.store.database import Database
from musings.store.gallery import artifacts

TIME = re.compile(r"[1-9][0-9]{0,11}")  # seconds since 1970, written in one way only


class SignedLinks:
    def __init__(self, database: Database, key: SigningKey, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._key = key
        self._clock = clock

    def make(self, file_path: str, seconds: float) -> tuple[str, int]:
        """The address of a file below the media root with its signature, and when it expires (s since 1970)."""
        expires = int(self._clock() + seconds)
        query = urlencode({"expires": expires, "signature": self._key.sign(file_path, expires)})
        return f"/media/{quote(file_path)}?{query}", expires

    def refusal(self, file_path: str, expires: str, signature: str) -> str | None:
        """Why a link opens nothing, or None when it does. A file whose prompt is in the trash is shared no more."""
        if not TIME.fullmatch(expires) or not self._key.is_valid(file_path, int(expires), signature):
            return "This link is not one of ours, or it was changed."
        if self._clock() >= int(expires):
            return "This link has expired. Ask for a new one."
        if not self._database.reading(artifacts.is_kept, file_path):
            return "What this link shared is there no more."
        return None
