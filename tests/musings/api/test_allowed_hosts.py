"""Names under which we answer, and pages that may change something."""

import pytest

from musings.api.allowed_hosts import AllowedHosts, name_of

HERE = AllowedHosts(None, faces_network=False)
HOME = AllowedHosts(None, faces_network=True)
PUBLIC = AllowedHosts("https://Studio.example:8443/x", faces_network=False)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost:8000", "localhost"),
        ("LOCALHOST.", "localhost"),
        ("[::1]:8000", "::1"),
        ("127.0.0.1", "127.0.0.1"),
        ("", ""),
        ("::1", ""),
        ("[::1", ""),
        ("[]", ""),
        ("localhost:", ""),
        ("localhost:80:80", ""),
        ("localhost:123456", ""),
        ("localhost\t", ""),
        ("localhost/evil", ""),
        ("a@localhost", ""),
        ("localhost\r\nX: y", ""),
        ("localhoſt", ""),
        ("１２７.0.0.1", ""),
    ],
)
def test_the_name_in_a_host_header(host: str, name: str) -> None:
    assert name_of(host) == name


@pytest.mark.parametrize(
    ("host", "here", "home"),
    [
        ("localhost:8000", True, True),
        ("127.0.0.1", True, True),
        ("[::1]", True, True),
        ("192.168.1.7:8000", False, True),
        ("[fe80::1]", False, True),
        ("mac-mini", False, True),
        ("mac-mini.local:8000", False, True),
        ("studio.home.arpa", False, True),
        ("evil.example", False, False),
        ("192.168.1.7.nip.io", False, False),
        ("7f000001.c0a80107.rbndr.us", False, False),
        ("localhost.evil.example", False, False),
        ("local", False, True),
        ("evil.local.example", False, False),
        ("2130706433", False, False),
        ("0x7f000001", False, False),
        ("0177.0.0.1", False, False),
        ("127.1", False, False),
        ("", False, False),
    ],
)
def test_only_names_that_no_stranger_can_own(host: str, here: bool, home: bool) -> None:
    assert (HERE.answers_for(host), HOME.answers_for(host)) == (here, home)


def test_the_public_name_is_ours() -> None:
    assert PUBLIC.answers_for("studio.example")
    assert PUBLIC.answers_for("STUDIO.EXAMPLE:8443")
    assert not PUBLIC.answers_for("sub.studio.example")


@pytest.mark.parametrize(
    ("origin", "site", "host", "own"),
    [
        (None, None, "localhost:8000", True),
        (None, "none", "localhost:8000", True),
        (None, "same-origin", "localhost:8000", True),
        (None, "same-site", "localhost:8000", False),
        (None, "cross-site", "localhost:8000", False),
        (None, "", "localhost:8000", False),
        ("http://localhost:8000", "same-origin", "localhost:8000", True),
        ("http://localhost:8000", "cross-site", "localhost:8000", False),
        ("http://localhost:3000", None, "localhost:8000", False),
        ("null", None, "localhost:8000", False),
        ("https://studio.example:8443", None, "127.0.0.1:8000", True),
        ("http://studio.example:8443", None, "studio.example:8443", False),
        ("https://studio.example", None, "studio.example:8443", False),
    ],
)
def test_which_page_may_change_something(origin: str | None, site: str | None, host: str, own: bool) -> None:
    assert PUBLIC.is_own_page(origin, site, host) is own


def test_https_is_ours_or_the_proxys() -> None:
    assert PUBLIC.is_https("http", "studio.example:8443")
    assert PUBLIC.is_https("https", "localhost")
    assert not PUBLIC.is_https("http", "localhost")
    assert not HERE.is_https("http", "localhost")
