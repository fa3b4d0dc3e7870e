"""Under which names this server answers, and which pages may change something: the answer to DNS rebinding.

A page of another site can make a browser call us under a name that its author owns and points at us. So a name that
somebody else can register is answered only when it is the configured one. Addresses, ``localhost``, names without a
dot and the endings of home networks (RFC 6761, 6762, 8375, 9476) cannot be pointed at us by a stranger.
"""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from musings.config.settings import is_loopback

HOST = re.compile(r"(\[[0-9a-f:.%]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?", re.IGNORECASE | re.ASCII)
HOME_ENDINGS = (".localhost", ".local", ".home.arpa", ".internal", ".lan", ".home")


class AllowedHosts:
    """``public_url`` is the configured address or None; ``faces_network`` widens what is answered to home networks."""

    def __init__(self, public_url: str | None, *, faces_network: bool) -> None:
        public = urlsplit(public_url or "")
        self._public_name = (public.hostname or "").lower()
        self._public_origin = f"{public.scheme}://{public.netloc}".lower() if public_url else None
        self._is_behind_tls = public.scheme == "https"
        self._faces_network = faces_network

    def answers_for(self, host: str) -> bool:
        """Whether a ``Host`` header names us."""
        name = name_of(host)
        if not name:
            return False
        if name == self._public_name or is_loopback(name):
            return True
        return self._faces_network and _is_of_home(name)

    def is_own_page(self, origin: str | None, site: str | None, host: str) -> bool:
        """Whether a change may be asked for: by our own page, or by something that is no page of a browser.

        ``origin`` and ``site`` are the headers ``Origin`` and ``Sec-Fetch-Site`` (Fetch Metadata, W3C), or None.
        """
        if site is not None and site not in ("same-origin", "none"):
            return False
        if origin is None:
            return True
        if origin.lower() == self._public_origin:
            return True
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        if self._is_behind_tls and parts.scheme == "http" and parts.hostname == self._public_name:
            return False  # whoever sits between may write such a page
        return bool(parts.netloc) and parts.netloc.lower() == host.lower()

    def is_https(self, scheme: str, host: str) -> bool:
        """Whether the browser speaks https to us, or to the proxy before us."""
        return scheme == "https" or (self._is_behind_tls and name_of(host) == self._public_name)


def name_of(host: str) -> str:
    """The name or address in a ``Host`` header, in lower case, without port and brackets; empty when it is none."""
    found = HOST.fullmatch(host)
    return found[1].strip("[]").rstrip(".").lower() if found else ""


def _is_of_home(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return name.endswith(HOME_ENDINGS) or ("." not in name and not name.isdigit() and not name.startswith("0x"))
    return True
