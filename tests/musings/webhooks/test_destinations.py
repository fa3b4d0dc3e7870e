"""Where a webhook may go: no address of this machine or this network by accident, by trickery or by a change of DNS."""

from ipaddress import ip_address

import pytest

from musings.errors import InvalidInputError, UnreachableError
from musings.webhooks.destinations import MOST_CHARACTERS, addresses, channel_of, checked, is_public, resolved

PRIVATE = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.5",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:192.168.1.5",
    "2002:7f00:0001::",
    "64:ff9b::7f00:1",
    "64:ff9b::c0a8:105",
]
PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_this_network_is_none(address: str) -> None:
    assert not is_public(ip_address(address))
    literal = f"[{address}]" if ":" in address else address
    with pytest.raises(InvalidInputError, match="private network") as said:
        checked(f"https://{literal}/hook")
    assert "MUSINGS_WEBHOOKS__ALLOWED_HOSTS" in said.value.explained
    with pytest.raises(UnreachableError, match="private network"):
        resolved("https://example.org/", (), lambda _host, _port: [address])


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_one(address: str) -> None:
    found = resolved("https://example.org/hook", (), lambda _host, _port: [address])
    assert (found.address, found.host, found.port) == (address, "example.org", 443)
    assert found.is_secure


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(UnreachableError, match=r"example\.org is an address of this machine"):
        resolved("http://example.org", (), lambda _host, _port: [PUBLIC[0], "127.0.0.1"])


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://127.0.0.1:5678/hook", "127.0.0.1"),
        ("http://N8N.local./hook", "n8n.LOCAL"),
        ("http://[::1]:1/", "::1"),
        ("http://[::1]:1/", "[::1]"),
        ("http://localhost/", "localhost"),
    ],
)
def test_what_the_owner_named_may_be_told(url: str, allowed: str) -> None:
    assert checked(url, [allowed]) == url
    assert resolved(url, [allowed], lambda _host, _port: ["127.0.0.1"]).address == "127.0.0.1"


def test_a_name_like_one_that_is_allowed_is_not() -> None:
    with pytest.raises(UnreachableError, match="private"):
        resolved("http://n8n.local.example.org/", ["n8n.local"], lambda _host, _port: ["10.0.0.1"])


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST.", "localhost."])
def test_localhost_by_its_name_is_refused_at_once(name: str) -> None:
    with pytest.raises(InvalidInputError, match="private network"):
        checked(f"http://{name}/")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://example.org/", "neither https:// nor http://"),
        ("example.org/hook", "neither https:// nor http://"),
        ("", "neither https:// nor http://"),
        ("https:///hook", "names no host"),
        ("https://user:word@example.org/", "user name or a password"),
        ("https://example.org:99999/", "can be read"),
        ("https://[::1", "can be read"),
        ("https://example.org/a b", "blank or a control character"),
        ("https://example.org/\x07", "blank or a control character"),
        ("https://example.org/" + "a" * MOST_CHARACTERS, "longer than"),
        (f"https://{'ü' * 70}.org/", "cannot be one"),
    ],
)
def test_an_address_that_could_never_be_told_is_refused_in_words(url: str, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words) as said:
        checked(url)
    assert [each.where for each in said.value.faults] == ["url"]
    assert "word@" not in said.value.explained


@pytest.mark.parametrize("asked", ["channel:2", "channel:2:ntfy", "Channel:2:NTFY", " channel:2 "])
def test_a_channel_of_the_owner_is_kept_by_its_name(asked: str) -> None:
    assert checked(asked, channels=("1:mailto", "2:ntfy")) == "channel:2:ntfy"
    assert channel_of("channel:2:ntfy") == "2:ntfy"
    assert channel_of("https://channel:2/") is None


@pytest.mark.parametrize(
    ("asked", "there", "hint"), [("channel:3", ("1:mailto",), "1:mailto"), ("channel:", (), "URLS")]
)
def test_a_channel_that_is_none_is_refused_in_words(asked: str, there: tuple[str, ...], hint: str) -> None:
    with pytest.raises(InvalidInputError, match=r"names no channel of alerts\.urls") as refused:
        checked(asked, channels=there)
    assert hint in (refused.value.hint or "")


def test_a_name_that_leads_nowhere_is_said() -> None:
    def nowhere(_host: str, _port: int) -> list[str]:
        raise OSError(-2, "Name or service not known")

    with pytest.raises(UnreachableError, match=r"example\.invalid cannot be found: Name or service not known\."):
        resolved("https://example.invalid/", (), nowhere)
    with pytest.raises(UnreachableError, match="has no address"):
        resolved("https://example.org/", (), lambda _host, _port: [])


def test_a_name_of_other_letters_is_looked_up_as_the_wire_has_it() -> None:
    asked: list[tuple[str, int]] = []

    def look_up(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return [PUBLIC[0]]

    assert resolved("https://Bücher.example:444/", (), look_up).host == "xn--bcher-kva.example"
    assert asked == [("xn--bcher-kva.example", 444)]


def test_the_system_knows_this_machine() -> None:
    assert "127.0.0.1" in addresses("127.0.0.1", 80)
