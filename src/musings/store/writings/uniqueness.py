"""What an adopted table of writings allows only once, and how a text that is there already is kept all the same.

The values are made to fit before they are stored: a constraint may be of the kind that replaces the older row, or that
takes back the whole transaction.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, and_, func, select

from musings.store.dialect import dialect_of
from musings.store.tables import writings

ADJUSTABLE = {"content_hash": "{}-{}", "content_fingerprint": "{}-{}", "title": "{} ({})", "original_filename": "{}-{}"}
"""Columns whose value may get a number at its end, the one that says least to a person first."""


def fitted(connection: Connection, values: Mapping[str, object]) -> dict[str, object]:
    """The values of a writing, changed where the table has them already and allows them once."""
    fitting = dict(values)
    for columns in dialect_of(connection).unique_columns(connection, writings.name):
        column = next((each for each in ADJUSTABLE if each in columns), None)
        if column is None or any(fitting.get(each) is None for each in columns):
            continue  # NULL is like no other value; and what cannot be changed is refused in words when it is stored
        plain, number = str(fitting[column]), None
        while _is_taken(connection, fitting, columns):
            number = _used(connection, column, plain) + 1 if number is None else number + 1
            fitting[column] = ADJUSTABLE[column].format(plain, number)
    return fitting


def _is_taken(connection: Connection, values: Mapping[str, object], columns: tuple[str, ...]) -> bool:
    same = and_(*(writings.c[column] == values[column] for column in columns))
    return connection.execute(select(writings.c.id).where(same).limit(1)).first() is not None


def _used(connection: Connection, column: str, plain: str) -> int:
    """How many rows begin so: after a thousand copies the next number is not looked for a thousand times."""
    begins = and_(writings.c[column] >= plain, writings.c[column] < plain + "\U0010ffff")
    return int(connection.execute(select(func.count()).where(begins)).scalar_one())
