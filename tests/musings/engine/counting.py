"""The statements that a piece of work costs, counted by their first word."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from musings.store.database import Database


class Counts:
    """Statements by their first word."""

    def __init__(self) -> None:
        self._said: list[str] = []

    def note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self._said.append(" ".join(statement.split()))

    def of(self, word: str) -> int:
        return sum(each.startswith(word) for each in self._said)


@contextmanager
def counted(database: Database) -> Iterator[Counts]:
    counts = Counts()
    event.listen(database.engine, "before_cursor_execute", counts.note)
    try:
        yield counts
    finally:
        event.remove(database.engine, "before_cursor_execute", counts.note)
