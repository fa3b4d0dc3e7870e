"""Links that open one file until a given time: HMAC-SHA256 (RFC 2104) over the path and the expiry.

The key belongs to the installation. It comes from ``MUSINGS_SECRET_SIGNING_KEY``, else from a file beside the database
that only its owner may read and that is made when the first link is. A new key ends every link.
"""

import base64
import hashlib
import hmac
from pathlib import Path

from musings.security.secret_key import SecretKey

VARIABLE = "MUSINGS_SECRET_SIGNING_KEY"
PURPOSE = b"musings media link 1"


class SigningKey:
    """``file`` is where the key is kept unless ``given`` is the key itself; without either it lives in memory."""

    def __init__(self, file: Path | None, given: str | None) -> None:
        self._key = SecretKey(file, given, VARIABLE)

    def sign(self, path: str, expires: int) -> str:
        """The signature of a link to ``path`` (relative to the media root) until ``expires`` (seconds since 1970)."""
        return _signature(self._key.read(), path, expires)

    def is_valid(self, path: str, expires: int, signature: str) -> bool:
        """Whether the signature is ours. Whether it has expired is for the caller to see."""
        wanted = _signature(self._key.read(), path, expires)
        return hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "surrogatepass"))

    def renew(self) -> None:
        """Make a new key, which ends every link. Raises ``ConfigError`` when the key comes from the environment."""
        self._key.renew()


def _signature(key: bytes, path: str, expires: int) -> str:
    said = b"\0".join((PURPOSE, path.encode("utf-8", "surrogatepass"), str(expires).encode()))
    return base64.urlsafe_b64encode(hmac.digest(key, said, hashlib.sha256)).decode().rstrip("=")
