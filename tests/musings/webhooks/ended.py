"""A prompt that has just ended."""

from musings.store.database import Database
from musings.store.queue import cancellation
from tests.musings.store.adding import add


def cancelled(database: Database) -> int:
    made = add(database)
    database.writing(cancellation.cancel, made.id)
    return made.id
