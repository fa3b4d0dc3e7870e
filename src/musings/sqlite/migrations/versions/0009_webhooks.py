"""Webhooks: who is told when a prompt ends, what is on its way to them, and every try.

A trigger writes the outbox in the transaction that ends the prompt, whoever ends it: a row of another program is told
of as well, and a kill leaves either both or neither.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
STATEMENTS = (
    "CREATE TABLE musings_webhooks (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, url TEXT NOT NULL,"
    " events TEXT NOT NULL, types TEXT, enabled BOOLEAN NOT NULL DEFAULT 1, disabled_reason TEXT,"
    " key_version INTEGER NOT NULL DEFAULT 1, key_changed_at TIMESTAMP, created_at TIMESTAMP NOT NULL)",
    "CREATE TABLE musings_webhook_deliveries (id INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT NOT NULL UNIQUE,"
    " webhook_id INTEGER NOT NULL REFERENCES musings_webhooks (id) ON DELETE CASCADE, event TEXT NOT NULL,"
    " prompt_id INTEGER, state TEXT NOT NULL DEFAULT 'waiting', tries INTEGER NOT NULL DEFAULT 0,"
    " created_at TIMESTAMP NOT NULL, since TIMESTAMP NOT NULL, next_try_at TIMESTAMP, ended_at TIMESTAMP)",
    "CREATE INDEX musings_webhook_waiting ON musings_webhook_deliveries (next_try_at) WHERE state = 'waiting'",
    "CREATE INDEX musings_webhook_of ON musings_webhook_deliveries (webhook_id)",
    "CREATE TABLE musings_webhook_tries (id INTEGER PRIMARY KEY AUTOINCREMENT, delivery_id INTEGER NOT NULL"
    " REFERENCES musings_webhook_deliveries (id) ON DELETE CASCADE, at TIMESTAMP NOT NULL, status_code INTEGER,"
    " error TEXT, seconds REAL NOT NULL)",
    "CREATE INDEX musings_webhook_tries_of ON musings_webhook_tries (delivery_id)",
    "CREATE TRIGGER musings_webhook_ended AFTER UPDATE OF status ON prompts"  # noqa: S608 (constants only)
    " WHEN NEW.status IN ('completed', 'failed', 'cancelled') AND NEW.status IS NOT OLD.status BEGIN"
    " INSERT INTO musings_webhook_deliveries (message_id, webhook_id, event, prompt_id, created_at, since, next_try_at)"
    f" SELECT 'msg_' || lower(hex(randomblob(16))), id, 'prompt.' || NEW.status, NEW.id, {NOW}, {NOW}, {NOW}"
    " FROM musings_webhooks WHERE enabled AND instr(',' || events || ',', ',prompt.' || NEW.status || ',')"
    " AND (types IS NULL OR instr(',' || types || ',', ',' || coalesce(NEW.prompt_type, 'text') || ',')); END",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
