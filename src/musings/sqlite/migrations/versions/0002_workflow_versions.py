"""Workflow files as they were at each attempt."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE TABLE IF NOT EXISTS workflow_versions (hash TEXT PRIMARY KEY, name TEXT NOT NULL, source TEXT NOT NULL,"
        " content TEXT NOT NULL, created_at TIMESTAMP NOT NULL)"
    )
    op.execute("ALTER TABLE attempts ADD COLUMN workflow_hash TEXT")
