"""Web Push: the browsers that are told when a prompt ends. Each is a webhook with keys of its own.

A browser is told as long as the login or the token lasts that has asked for it.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

STATEMENTS = (
    "CREATE TABLE musings_push_subscriptions (webhook_id INTEGER PRIMARY KEY REFERENCES musings_webhooks (id)"
    " ON DELETE CASCADE, endpoint TEXT NOT NULL UNIQUE, p256dh TEXT NOT NULL, auth TEXT NOT NULL,"
    " session_id INTEGER REFERENCES musings_sessions (id) ON DELETE CASCADE,"
    " token_id INTEGER REFERENCES musings_tokens (id) ON DELETE CASCADE, created_at TIMESTAMP NOT NULL)",
    "CREATE INDEX musings_push_of_session ON musings_push_subscriptions (session_id)",
    "CREATE INDEX musings_push_of_token ON musings_push_subscriptions (token_id)",
    "CREATE TRIGGER musings_push_gone AFTER DELETE ON musings_push_subscriptions BEGIN"
    " DELETE FROM musings_webhooks WHERE id = OLD.webhook_id; END",
    "CREATE TRIGGER musings_push_token_revoked AFTER UPDATE OF revoked_at ON musings_tokens"
    " WHEN NEW.revoked_at IS NOT NULL BEGIN DELETE FROM musings_push_subscriptions WHERE token_id = NEW.id; END",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
