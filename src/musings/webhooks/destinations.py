"""Where a webhook may go: to public addresses, to those of this network that the owner named, to the owner's channels.

The address is looked up once and the connection goes to what was found (``Destination.address``), so that a name
which points elsewhere a moment later (DNS rebinding) leads nowhere.
"""

import ipaddress
import socket
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from musings.errors import Fault, InvalidInputError, UnreachableError

MOST_CHARACTERS = 2000
CHANNEL = "channel:"
"""Begins an address that is a channel of ``alerts.urls``: what is kept names it and never repeats its address."""
NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are an IPv4 address."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
LookUp = Callable[[str, int], Collection[str]]
"""The addresses of a host and port. Raises ``OSError``."""


@dataclass(frozen=True)
class Destination:
    """``url`` is what was asked for; ``host`` and ``port`` are its own; ``address`` is where the connection goes."""

    url: str
    host: str
    port: int
    address: str

    @property
    def is_secure(self) -> bool:
        return self.url.casefold().startswith("https:")


def checked(url: str, allowed_hosts: Collection[str] = (), channels: Collection[str] = ()) -> str:
    """The address of a webhook as it is kept. Raises ``InvalidInputError`` for one that could never be told.

    A name is not looked up here: it may come to be later. ``channels`` are the names of those in ``alerts.urls``, of
    which ``channel:2`` is enough for ``channel:2:ntfy``.
    """
    if (asked := channel_of(url.strip())) is not None:
        return CHANNEL + _channel(asked, channels)
    parts = _parts(url.strip())
    host = parts.hostname or ""
    if (literal := _literal(host)) is not None and not (is_public(literal) or _is_allowed(host, allowed_hosts)):
        raise _fault(_not_public(host), hint=_how_to_allow(host))
    return url.strip()


def resolved(url: str, allowed_hosts: Collection[str], look_up: LookUp | None = None) -> Destination:
    """Where to connect to. Raises ``UnreachableError`` when the name has no address, or one that is not public."""
    parts = _parts(url)
    host, port = _ascii(parts.hostname or ""), _port(parts)
    try:
        found = list((look_up or addresses)(host, port))
    except (OSError, UnicodeError) as error:
        raise UnreachableError(
            f"{host} cannot be found: {getattr(error, 'strerror', None) or 'no such name'}."
        ) from error
    if not found:
        raise UnreachableError(f"{host} has no address.")
    # All of them: one public address among private ones would make the choice a matter of chance.
    if not _is_allowed(host, allowed_hosts) and not all(is_public(each) for each in _addresses(found)):
        raise UnreachableError(_not_public(host), hint=_how_to_allow(host))
    return Destination(url, host, port, found[0])


def addresses(host: str, port: int) -> Collection[str]:
    """Ask the system, which may take seconds."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def channel_of(url: str) -> str | None:
    """The name of the channel that an address of ours means; None where it is one of the network."""
    return url[len(CHANNEL) :] if url.casefold().startswith(CHANNEL) else None


def is_public(address: Address) -> bool:
    """Whether an address, and each that is wrapped in it, belongs to the internet at large."""
    return all(each.is_global and not each.is_multicast for each in _unwrapped(address))


def _channel(asked: str, channels: Collection[str]) -> str:
    for name in channels:
        if asked.casefold() in (name, name.partition(":")[0]):
            return name
    there = f"There are {', '.join(channels)}." if channels else "There is none yet: MUSINGS_ALERTS__URLS."
    raise _fault(f"names no channel of alerts.urls: {asked[:80]!r}", hint=there)


def _unwrapped(address: Address) -> Iterator[Address]:
    yield address
    if not isinstance(address, ipaddress.IPv6Address):
        return
    wrapped: Iterable[Address | None] = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()))
    yield from (each for each in wrapped if each is not None)
    if address in NAT64:
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def _addresses(found: Iterable[str]) -> Iterator[Address]:
    for each in found:
        yield ipaddress.ip_address(each.partition("%")[0])


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return ipaddress.ip_address("127.0.0.1") if host.rstrip(".").casefold() == "localhost" else None


def _is_allowed(host: str, allowed_hosts: Collection[str]) -> bool:
    return _folded(host) in {_folded(each) for each in allowed_hosts}


def _ascii(host: str) -> str:
    """A name as the wire has it (IDNA). Raises ``UnicodeError`` for what is none."""
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _folded(host: str) -> str:
    return host.strip().strip("[]").rstrip(".").casefold()


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise _fault("is no address that can be read") from None
    if parts.scheme.casefold() not in ("http", "https"):
        raise _fault("begins with neither https:// nor http://")
    if not parts.hostname:
        raise _fault("names no host")
    try:
        _ascii(parts.hostname)
    except UnicodeError:
        raise _fault(f"names a host that cannot be one: {parts.hostname[:80]!r}") from None
    if parts.username is not None or parts.password is not None:
        raise _fault(
            "carries a user name or a password, which would stand in the database",
            hint="The receiver knows us by the signature: `musings webhooks secret NAME`.",
        )
    if len(url) > MOST_CHARACTERS or not url.isprintable() or " " in url:
        raise _fault(f"holds a blank or a control character, or is longer than {MOST_CHARACTERS} characters")
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme.casefold() == "https" else 80)


def _not_public(host: str) -> str:
    return f"{host} is an address of this machine or of a private network"


def _how_to_allow(host: str) -> str:
    return f"If that is meant, name it: webhooks.allowed_hosts, or MUSINGS_WEBHOOKS__ALLOWED_HOSTS='[\"{host}\"]'."


def _fault(words: str, *, hint: str | None = None) -> InvalidInputError:
    return InvalidInputError([Fault("url", words)], hint=hint)
