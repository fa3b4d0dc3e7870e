"""Pieces of a file with other bytes in them: the pieces are those of the whole, wherever they are cut."""

import pytest

from musings.files.metadata_removal.spans import Span, patched, zeros

WHOLE = bytes(range(1, 101))
SPANS = [Span(0, b"ab"), Span(30, b"c" * 20), Span(98, b"zz")]


@pytest.mark.parametrize("size", [1, 7, 20, 31, 100])
def test_the_pieces_make_the_whole(size: int) -> None:
    pieces = [patched(WHOLE[place : place + size], place, SPANS) for place in range(0, 100, size)]
    assert b"".join(pieces) == b"ab" + WHOLE[2:30] + b"c" * 20 + WHOLE[50:98] + b"zz"


def test_a_piece_between_them_is_given_as_it_is() -> None:
    piece = WHOLE[2:30]
    assert patched(piece, 2, SPANS) is piece


def test_nothing_ends_before_it_begins() -> None:
    assert zeros(5, 3) == Span(5, b"")
    assert zeros(5, 8).end == 8
