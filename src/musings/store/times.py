"""Times in the database: UTC text as SQLite's CURRENT_TIMESTAMP writes it, with microseconds.

Other programs write these columns too, so reading takes every form met and answers None for what is no time.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Text, func, type_coerce
from sqlalchemy.types import String, TypeDecorator

FORMAT = "%Y-%m-%d %H:%M:%S.%f"


class UtcTime(TypeDecorator[datetime]):
    """Stored as text that sorts by time; in Python an aware UTC ``datetime``."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC).strftime(FORMAT)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return parse(value)


def now() -> datetime:
    return datetime.now(UTC)


def rfc3339(time: datetime, *, timespec: str = "milliseconds") -> str:
    """A time of UTC as answers and messages have it (RFC 3339), to the ``timespec`` of ``datetime.isoformat``."""
    return time.isoformat(timespec=timespec).replace("+00:00", "Z")


def at_or_after(column: ColumnElement[datetime], moment: datetime) -> ColumnElement[bool]:
    """Whether a column is not before a moment, to the second; other programs write a ``T`` where we write a blank."""
    found = func.replace(type_coerce(column, Text), "T", " ")
    return found >= moment.astimezone(UTC).strftime(FORMAT)[:19]


def parse(value: object) -> datetime | None:
    """A time as found in a column: text in any ISO-like form, or seconds since 1970; None when it is neither."""
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, str):
            found = datetime.fromisoformat(value.strip())
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None
