"""Tags, full text over writings, and the rows that wait between two stages.

``tags`` and ``writing_tags`` of an adopted database are completed and kept. The full-text index has a name of our own:
an adopted database may have a ``writings_fts`` with triggers already, which stay as they are.
"""

from alembic import op
from sqlalchemy import Connection, inspect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = {
    "tags": ("id INTEGER PRIMARY KEY", "name TEXT", "tag_type TEXT"),
    "writing_tags": ("writing_id INTEGER", "tag_id INTEGER"),
}

STATEMENTS = (
    "CREATE INDEX IF NOT EXISTS musings_tags_name ON tags (name)",
    "CREATE INDEX IF NOT EXISTS musings_writing_tags_writing ON writing_tags (writing_id, tag_id)",
    "CREATE INDEX IF NOT EXISTS musings_writing_tags_tag ON writing_tags (tag_id, writing_id)",
    "CREATE INDEX IF NOT EXISTS musings_writings_hash ON writings (content_hash)",
    "CREATE INDEX IF NOT EXISTS musings_prompts_writing ON prompts (output_reference)"
    " WHERE output_reference IS NOT NULL",
    # To the letter the condition of store.stages.BETWEEN, or SQLite would not use it.
    "CREATE INDEX IF NOT EXISTS musings_prompts_between ON prompts (id) WHERE status = 'completed'"
    " AND artifact_status = 'pending' AND output_reference IS NOT NULL"
    " AND prompt_type IN ('image_prompt', 'lyrics_prompt')",
    "CREATE VIRTUAL TABLE musings_writings_fts USING fts5"
    "(title, content, content='writings', content_rowid='id', tokenize='unicode61 remove_diacritics 2')",
    "INSERT INTO musings_writings_fts (musings_writings_fts) VALUES ('rebuild')",
    "CREATE TRIGGER musings_writings_fts_insert AFTER INSERT ON writings BEGIN"
    " INSERT INTO musings_writings_fts (rowid, title, content) VALUES (NEW.id, NEW.title, NEW.content); END",
    "CREATE TRIGGER musings_writings_fts_delete AFTER DELETE ON writings BEGIN"
    " INSERT INTO musings_writings_fts (musings_writings_fts, rowid, title, content)"
    " VALUES ('delete', OLD.id, OLD.title, OLD.content); END",
    "CREATE TRIGGER musings_writings_fts_update AFTER UPDATE OF title, content ON writings BEGIN"
    " INSERT INTO musings_writings_fts (musings_writings_fts, rowid, title, content)"
    " VALUES ('delete', OLD.id, OLD.title, OLD.content);"
    " INSERT INTO musings_writings_fts (rowid, title, content) VALUES (NEW.id, NEW.title, NEW.content); END",
)


def upgrade() -> None:
    connection = op.get_bind()
    present = set(inspect(connection).get_table_names())
    for table, columns in TABLES.items():
        if table in present:
            _complete(connection, table, columns)
        else:
            connection.exec_driver_sql(f"CREATE TABLE {table} ({', '.join(columns)})")
    for statement in STATEMENTS:
        connection.exec_driver_sql(statement)


def _complete(connection: Connection, table: str, columns: tuple[str, ...]) -> None:
    there = {column["name"] for column in inspect(connection).get_columns(table)}
    for column in columns:
        if column.split()[0] not in there:
            connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {column}")
