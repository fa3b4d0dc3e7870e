"""What a refusal means, by status and body."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.errors import PassingFault, UserFault
from musings.makers.openai_errors import (
    LONGEST_WAIT_SECONDS,
    refusal,
    retry_after,
    unreachable,
    without_credentials,
    words_in,
)


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (400, UserFault, "The server cannot take the request (HTTP 400): no"),
        (401, UserFault, "The server refuses the key (HTTP 401): no"),
        (404, UserFault, "The server cannot take the request (HTTP 404): no"),
        (429, PassingFault, "The server is overloaded (HTTP 429): no"),
        (500, PassingFault, "The server failed (HTTP 500): no"),
        (503, PassingFault, "The server is overloaded (HTTP 503): no"),
    ],
)
def test_the_status_says_whose_fault_it_is(status: int, kind: type[Exception], words: str) -> None:
    found = refusal("the server", status, '{"error": {"message": "no"}}', {}, "THE_KEY")
    assert (type(found), str(found)) == (kind, words)


def test_a_missing_key_names_its_variable() -> None:
    assert "THE_KEY" in refusal("it", 403, "", {}, "THE_KEY").explained


def test_a_wait_is_kept() -> None:
    found = refusal("it", 429, "", {"retry-after": "12"}, "K")
    assert isinstance(found, PassingFault)
    assert found.retry_after == 12


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("5", 5.0),
        ("-5", 0.0),
        ("1e9", LONGEST_WAIT_SECONDS),
        ("nan", None),
        ("soon", None),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 40.0),
    ],
)
def test_retry_after_in_both_forms(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, 60.0) == seconds


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"error": "gone"}', "gone"),
        ('{"error": {"message": "gone", "code": 1}}', "gone"),
        ('{"detail": [{"loc": 1}]}', '[{"loc": 1}]'),
        ("<h1>Bad\n gateway</h1>", "<h1>Bad gateway</h1>"),
        ("x" * 400, "x" * 300 + "…"),
    ],
)
def test_the_message_is_found(body: str, words: str) -> None:
    assert words_in(body) == words


@given(st.integers(400, 599), st.text(max_size=200), st.text(max_size=20))
def test_any_answer_becomes_an_error_of_ours(status: int, body: str, wait: str) -> None:
    found = refusal("it", status, body, {"retry-after": wait}, "K")
    assert isinstance(found, UserFault | PassingFault)
    assert len(str(found)) < 400


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://me:secret@den:11434/v1", "http://den:11434/v1"),
        ("http://a@b:c@den/v1", "http://den/v1"),
        ("http://den/v1", "http://den/v1"),
        ("", ""),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, expected: str) -> None:
    assert without_credentials(url) == expected


def test_a_silent_server_is_a_passing_fault() -> None:
    assert isinstance(unreachable("it", "refused"), PassingFault)
