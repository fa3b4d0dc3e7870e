"""Where the server is: what is no address, and that a token is shown to nobody."""

import pytest

from musings.errors import UsageError
from musings.remote.connection import Connection


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("studio.local:8000", "no http:// or https:// address"),
        ("ftp://studio.local", "no http:// or https:// address"),
        ("http://", "no http:// or https:// address"),
        ("http://[::1", "cannot be read"),
        ("http://a:99999", "cannot be read"),
        ("http://a/?q=1", "behind its path"),
        ("http://a/#x", "behind its path"),
        ("https://me:secret@studio.local", "a user or a password"),
    ],
)
def test_what_is_no_address_is_said(url: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        Connection(url)
    assert "secret" not in caught.value.explained


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "é"])
def test_what_is_no_token_is_said_and_not_shown(token: str) -> None:
    with pytest.raises(UsageError, match="is no token") as caught:
        Connection("http://a", token)
    assert not token.strip() or token not in caught.value.explained


def test_the_token_is_in_the_header_and_in_no_picture_of_the_connection() -> None:
    connection = Connection("http://a/", "mus_secret")
    assert connection.options["headers"]["Authorization"] == "Bearer mus_secret"
    assert "mus_secret" not in repr(connection)
    assert "Authorization" not in Connection("http://a").options["headers"]
