"""The cookie of a session: what a browser is told, and what of it counts when it comes back."""

from datetime import timedelta
from http.cookies import SimpleCookie

import pytest

from musings.api import cookies
from musings.store import times

SECRET = "s" * 43


@pytest.mark.parametrize("https", [True, False])
def test_what_was_written_is_read_back(https: bool) -> None:
    header = cookies.write(SECRET, times.now() + timedelta(hours=1), https=https)
    assert cookies.read(header.partition(";")[0], https=https) == SECRET
    assert cookies.read(header.partition(";")[0], https=not https) is None


@pytest.mark.parametrize("https", [True, False])
def test_no_script_and_no_other_site_gets_it(https: bool) -> None:
    header = cookies.write(SECRET, times.now() + timedelta(hours=1), https=https)
    [(name, found)] = SimpleCookie(header).items()
    assert found["httponly"]
    assert (found["samesite"], found["path"], found["domain"]) == ("Strict", "/", "")
    assert bool(found["secure"]) is https
    assert name.startswith("__Host-") is https


def test_it_lasts_as_long_as_the_session_and_never_less_than_nothing() -> None:
    lasting = SimpleCookie(cookies.write(SECRET, times.now() + timedelta(hours=1), https=True))
    assert int(lasting[cookies.SECURE]["max-age"]) == pytest.approx(3600, abs=5)
    over = SimpleCookie(cookies.write(SECRET, times.now() - timedelta(hours=1), https=True))
    assert over[cookies.SECURE]["max-age"] == "0"


@pytest.mark.parametrize("https", [True, False])
def test_it_is_forgotten_under_the_name_that_it_has(https: bool) -> None:
    [(name, found)] = SimpleCookie(cookies.forget(https=https)).items()
    assert name == (cookies.SECURE if https else cookies.PLAIN)
    assert (found.value, found["max-age"]) == ("", "0")


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (None, None),
        ("", None),
        ("a=b; musings_session=x; c=d", "x"),
        ('musings_session="x"', "x"),
        ("musings_session=", None),
        ("musings_session=x; musings_session=y", None),  # one of them was planted: neither counts
        ("Musings_session=x", None),
        ("xmusings_session=x", None),
        ("musings_session", None),
    ],
)
def test_only_one_whole_cookie_of_our_name_counts(header: str | None, found: str | None) -> None:
    assert cookies.read(header, https=False) == found
