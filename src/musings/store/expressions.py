"""Expressions that a kind of database may write in its own way (see ``musings.store.dialect``).

Each compiles to plain SQL here; ``musings.sqlite.expressions`` says how SQLite writes it.
"""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Integer, Table, case, cast, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

MOST_URGENT, USUAL, LEAST_URGENT = 1, 5, 10
"""Priorities of a prompt."""


class unindexed(FunctionElement[Any]):  # noqa: N801 (reads as a function, as SQLAlchemy's own do)
    """A column in a condition for which the planner shall not use its index: another one has the rows in order."""

    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


class is_number(FunctionElement[bool]):  # noqa: N801
    """Whether a column of numbers holds one. Some kinds of databases let other programs store anything there."""

    inherit_cache = True
    type = Boolean()


class by_index(FunctionElement[Any]):  # noqa: N801
    """A table to select from, read along the index of that name, which must be able to answer the condition."""

    inherit_cache = True

    def __init__(self, table: Table, index: str) -> None:
        super().__init__(literal_column(table.name), literal_column(index))


@compiles(by_index)
def _any_way(element: by_index, compiler: SQLCompiler, **_options: Any) -> str:
    table, _index = element.clauses
    return compiler.process(table)


@compiles(unindexed)
def _plain(element: unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(is_number)
def _not_null(element: is_number, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)} IS NOT NULL)"


def admitted_priority(priority: ColumnElement[int]) -> ColumnElement[int]:
    """The priority that a row of another program gets: the nearest that there is, the usual one for no number."""
    whole = cast(priority, Integer)
    nearest = case((whole < MOST_URGENT, MOST_URGENT), (whole > LEAST_URGENT, LEAST_URGENT), else_=whole)
    return case((is_number(priority), nearest), else_=USUAL)
