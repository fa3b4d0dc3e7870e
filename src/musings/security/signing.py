"""Links that open one file until a given time: HMAC-SHA256 (RFC 2104) over the path and the expiry.

The key belongs to the installation. It comes from ``MUSINGS_SECRET_SIGNING_KEY``, else from a file beside the database
that only its owner may read and that is made when the first link is. A new key ends every link.
"""

import base64
import contextlib
import hashlib
import hmac
import secrets
from pathlib import Path

from musings.errors import ConfigError, StoreError
from musings.files import atomic

FEWEST_KEY_CHARACTERS = 32
KEY_BYTES = 32
PURPOSE = b"musings media link 1"


class SigningKey:
    """``file`` is where the key is kept unless ``given`` is the key itself; without either it lives in memory."""

    def __init__(self, file: Path | None, given: str | None) -> None:
        if given is not None and len(given) < FEWEST_KEY_CHARACTERS:
            raise ConfigError(
                f"MUSINGS_SECRET_SIGNING_KEY has {len(given)} characters; it needs {FEWEST_KEY_CHARACTERS} at least.",
                hint='Take the output of `python3 -c "import secrets; print(secrets.token_hex(32))"`.',
            )
        self._file = file
        self._given = (given or ("" if file else secrets.token_hex(KEY_BYTES))).encode() or None

    def sign(self, path: str, expires: int) -> str:
        """The signature of a link to ``path`` (relative to the media root) until ``expires`` (seconds since 1970)."""
        return _signature(self._key(), path, expires)

    def is_valid(self, path: str, expires: int, signature: str) -> bool:
        """Whether the signature is ours. Whether it has expired is for the caller to see."""
        wanted = _signature(self._key(), path, expires)
        return hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "surrogatepass"))

    def renew(self) -> None:
        """Make a new key, which ends every link. Raises ``ConfigError`` when the key comes from the environment."""
        if self._given is not None or self._file is None:
            raise ConfigError("The signing key comes from MUSINGS_SECRET_SIGNING_KEY.", hint="Change it there.")
        _write(self._file, replace=True)

    def _key(self) -> bytes:
        if self._given is not None or self._file is None:
            return self._given or b""
        try:
            return self._file.read_bytes()
        except FileNotFoundError:
            _write(self._file, replace=False)
            return self._file.read_bytes()
        except OSError as error:
            raise StoreError(f"The signing key {self._file} cannot be read: {error.strerror}.") from error


def _signature(key: bytes, path: str, expires: int) -> str:
    said = b"\0".join((PURPOSE, path.encode("utf-8", "surrogatepass"), str(expires).encode()))
    return base64.urlsafe_b64encode(hmac.digest(key, said, hashlib.sha256)).decode().rstrip("=")


def _write(file: Path, *, replace: bool) -> None:
    """A new key, whole or not at all. Of two programs that make the first one, both use that of the first."""
    made = secrets.token_hex(KEY_BYTES).encode("ascii")
    try:
        with contextlib.suppress(FileExistsError):
            atomic.write(file, made, mode=0o600, replace=replace)
    except OSError as error:
        raise StoreError(
            f"The signing key {file} cannot be written: {error.strerror}.",
            hint="Give this user the right to write the folder, or set MUSINGS_SECRET_SIGNING_KEY.",
        ) from error
