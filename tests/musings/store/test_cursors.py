"""Cursors of lists."""

import pytest

from musings.errors import InvalidInputError
from musings.store.cursors import position_of


def test_the_first_page_has_none() -> None:
    assert position_of(None) is None
    assert position_of("17") == 17


@pytest.mark.parametrize("cursor", ["", "x", "5.1", "-1", "９", "9" * 19])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInputError, match="cursor"):
        position_of(cursor)
