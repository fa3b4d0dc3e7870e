"""The cookie that holds the id of a session.

Over https it has the prefix ``__Host-`` (RFC 6265bis): the browser then takes it only from us, over https, for this
host and every path. It is sent to our own pages only (``SameSite=Strict``) and no script can read it.
"""

from datetime import datetime

from musings.store import times

PLAIN = "musings_session"
SECURE = "__Host-musings_session"


def read(header: str | None, *, https: bool) -> str | None:
    """The id in a ``Cookie`` header; over https one that could come over http does not count."""
    name = SECURE if https else PLAIN
    pairs = (pair.strip().partition("=") for pair in (header or "").split(";"))
    found = [value.strip('"') for key, _, value in pairs if key == name]
    return found[0] if len(found) == 1 and found[0] else None


def write(secret: str, expires_at: datetime, *, https: bool) -> str:
    """A ``Set-Cookie`` header that has the browser hold ``secret``."""
    seconds = max(0, int((expires_at - times.now()).total_seconds()))
    return _header(secret, seconds, https=https)


def forget(*, https: bool) -> str:
    """A ``Set-Cookie`` header that has the browser forget it."""
    return _header("", 0, https=https)


def _header(value: str, seconds: int, *, https: bool) -> str:
    secure = "; Secure" if https else ""
    return f"{SECURE if https else PLAIN}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Strict{secure}"
