"""A database of another kind, as far as statements go: what the store would send to PostgreSQL, written down."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import ClauseElement, Connection, Table, func
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.dml import Insert

from musings.store.database import Database
from musings.store.dialect import OPTION, AdvisoryLock, StoreDialect, TextIndex, TextMatch
from musings.store.tables import prompts, writings

SPEAKS: Any = postgresql.dialect()  # type: ignore[no-untyped-call]
TEXTS = {TextIndex.PROMPTS: prompts.c.prompt_text, TextIndex.WRITINGS: writings.c.content}


class PostgresDialect:
    """The capabilities in PostgreSQL's own way, which is all that a second kind of database has to bring."""

    name = "postgresql"

    def translated(self) -> AbstractContextManager[None]:
        return nullcontext()

    def turn(self) -> AbstractContextManager[None]:
        return nullcontext()

    def committed(self) -> None: ...

    def version_of_data(self) -> int:
        return 0

    def queue_lock(self) -> AdvisoryLock:
        raise NotImplementedError

    def host_lock(self, resource: str) -> AdvisoryLock:
        raise NotImplementedError

    def matching(self, index: TextIndex, text: str) -> TextMatch:
        column = TEXTS[index]
        source = column.table.alias("found")
        words = func.to_tsvector("simple", source.c[column.name])
        query = func.websearch_to_tsquery("simple", text)
        return TextMatch(source, source.c.id, words.op("@@")(query), -func.ts_rank(words, query))

    def insert_or_ignore(self, table: Table, values: Mapping[str, Any]) -> Insert:
        return postgresql.insert(table).values(dict(values)).on_conflict_do_nothing()

    def insert_or_replace(self, table: Table, values: Mapping[str, Any], *, key: Sequence[str]) -> Insert:
        fresh = postgresql.insert(table).values(dict(values))
        return fresh.on_conflict_do_update(index_elements=list(key), set_=dict(values))

    def upsert(self, table: Table, values: Mapping[str, Any], *, key: str) -> Insert:
        return (
            postgresql.insert(table).values(dict(values)).on_conflict_do_update(index_elements=[key], set_=dict(values))
        )

    def unique_columns(self, connection: Connection, table: str) -> list[tuple[str, ...]]:
        return []

    def close(self) -> None: ...


class Nothing:
    """The answer of a database without rows."""

    rowcount = 0

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def all(self) -> list[Any]:
        return []

    def first(self) -> Any:
        return None

    scalar = first

    def scalars(self) -> "Nothing":
        return self

    def scalar_one(self) -> int:
        return 0

    def one(self) -> Any:
        return SimpleNamespace(outside=None, between=None, run=None, paused=None, next_type=None)


class Recorder:
    """Stands for a connection and a database: every statement is compiled, none is run."""

    def __init__(self) -> None:
        self.dialect: StoreDialect = PostgresDialect()
        self.statements: list[str] = []

    def get_execution_options(self) -> Mapping[str, Any]:
        return {OPTION: self.dialect}

    def execute(self, statement: ClauseElement, _parameters: object = None) -> Nothing:
        self.statements.append(str(statement.compile(dialect=SPEAKS)))
        return Nothing()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        yield self.as_connection

    def reading(self, ask: Callable[..., Any], *arguments: Any) -> Any:
        return ask(self.as_connection, *arguments)

    @property
    def as_connection(self) -> Connection:
        return cast(Connection, self)

    @property
    def as_database(self) -> Database:
        return cast(Database, self)
