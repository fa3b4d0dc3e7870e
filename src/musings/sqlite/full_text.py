"""What a person typed, as a query of FTS5 (https://sqlite.org/fts5.html, section 3)."""

from musings.store import rows

# A pasted page would otherwise become a query of thousands of terms, which takes SQLite seconds.
MOST_WORDS = 64


def match_expression(text: str) -> str:
    """Every word must occur, the last one may be a beginning.

    Each word is a quoted string, so that no character of it has a meaning.
    """
    # A quote would end the string, and NUL the whole expression.
    plain = rows.storable(text).replace("\0", " ").replace('"', " ")
    words = [f'"{word}"' for word in plain.split()[:MOST_WORDS]]
    # An empty string matches nothing, which is what an empty search finds.
    return " ".join(words) + "*" if words else '""'
