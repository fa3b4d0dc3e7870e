"""An open database: transactions to read and to write in, whatever kind of database it is.

A store function takes a ``Connection``, and its caller says in which transaction it runs (``reading``, ``writing``).
What differs between kinds of databases is in ``Database.dialect``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine

from musings.errors import RefusedError
from musings.store.dialect import OPTION, StoreDialect

P = ParamSpec("P")
T = TypeVar("T")
WRITE = "musings_write"
"""The execution option of a write transaction: ``DURABLE`` or ``RELAXED``. A transaction without it only reads."""
DURABLE, RELAXED = "durable", "relaxed"


class Database:
    """``path`` is the file of a database that is one; None for one in memory or on a server."""

    def __init__(self, engine: Engine, dialect: StoreDialect, path: Path | None = None) -> None:
        engine.update_execution_options(**{OPTION: dialect})
        self.engine = engine
        self.dialect = dialect
        self.path = path
        self._is_closed = False

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection in a read transaction: what it sees does not change until it ends."""
        with self.dialect.translated(), self._connected({}) as connection:
            yield connection

    @contextmanager
    def write(self, *, relaxed: bool = False) -> Iterator[Connection]:
        """A connection in a write transaction: all of it happens, or none.

        It is on the disk when the block ends. A ``relaxed`` one survives any crash of ours, but is on the disk only
        with the next one that is not: for what may be forgotten when the power goes out.
        """
        options = {WRITE: RELAXED if relaxed else DURABLE}
        with self.dialect.turn(), self.dialect.translated(), self._connected(options) as connection:
            yield connection
        self.dialect.committed()

    def reading(self, ask: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The answer of one store function in a read transaction of its own."""
        with self.read() as connection:
            return ask(connection, *args, **kwargs)

    def reader(self, ask: Callable[Concatenate[Connection, P], T]) -> Callable[P, T]:
        """``ask`` as a function of its other arguments, to be handed to who knows no database."""

        def answer(*args: P.args, **kwargs: P.kwargs) -> T:
            return self.reading(ask, *args, **kwargs)

        return answer

    def writing(self, change: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call one store function in a write transaction of its own, and commit it."""
        with self.write() as connection:
            return change(connection, *args, **kwargs)

    def writing_relaxed(self, change: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As :meth:`writing`, for what may be forgotten when the power goes out."""
        with self.write(relaxed=True) as connection:
            return change(connection, *args, **kwargs)

    def version_of_data(self) -> int:
        """A number that changes when another connection has committed; costs microseconds."""
        return self.dialect.version_of_data()

    def close(self) -> None:
        """Give back what is open. Whoever is in the middle of a transaction, or comes later, leaves nothing open."""
        self._is_closed = True
        self.dialect.close()
        self.engine.dispose()

    @contextmanager
    def _connected(self, options: dict[str, str]) -> Iterator[Connection]:
        with self.engine.connect().execution_options(**options) as connection:
            try:
                with connection.begin():
                    yield connection
            finally:
                # An attempt that was given up on may outlive the close: the pool that it returns to is thrown away
                # with the connection open in it.
                if self._is_closed:
                    connection.invalidate()


def left_out(table: str) -> RefusedError:
    """What to raise when a row was stored without an error and is not there."""
    return RefusedError(
        f"A trigger of another program left out this row of {table}.", hint="Remove that trigger, then try again."
    )
