"""What a person typed, as a query of FTS5 (https://sqlite.org/fts5.html, section 3)."""

from musings.store import rows

MOST_WORDS = 64


def match_expression(text: str) -> str:
    """Every word must occur, the last one may be a beginning.

    Each word is a quoted string, so that no character of it has a meaning.
    """
    plain = rows.storable(text).replace("\0", " ").replace('"', " ")
    words = [f'"{word}"' for word in plain.split()[:MOST_WORDS]]
    return " ".join(words) + "*" if words else '""'
