"""The owner's password, stored as a salted scrypt hash (RFC 7914), from Python's own ``hashlib``.

The cost is one of those that the OWASP Password Storage Cheat Sheet calls equivalent: N = 2**15, r = 8, p = 3, which is
32 MiB and a fraction of a second. One password is checked at a time, so that a flood of logins costs no memory.
"""

import base64
import hashlib
import hmac
import secrets
import threading
import unicodedata

from musings.errors import UsageError

LOG2_N, R, P = 15, 8, 3
SALT_BYTES = 16
KEY_BYTES = 32
MOST_MEMORY = 256 * 2**20
FEWEST_CHARACTERS = 10
MOST_CHARACTERS = 1000

_one_at_a_time = threading.Lock()


def hashed(password: str) -> str:
    """The password as it is stored, ``scrypt$15$8$3$salt$key``. Raises ``UsageError`` when it is too short or long."""
    if not FEWEST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise UsageError(
            f"The password has {len(password)} characters; it needs {FEWEST_CHARACTERS} to {MOST_CHARACTERS}.",
            hint="A few words in a row are easy to type on a phone.",
        )
    salt = secrets.token_bytes(SALT_BYTES)
    key = _key(password, salt, LOG2_N, R, P)
    return "$".join(("scrypt", str(LOG2_N), str(R), str(P), _text(salt), _text(key)))


def matches(password: str, stored: str) -> bool:
    """Whether ``password`` is the one that was stored; False for a stored text that is none of ours."""
    try:
        name, log2_n, r, p, salt, key = stored.split("$")
        found = _key(password, base64.b64decode(salt, validate=True), int(log2_n), int(r), int(p))
        return name == "scrypt" and hmac.compare_digest(found, base64.b64decode(key, validate=True))
    except ValueError:
        return False


def _key(password: str, salt: bytes, log2_n: int, r: int, p: int) -> bytes:
    # The same word typed on two keyboards may come as different code points.
    written = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    with _one_at_a_time:
        return hashlib.scrypt(written, salt=salt, n=1 << log2_n, r=r, p=p, maxmem=MOST_MEMORY, dklen=KEY_BYTES)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
