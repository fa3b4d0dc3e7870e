"""How SQLite writes the expressions of ``musings.store.expressions``. Importing this is what tells SQLAlchemy."""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from musings.store.expressions import by_index, is_number, unindexed


@compiles(unindexed, "sqlite")
def _without_its_index(element: unindexed, compiler: SQLCompiler, **options: Any) -> str:
    """A unary ``+`` keeps a term from being used with an index (https://sqlite.org/optoverview.html, section 2)."""
    return f"+{compiler.process(element.clauses, **options)}"


@compiles(is_number, "sqlite")
def _by_its_type(element: is_number, compiler: SQLCompiler, **options: Any) -> str:
    return f"(typeof({compiler.process(element.clauses, **options)}) IN ('integer', 'real'))"


@compiles(by_index, "sqlite")
def _along_its_index(element: by_index, compiler: SQLCompiler, **_options: Any) -> str:
    """Of two indexes SQLite may take the larger (https://sqlite.org/lang_indexedby.html)."""
    table, index = (compiler.process(each) for each in element.clauses)
    return f"{table} INDEXED BY {index}"
