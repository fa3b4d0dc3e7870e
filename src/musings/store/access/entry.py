"""Whether this installation can be entered at all."""

from sqlalchemy import Connection

from musings.store.access import owner, tokens


def anybody_can_enter(connection: Connection) -> bool:
    """Whether there is a password, or a token that can be used."""
    return owner.password_hash(connection) is not None or tokens.any_usable(connection)
