"""Tokens for programs, the owner's password, sessions of the page, and what a shared link looks up."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE TABLE musings_tokens (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL,"
        " secret_hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL, created_at TIMESTAMP NOT NULL, expires_at TIMESTAMP,"
        " last_used_at TIMESTAMP, revoked_at TIMESTAMP)"
    )
    op.execute(
        "CREATE TABLE musings_owner (id INTEGER PRIMARY KEY CHECK (id = 1), password_hash TEXT NOT NULL,"
        " changed_at TIMESTAMP NOT NULL)"
    )
    op.execute(
        "CREATE TABLE musings_sessions (id INTEGER PRIMARY KEY AUTOINCREMENT, secret_hash TEXT NOT NULL UNIQUE,"
        " previous_hash TEXT, csrf TEXT NOT NULL, created_at TIMESTAMP NOT NULL, expires_at TIMESTAMP NOT NULL,"
        " seen_at TIMESTAMP NOT NULL, rotated_at TIMESTAMP NOT NULL, confirmed_at TIMESTAMP)"
    )
    op.execute("CREATE INDEX musings_sessions_previous ON musings_sessions (previous_hash)")
    op.execute("CREATE INDEX IF NOT EXISTS musings_artifacts_path ON prompt_artifacts (file_path)")
