"""Tokens of programs. Only the hash of a token is kept, so nobody can read one out of the database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from musings.errors import ConflictError, NotFoundError
from musings.store import times
from musings.store.tables import tokens

USE_NOTED_SECONDS = 60.0


@dataclass(frozen=True)
class Token:
    """A row of ``musings_tokens``, without its hash."""

    id: int
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    def is_usable(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def is_use_noted(self, now: datetime) -> bool:
        """Whether its last use was written down within the last minute, so that this one need not be."""
        return self.last_used_at is not None and now - self.last_used_at < timedelta(seconds=USE_NOTED_SECONDS)

    def state(self, now: datetime) -> str:
        """``revoked``, ``expired`` or ``usable``."""
        if self.revoked_at is not None:
            return "revoked"
        return "usable" if self.is_usable(now) else "expired"


def add(
    connection: Connection, name: str, secret_hash: str, scopes: Collection[str], expires_at: datetime | None
) -> Token:
    """Keep a new token. Raises ``ConflictError`` when a token of that name can be used already."""
    now = times.now()
    if connection.execute(select(tokens.c.id).where(tokens.c.name == name, _usable(now))).first():
        raise ConflictError(f"There is a token {name!r} already.", hint="Revoke it, or choose another name.")
    row = connection.execute(
        insert(tokens)
        .values(name=name, secret_hash=secret_hash, scopes=",".join(scopes), created_at=now, expires_at=expires_at)
        .returning(*_SHOWN)
    ).one()
    return _token(row)


def listing(connection: Connection) -> list[Token]:
    """Every token, newest first, those that cannot be used any more too."""
    return [_token(row) for row in connection.execute(select(*_SHOWN).order_by(tokens.c.id.desc()))]


def find(connection: Connection, secret_hash: str) -> Token | None:
    """The token with this hash if it can be used now."""
    query = select(*_SHOWN).where(tokens.c.secret_hash == secret_hash, _usable(times.now()))
    row = connection.execute(query).first()
    return _token(row) if row else None


def note_use(connection: Connection, token: Token) -> None:
    """Write down that a token was used, once a minute at most."""
    now = times.now()
    if token.is_use_noted(now):
        return
    connection.execute(update(tokens).where(tokens.c.id == token.id).values(last_used_at=now))


def revoke(connection: Connection, token_id: int) -> Token:
    """End a token at once; twice is harmless. Raises ``NotFoundError``."""
    row = connection.execute(
        update(tokens)
        .where(tokens.c.id == token_id)
        .values(revoked_at=func.coalesce(tokens.c.revoked_at, times.now()))
        .returning(*_SHOWN)
    ).first()
    if row is None:
        raise NotFoundError(f"There is no token {token_id}.", hint="See `musings token list`.")
    return _token(row)


def any_usable(connection: Connection) -> bool:
    return connection.execute(select(tokens.c.id).where(_usable(times.now())).limit(1)).first() is not None


def _usable(now: datetime) -> ColumnElement[bool]:
    return tokens.c.revoked_at.is_(None) & or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > now)


_SHOWN = (
    tokens.c.id,
    tokens.c.name,
    tokens.c.scopes,
    tokens.c.created_at,
    tokens.c.expires_at,
    tokens.c.last_used_at,
    tokens.c.revoked_at,
)


def _token(row: tuple[object, ...]) -> Token:
    token_id, name, scopes, *rest = row
    return Token(token_id, name, tuple(str(scopes).split(",")), *rest)  # type: ignore[arg-type]
