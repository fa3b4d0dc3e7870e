"""Writings: text results with their counts and hashes."""

import hashlib
import re
import unicodedata

from sqlalchemy import Connection, insert, select

from musings.errors import NotFoundError
from musings.models import StoredWriting, Writing
from musings.store import rows, times
from musings.store.database import Database
from musings.store.tables import writings


def insert_writing(connection: Connection, made: Writing) -> int:
    """Store a writing within the caller's transaction; returns its id."""
    content = rows.storable(made.content)
    row = connection.execute(
        insert(writings)
        .values(
            title=rows.storable(made.title),
            content_type=made.content_type,
            content=content,
            word_count=len(content.split()),
            character_count=len(content),
            line_count=len(content.splitlines()),
            mood=made.mood,
            explicit_content=made.explicit_content,
            publication_status="draft",
            notes=rows.storable(made.notes) if made.notes else made.notes,
            file_timestamp=times.now(),
            content_hash=hashlib.sha256(content.encode()).hexdigest(),
            content_fingerprint=fingerprint(content),
        )
        .returning(writings.c.id)
    ).one()
    return int(row.id)


def get(database: Database, writing_id: int) -> StoredWriting:
    """One writing, or ``NotFoundError``."""
    found = by_ids(database, [writing_id])
    if not found:
        raise NotFoundError(f"There is no writing {writing_id}.")
    return found[writing_id]


def by_ids(database: Database, ids: list[int]) -> dict[int, StoredWriting]:
    with database.read() as connection:
        found = connection.execute(select(writings).where(writings.c.id.in_(ids)))
        return {row.id: rows.writing(row) for row in found}


def fingerprint(content: str) -> str:
    """A hash of the bare words: equal for texts that differ only in case, spacing, accents or punctuation."""
    bare = unicodedata.normalize("NFKD", content).casefold()
    words = re.findall(r"\w+", "".join(c for c in bare if not unicodedata.combining(c)))
    return hashlib.sha256(" ".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:32]
