"""Links that share one file, or one musing, until they expire."""

import re
import time
from collections.abc import Callable
from urllib.parse import quote, urlencode

from musings.security.signing import MUSING, PURPOSE, SigningKey
from musings.store.chains import steps
from musings.store.database import Database
from musings.store.gallery import artifacts

TIME = re.compile(r"[1-9][0-9]{0,11}")  # seconds since 1970, written in one way only


GONE = "What this link shared is there no more."


class SignedLinks:
    def __init__(self, database: Database, key: SigningKey, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._key = key
        self._clock = clock

    def make(self, file_path: str, seconds: float) -> tuple[str, int]:
        """The address of a file below the media root with its signature, and when it expires (s since 1970)."""
        expires = int(self._clock() + seconds)
        return self.until(file_path, expires), expires

    def until(self, file_path: str, expires: int) -> str:
        """The same for a link that ends with another one."""
        query = urlencode({"expires": expires, "signature": self._key.sign(file_path, expires)})
        return f"/media/{quote(file_path)}?{query}"

    def make_for_musing(self, musing_id: int, seconds: float) -> tuple[str, int]:
        """The address of the page of a musing with its signature, and when it expires (s since 1970)."""
        expires = int(self._clock() + seconds)
        query = urlencode({"expires": expires, "signature": self._key.sign(str(musing_id), expires, MUSING)})
        return f"/shared/musings/{musing_id}?{query}", expires

    def refusal(self, file_path: str, expires: str, signature: str) -> str | None:
        """Why a link opens nothing, or None when it does. A file whose prompt is in the trash is shared no more."""
        is_kept = self._database.reader(artifacts.is_kept)
        return self._refused(file_path, expires, signature, PURPOSE) or (None if is_kept(file_path) else GONE)

    def refusal_of_musing(self, musing_id: str, expires: str, signature: str) -> str | None:
        """The same of a musing; one whose prompts are all in the trash is shared no more."""
        refused = self._refused(musing_id, expires, signature, MUSING)
        # What was signed is a number as we write it, so that nothing else comes as far as this.
        return refused or (None if self._database.reading(steps.any_kept, int(musing_id)) else GONE)

    def _refused(self, name: str, expires: str, signature: str, purpose: bytes) -> str | None:
        if not TIME.fullmatch(expires) or not self._key.is_valid(name, int(expires), signature, purpose):
            return "This link is not one of ours, or it was changed."
        return "This link has expired. Ask for a new one." if self._clock() >= int(expires) else None
