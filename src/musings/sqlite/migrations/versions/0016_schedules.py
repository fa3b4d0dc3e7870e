"""Schedules: what is asked for again and again, and when it is due next.

The front door and the worker ask for what is due by the partial index, however many schedules have ended.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STATEMENTS = (
    "CREATE TABLE musings_schedules (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,"
    " rule TEXT NOT NULL, time_zone TEXT NOT NULL, starts_at TEXT NOT NULL, request TEXT NOT NULL,"
    " enabled BOOLEAN NOT NULL DEFAULT 1, created_at TIMESTAMP NOT NULL, planned_at TIMESTAMP NOT NULL,"
    " next_at TIMESTAMP, last_at TIMESTAMP, last_prompt_id INTEGER, last_musing_id INTEGER, last_error TEXT,"
    " revision INTEGER NOT NULL DEFAULT 1, idempotency_key TEXT, request_hash TEXT NOT NULL)",
    "CREATE INDEX musings_schedules_due ON musings_schedules (next_at) WHERE enabled AND next_at IS NOT NULL",
    "CREATE UNIQUE INDEX musings_schedules_idempotency ON musings_schedules (idempotency_key)"
    " WHERE idempotency_key IS NOT NULL",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
