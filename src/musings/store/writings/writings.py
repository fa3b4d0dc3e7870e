"""Writings: text results with their counts and hashes."""

import hashlib

from sqlalchemy import Connection, insert, select

from musings.errors import NotFoundError
from musings.models import JsonObject, Prompt, StoredWriting, Writing
from musings.store import rows, times
from musings.store.database import left_out
from musings.store.tables import writings
from musings.store.visibility import is_thrown_away
from musings.store.writings import uniqueness
from musings.store.writings.likeness import fingerprint

DOCUMENT = "document"
"""The key in a prompt's instructions under which a recipe names the writing to make the media from."""


def insert_writing(connection: Connection, made: Writing) -> int:
    """Store a writing within the caller's transaction; returns its id.

    An adopted table may allow each hash once: a text that is there already is kept all the same, as a writing of its
    own whose hash has a number at its end.
    """
    content = rows.storable(made.content)
    values = {
        "title": rows.storable(made.title),
        "content_type": made.content_type,
        "content": content,
        "word_count": len(content.split()),
        "character_count": len(content),
        "line_count": len(content.splitlines()),
        "mood": made.mood,
        "explicit_content": made.explicit_content,
        "publication_status": "draft",
        "notes": rows.storable(made.notes) if made.notes else made.notes,
        "file_timestamp": times.now(),
        "content_hash": hashlib.sha256(content.encode()).hexdigest(),
        "content_fingerprint": fingerprint(content),
    }
    fitting = uniqueness.fitted(connection, values)
    number = connection.execute(insert(writings).values(fitting).returning(writings.c.id)).scalar()
    if number is None:
        raise left_out("writings")
    return int(number)


def get(connection: Connection, writing_id: int) -> StoredWriting:
    """One writing whose prompt is not in the trash, or ``NotFoundError``."""
    query = select(writings).where(writings.c.id == writing_id, ~is_thrown_away(writings.c.id))
    row = connection.execute(query).first()
    if row is None:
        raise NotFoundError(f"There is no writing {writing_id}.")
    return rows.writing(row)


def of_prompt(connection: Connection, prompt: Prompt, parameters: JsonObject) -> StoredWriting | None:
    """The writing that an attempt works from: named in its parameters, made by an earlier stage, or of its recipe.

    Raises ``NotFoundError`` when the parameters name one that is not there.
    """
    named = parameters.get("writing_id")
    if isinstance(named, int):
        return get(connection, named)
    linked = prompt.output_reference or prompt.instructions.get(DOCUMENT)
    return by_ids(connection, [linked]).get(linked) if isinstance(linked, int) else None


def by_ids(connection: Connection, ids: list[int]) -> dict[int, StoredWriting]:
    found = connection.execute(select(writings).where(writings.c.id.in_(ids)))
    return {row.id: rows.writing(row) for row in found}
