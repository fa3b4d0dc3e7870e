"""Errors of a client end a verb with the exit code of their kind."""

import pytest

from musings.cli import EXIT_CODES
from musings.errors import MusingsError
from musings.remote import errors


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ServerUnavailable("x"), 3),
        (errors.TooManyRequests("x", retry_after=3), 3),
        (errors.AccessRefused("x", status=401), 2),
        (errors.RequestTooLarge("x"), 2),
        (errors.ServerMismatch("x"), 2),
        (errors.StillWorking("x", prompt_id=1), 1),
    ],
)
def test_exit_codes(error: MusingsError, code: int) -> None:
    assert next(found for kind, found in EXIT_CODES if isinstance(error, kind)) == code
