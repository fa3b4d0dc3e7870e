"""Feeds: addresses that nobody can guess, under which readers and players find what was made."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATEMENTS = (
    "CREATE TABLE musings_feeds (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL,"
    " secret_hash TEXT NOT NULL UNIQUE, entry_key TEXT NOT NULL, kind TEXT, tag TEXT, created_at TIMESTAMP NOT NULL,"
    " last_used_at TIMESTAMP, revoked_at TIMESTAMP)",
    "CREATE UNIQUE INDEX musings_feeds_in_use ON musings_feeds (name) WHERE revoked_at IS NULL",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
