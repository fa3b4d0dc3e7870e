"""Every row of every table as JSON, straight from a file: nothing is interpreted and no column is left out."""

import base64
import json
import math
import sqlite3
from collections.abc import Iterator

from musings.sqlite.recognition import columns_of, quoted

# True only while we run: on another installation these rows would be wrong.
PASSING = ("prompt_events", "queue_state", "workers")
PRIVATE = "musings_"  # who may come in: tokens, the password, sessions
# Named with the private prefix, but they belong to the owner's content.
SHARED = ("musings_uploads", "musings_workflow_defaults", "musings_workflow_presets", "musings_workflows_seen")


def tables(connection: sqlite3.Connection) -> tuple[str, ...]:
    """The tables to give away: not SQLite's own, not what is true only while we run, nothing that opens a door."""
    names = (name for name in columns_of(connection) if name not in PASSING)
    return tuple(name for name in names if name in SHARED or not name.startswith(PRIVATE))


def json_lines(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    """A JSON object for each row. What is neither UTF-8 text nor a number is ``{"base64": …}``; infinity is text."""
    # Only text is wrapped, so that bytes stay bytes and both can be told apart in ``_value``.
    connection.text_factory = _Text
    try:
        found = connection.execute(f"SELECT * FROM {quoted(table)}")  # noqa: S608 (a name of the schema)
        names = [column[0] for column in found.description]
        for row in found:
            yield json.dumps(dict(zip(names, map(_value, row), strict=True)), ensure_ascii=False) + "\n"
    finally:
        connection.text_factory = str


class _Text(bytes):
    """What a column holds as text, told apart from what it holds as bytes."""


def _value(value: object) -> object:
    if isinstance(value, _Text):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            # Other programs may store bytes that are no UTF-8 as text: kept exactly, as base64.
            value = bytes(value)
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode("ascii")}
    # JSON has no infinity and no NaN.
    return value if not isinstance(value, float) or math.isfinite(value) else str(value)
