"""Chains that somebody stored, and every version of a chain that was ever run, by the hash of its content."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from musings.errors import NotFoundError
from musings.store import times
from musings.store.dialect import dialect_of
from musings.store.tables import chain_versions, chains


@dataclass(frozen=True)
class ChainVersion:
    """``content`` is JSON with its keys in order; ``hash`` is the sha256 of it."""

    hash: str
    name: str
    content: str


def keep(connection: Connection, version: ChainVersion) -> None:
    """Keep a version, of which there may be one already."""
    values = {"hash": version.hash, "name": version.name, "content": version.content, "created_at": times.now()}
    connection.execute(dialect_of(connection).insert_or_ignore(chain_versions, values))


def get(connection: Connection, digest: str) -> ChainVersion:
    """A version by its hash. Raises ``NotFoundError``."""
    row = connection.execute(select(chain_versions).where(chain_versions.c.hash == digest)).first()
    if row is None:
        raise NotFoundError(f"No chain with the hash {digest[:12]}… was kept.")
    return ChainVersion(row.hash, row.name, row.content)


def store(connection: Connection, version: ChainVersion) -> None:
    """Have the name of a version mean it from now on. Runs of another version go on with theirs."""
    keep(connection, version)
    values = {"name": version.name, "hash": version.hash, "stored_at": times.now()}
    connection.execute(dialect_of(connection).insert_or_replace(chains, values, key=("name",)))


def stored(connection: Connection) -> Sequence[ChainVersion]:
    """All that were stored, in the order of their names."""
    joined = select(chain_versions).join(chains, chains.c.hash == chain_versions.c.hash).order_by(chains.c.name)
    return [ChainVersion(row.hash, row.name, row.content) for row in connection.execute(joined)]


def remove(connection: Connection, name: str) -> None:
    """Forget a name; its versions stay for the runs of them. Raises ``NotFoundError``."""
    if connection.execute(delete(chains).where(chains.c.name == name)).rowcount != 1:
        raise NotFoundError(f"No chain {name!r} was stored.", hint="See `musings chain list`.")
