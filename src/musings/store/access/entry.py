"""Whether this installation can be entered at all."""

from musings.store.access import owner, tokens
from musings.store.database import Database


def anybody_can_enter(database: Database) -> bool:
    """Whether there is a password, or a token that can be used."""
    return owner.password_hash(database) is not None or tokens.any_usable(database)
