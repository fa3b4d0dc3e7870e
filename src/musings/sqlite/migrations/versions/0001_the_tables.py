"""The tables of the first release, made or completed.

Written so that it also adopts a database that another program made (docs/adopting.md): a table that is there is
completed column by column and nothing in it is renamed or dropped.
"""

from alembic import op
from sqlalchemy import Connection, inspect, text

from musings.errors import SchemaError

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = {
    "prompts": (
        "id INTEGER PRIMARY KEY AUTOINCREMENT",  # an id that comes back would meet old addresses and files
        "prompt_text TEXT NOT NULL",
        "prompt_type TEXT DEFAULT 'text'",
        "status TEXT DEFAULT 'pending'",
        "priority INTEGER DEFAULT 5",
        "config_name TEXT",
        "metadata TEXT",
        "created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP",
        "processed_at TIMESTAMP",
        "completed_at TIMESTAMP",
        "output_reference INTEGER",
        "error_message TEXT",
        "processing_duration REAL",
        "artifact_status TEXT",
        "artifact_metadata TEXT",
        "attempt INTEGER NOT NULL DEFAULT 0",
        "uncounted_attempts INTEGER NOT NULL DEFAULT 0",
        "max_attempts INTEGER",
        "next_attempt_at TIMESTAMP",
        "cancel_requested BOOLEAN NOT NULL DEFAULT 0",
        "external_id TEXT",
        "progress TEXT",
        "workflow TEXT",
        "parameters TEXT",
        "starred BOOLEAN NOT NULL DEFAULT 0",
        "idempotency_key TEXT",
        "request_hash TEXT",
        "deleted_at TIMESTAMP",
    ),
    "prompt_artifacts": (
        "id INTEGER PRIMARY KEY AUTOINCREMENT",
        "prompt_id INTEGER REFERENCES prompts(id) ON DELETE CASCADE",
        "artifact_type TEXT",
        "file_path TEXT",
        "preview_path TEXT",
        "metadata TEXT",
        "created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP",
        "updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP",
    ),
    "writings": (
        "id INTEGER PRIMARY KEY",
        "title TEXT",
        "content_type TEXT",
        "content TEXT",
        "original_filename TEXT",
        "word_count INTEGER",
        "character_count INTEGER",
        "line_count INTEGER",
        "mood TEXT",
        "explicit_content BOOLEAN DEFAULT 0",
        "publication_status TEXT",
        "notes TEXT",
        "file_timestamp TIMESTAMP",
        "content_hash TEXT",
        "content_fingerprint TEXT",
    ),
    "attempts": (
        "id INTEGER PRIMARY KEY",
        "prompt_id INTEGER NOT NULL REFERENCES prompts(id) ON DELETE CASCADE",
        "attempt INTEGER NOT NULL",
        "status TEXT NOT NULL",
        "backend TEXT",
        "started_at TIMESTAMP NOT NULL",
        "finished_at TIMESTAMP",
        "external_id TEXT",
        "directory TEXT",
        "parameters TEXT",
        "error TEXT",
        "error_class TEXT",
        "log_excerpt TEXT",
        "UNIQUE (prompt_id, attempt)",
    ),
    "prompt_events": (
        "id INTEGER PRIMARY KEY AUTOINCREMENT",
        "prompt_id INTEGER",
        "event TEXT NOT NULL",
        "data TEXT",
        "created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP",
    ),
    "queue_state": ("name TEXT PRIMARY KEY", "value TEXT"),
    "workers": (
        "id TEXT PRIMARY KEY",
        "host TEXT NOT NULL",
        "process TEXT NOT NULL",
        "started_at TIMESTAMP NOT NULL",
        "heartbeat_at TIMESTAMP NOT NULL",
        "kinds TEXT NOT NULL",
    ),
}

INDEXES = (
    "CREATE INDEX IF NOT EXISTS musings_prompts_outside ON prompts (id) WHERE deleted_at IS NULL"
    " AND (status IS NULL OR status IN ('unprocessed', 'queued')"
    " OR (status = 'pending' AND max_attempts IS NULL))",
    "CREATE INDEX IF NOT EXISTS musings_prompts_queue ON prompts (status, priority, id) WHERE deleted_at IS NULL",
    "CREATE INDEX IF NOT EXISTS musings_prompts_status ON prompts (status, id)",
    "CREATE UNIQUE INDEX IF NOT EXISTS musings_prompts_idempotency ON prompts (idempotency_key)"
    " WHERE idempotency_key IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS musings_prompts_type ON prompts (prompt_type, id)",
    "CREATE INDEX IF NOT EXISTS musings_prompts_counts ON prompts (prompt_type, status) WHERE deleted_at IS NULL",
    "CREATE INDEX IF NOT EXISTS musings_artifacts_prompt ON prompt_artifacts (prompt_id, id)",
    "CREATE INDEX IF NOT EXISTS musings_artifacts_type ON prompt_artifacts (artifact_type, id)",
    "CREATE INDEX IF NOT EXISTS musings_prompts_finished ON prompts (completed_at) WHERE completed_at IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS musings_prompts_starred ON prompts (id) WHERE starred = 1",
)

# Full text over prompts, kept in step by triggers, so that rows of other programs are found as well. Its name is our
# own: an adopted database may have a prompts_fts already, which stays as it is.
FULL_TEXT = (
    "CREATE VIRTUAL TABLE musings_prompts_fts USING fts5"
    "(prompt_text, content='prompts', content_rowid='id', tokenize='unicode61 remove_diacritics 2')",
    "INSERT INTO musings_prompts_fts (musings_prompts_fts) VALUES ('rebuild')",
    "CREATE TRIGGER musings_fts_insert AFTER INSERT ON prompts BEGIN"
    " INSERT INTO musings_prompts_fts (rowid, prompt_text) VALUES (NEW.id, NEW.prompt_text); END",
    "CREATE TRIGGER musings_fts_delete AFTER DELETE ON prompts BEGIN"
    " INSERT INTO musings_prompts_fts (musings_prompts_fts, rowid, prompt_text)"
    " VALUES ('delete', OLD.id, OLD.prompt_text); END",
    "CREATE TRIGGER musings_fts_update AFTER UPDATE OF prompt_text ON prompts BEGIN"
    " INSERT INTO musings_prompts_fts (musings_prompts_fts, rowid, prompt_text)"
    " VALUES ('delete', OLD.id, OLD.prompt_text);"
    " INSERT INTO musings_prompts_fts (rowid, prompt_text) VALUES (NEW.id, NEW.prompt_text); END",
)

# Every change of a prompt leaves an event in the same transaction, whoever made the change.
SEEN = (
    "prompt_text, prompt_type, status, priority, metadata, output_reference, error_message, artifact_status,"
    " next_attempt_at, cancel_requested, starred, deleted_at"
)
EVENTS = (
    "CREATE TRIGGER musings_event_insert AFTER INSERT ON prompts BEGIN"
    " INSERT INTO prompt_events (prompt_id, event) VALUES (NEW.id, 'prompt'); END",
    "CREATE TRIGGER musings_event_update AFTER UPDATE OF " + SEEN + " ON prompts BEGIN"  # noqa: S608
    " INSERT INTO prompt_events (prompt_id, event) VALUES (NEW.id, 'prompt'); END",
    "CREATE TRIGGER musings_event_delete AFTER DELETE ON prompts BEGIN"
    " INSERT INTO prompt_events (prompt_id, event) VALUES (OLD.id, 'prompt'); END",
    "CREATE TRIGGER musings_event_progress AFTER UPDATE OF progress ON prompts WHEN NEW.progress IS NOT NULL BEGIN"
    " INSERT INTO prompt_events (prompt_id, event, data) VALUES (NEW.id, 'progress', NEW.progress); END",
    "CREATE TRIGGER musings_event_queue_insert AFTER INSERT ON queue_state BEGIN"
    " INSERT INTO prompt_events (event) VALUES ('queue'); END",
    "CREATE TRIGGER musings_event_queue_update AFTER UPDATE ON queue_state BEGIN"
    " INSERT INTO prompt_events (event) VALUES ('queue'); END",
)

# Other programs do not always switch foreign keys on, and an id may come back: nothing of a deleted prompt may stay.
# A type that another program changes is looked at again, as if the row were new.
FOREIGN_HANDS = (
    "CREATE TRIGGER musings_prompt_deleted AFTER DELETE ON prompts BEGIN"
    " DELETE FROM attempts WHERE prompt_id = OLD.id;"
    " DELETE FROM prompt_artifacts WHERE prompt_id = OLD.id; END",
    "CREATE TRIGGER musings_type_changed AFTER UPDATE OF prompt_type ON prompts"
    " WHEN NEW.prompt_type IS NOT OLD.prompt_type AND NEW.max_attempts IS OLD.max_attempts BEGIN"
    " UPDATE prompts SET max_attempts = NULL WHERE id = NEW.id; END",
)


def upgrade() -> None:
    connection = op.get_bind()
    present = {name.casefold() for name in inspect(connection).get_table_names()}
    for table, columns in TABLES.items():
        if table in present:
            _complete(connection, table, columns)
        else:
            connection.execute(text(f"CREATE TABLE {table} ({', '.join(columns)})"))
    _adopt_rows(connection)  # before the event triggers: nobody listens to what was there already
    for statement in INDEXES + FULL_TEXT + EVENTS + FOREIGN_HANDS:
        connection.exec_driver_sql(statement)


def _complete(connection: Connection, table: str, columns: tuple[str, ...]) -> None:
    """Add the columns that are missing. SQLite adds only columns with a constant default."""
    there = {column["name"].casefold() for column in inspect(connection).get_columns(table)}
    for column in columns:
        name = column.split()[0]
        if name not in there and name != "UNIQUE":
            if "PRIMARY KEY" in column or ("NOT NULL" in column and "DEFAULT" not in column):
                raise SchemaError(
                    f"The database has a table {table} of another program: it has no column {name}.",
                    hint="Give Musings a database of its own, or rename that table.",
                )
            connection.execute(
                text(f"ALTER TABLE {table} ADD COLUMN {column.replace(' DEFAULT CURRENT_TIMESTAMP', '')}")
            )


def _adopt_rows(connection: Connection) -> None:
    """Prompts that ask for media and have no artifact status yet: pending, unless their media are there or failed.

    What was completed without any stays ``completed``: nothing takes it up again but the second stage (store.stages).
    """
    texts = "('text','poem','poetry','prose','story','dialogue','song','lyrics')"
    connection.execute(
        text(
            "UPDATE prompts SET artifact_status = CASE WHEN status = 'completed' AND EXISTS"  # noqa: S608
            " (SELECT 1 FROM prompt_artifacts WHERE prompt_id = prompts.id) THEN 'ready'"
            " WHEN status IN ('failed', 'cancelled') THEN 'error' ELSE 'pending' END"
            f" WHERE artifact_status IS NULL AND coalesce(prompt_type, 'text') NOT IN {texts}"
        )
    )
