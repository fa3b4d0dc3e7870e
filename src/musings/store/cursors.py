"""Cursors of lists: where the next page begins."""

from musings.errors import Fault, InvalidInputError


def position_of(cursor: str | None) -> int | None:
    """The number in a cursor, None for the first page. Raises ``InvalidInputError`` for what is no cursor of ours."""
    if cursor is None:
        return None
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise InvalidInputError([Fault("cursor", "is not a cursor of this list")], hint="Start again without a cursor.")
    return int(cursor)
