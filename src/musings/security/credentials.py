"""Secrets that we make ourselves: tokens for programs and ids of sessions.

Each holds 256 random bits, so a stored SHA-256 is enough: there is nothing to guess that a slow hash would slow down,
and a fast one costs a request nothing. Passwords, which people choose, are another matter (see ``passwords``).
"""

import hashlib
import secrets

TOKEN_PREFIX = "mus_"  # noqa: S105 (a mark by which a leaked token is recognised, and hidden in logs)
RANDOM_BYTES = 32


def new_token() -> str:
    """A token as it is shown once: ``mus_`` and 43 characters."""
    return TOKEN_PREFIX + secrets.token_urlsafe(RANDOM_BYTES)


def new_secret() -> str:
    """A session's id, or its CSRF token: 43 characters."""
    return secrets.token_urlsafe(RANDOM_BYTES)


def digest(secret: str) -> str:
    """What the database keeps of a secret: 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
