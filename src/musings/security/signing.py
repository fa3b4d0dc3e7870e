"""Links that open one thing until a given time: HMAC-SHA256 (RFC 2104) over what it is, its name and the expiry.

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
MUSING = b"musings musing link 1"
"""What a link opens: a signature for one purpose says nothing for another."""


class SigningKey:
    """``file`` is where the key is kept unless ``given`` is the key itself; without either it lives in memory."""

    def __init__(self, file: Path | None, given: str | None) -> None:
        self._key = SecretKey(file, given, VARIABLE)

    def sign(self, name: str, expires: int, purpose: bytes = PURPOSE) -> str:
        """The signature of a link to ``name`` until ``expires`` (seconds since 1970).

        The name of a file is its path below the media root, that of a musing its number.
        """
        return _signature(self._key.read(), name, expires, purpose)

    def is_valid(self, name: str, expires: int, signature: str, purpose: bytes = PURPOSE) -> bool:
        """Whether the signature is ours. Whether it has expired is for the caller to see."""
        wanted = _signature(self._key.read(), name, expires, purpose)
        return hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "surrogatepass"))

    def renew(self) -> None:
        """Make a new key, which ends every link. Raises ``ConfigError`` when the key comes from the environment."""
        self._key.renew()


def _signature(key: bytes, name: str, expires: int, purpose: bytes) -> str:
    said = b"\0".join((purpose, name.encode("utf-8", "surrogatepass"), str(expires).encode()))
    return base64.urlsafe_b64encode(hmac.digest(key, said, hashlib.sha256)).decode().rstrip("=")
