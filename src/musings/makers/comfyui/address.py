"""The address of a server: a login in it as a header, and the TLS settings that go with it."""

import ssl
from base64 import b64encode
from urllib.parse import unquote, urlsplit, urlunsplit


def without_login(url: str) -> tuple[str, dict[str, str]]:
    """The address without ``name:password@``, and the header that says the same."""
    parts = urlsplit(url)
    # From the right: a password may itself hold an ``@``.
    login, at, place = parts.netloc.rpartition("@")
    if not at:
        return url, {}
    name, _, password = login.partition(":")
    # Percent signs in an address stand for other characters; the header takes those themselves.
    token = b64encode(f"{unquote(name)}:{unquote(password)}".encode()).decode()
    return urlunsplit(parts._replace(netloc=place)), {"Authorization": f"Basic {token}"}


def tls_context(url: str, verify: bool | str) -> ssl.SSLContext | None:
    """The TLS settings that HTTP and WebSocket share; None without TLS."""
    if not url.startswith("https"):
        return None
    # A file of certificates is added trust for one server; the system's list would not know it.
    context = ssl.create_default_context(cafile=verify if isinstance(verify, str) else None)
    if verify is False:
        # In this order: the mode cannot be relaxed while names are checked.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
