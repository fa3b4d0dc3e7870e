"""Chains: their versions, the runs of them, and which prompts are the steps of which run.

Triggers say that a run may have something to do, in the transaction that ends, deletes or brings back one of its
prompts, whoever does it: a kill leaves either both or neither. ``prompts.held`` keeps a waiting prompt from its turn
while its run is paused.
"""

from alembic import op
from sqlalchemy import inspect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CHANGED = (
    "UPDATE musings_runs SET generation = generation + 1 WHERE id IN"
    " (SELECT run_id FROM musings_run_steps WHERE prompt_id"
)
STATEMENTS = (
    "CREATE TABLE musings_chain_versions (hash TEXT PRIMARY KEY, name TEXT NOT NULL, content TEXT NOT NULL,"
    " created_at TIMESTAMP NOT NULL)",
    "CREATE TABLE musings_chains (name TEXT PRIMARY KEY, hash TEXT NOT NULL, stored_at TIMESTAMP NOT NULL)",
    "CREATE TABLE musings_runs (id INTEGER PRIMARY KEY AUTOINCREMENT, chain TEXT NOT NULL, chain_hash TEXT NOT NULL,"
    " idea TEXT NOT NULL, parameters TEXT, priority INTEGER NOT NULL DEFAULT 5, created_at TIMESTAMP NOT NULL,"
    " paused_at TIMESTAMP, cancelled_at TIMESTAMP, idempotency_key TEXT, request_hash TEXT NOT NULL,"
    " generation INTEGER NOT NULL DEFAULT 1, observed_generation INTEGER NOT NULL DEFAULT 0,"
    " acts INTEGER NOT NULL DEFAULT 0)",
    "CREATE INDEX musings_runs_due ON musings_runs (id) WHERE generation > observed_generation AND paused_at IS NULL",
    "CREATE UNIQUE INDEX musings_runs_idempotency ON musings_runs (idempotency_key) WHERE idempotency_key IS NOT NULL",
    "CREATE TABLE musings_run_steps (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id INTEGER NOT NULL REFERENCES"
    " musings_runs (id) ON DELETE CASCADE, step TEXT NOT NULL, number INTEGER NOT NULL, total INTEGER NOT NULL,"
    " outcome TEXT NOT NULL, prompt_id INTEGER, problem TEXT, gone_status TEXT, made_at TIMESTAMP NOT NULL,"
    " replaced_at TIMESTAMP)",
    # Whoever looks at a run, and however often: a result is asked for once.
    "CREATE UNIQUE INDEX musings_run_steps_once ON musings_run_steps (run_id, step, number) WHERE replaced_at IS NULL",
    "CREATE INDEX musings_run_steps_of ON musings_run_steps (run_id, id)",
    "CREATE INDEX musings_run_steps_prompt ON musings_run_steps (prompt_id) WHERE prompt_id IS NOT NULL",
    "CREATE TABLE musings_run_answers (run_id INTEGER NOT NULL REFERENCES musings_runs (id) ON DELETE CASCADE,"
    " step TEXT NOT NULL, answer TEXT NOT NULL, answered_at TIMESTAMP NOT NULL, PRIMARY KEY (run_id, step))",
    "CREATE TRIGGER musings_run_prompt_changed AFTER UPDATE OF status, deleted_at ON prompts"
    " WHEN NEW.deleted_at IS NOT OLD.deleted_at OR (NEW.status IN ('completed', 'failed', 'cancelled')"
    f" AND NEW.status IS NOT OLD.status) BEGIN {CHANGED} = NEW.id); END",
    # An id may come back: nothing of a deleted prompt may be taken for the result of a step.
    f"CREATE TRIGGER musings_run_prompt_deleted AFTER DELETE ON prompts BEGIN {CHANGED} = OLD.id);"  # noqa: S608 (constants)
    " UPDATE musings_run_steps SET prompt_id = NULL, gone_status = OLD.status WHERE prompt_id = OLD.id; END",
    "CREATE TRIGGER musings_event_held AFTER UPDATE OF held ON prompts BEGIN"
    " INSERT INTO prompt_events (prompt_id, event) VALUES (NEW.id, 'prompt'); END",
    "CREATE TRIGGER musings_event_run_insert AFTER INSERT ON musings_runs BEGIN"
    " INSERT INTO prompt_events (event, data) VALUES ('musing', NEW.id); END",
    "CREATE TRIGGER musings_event_run_update AFTER UPDATE OF generation ON musings_runs BEGIN"
    " INSERT INTO prompt_events (event, data) VALUES ('musing', NEW.id); END",
)


def upgrade() -> None:
    connection = op.get_bind()
    there = {column["name"].casefold() for column in inspect(connection).get_columns("prompts")}
    if "held" not in there:
        connection.exec_driver_sql("ALTER TABLE prompts ADD COLUMN held BOOLEAN NOT NULL DEFAULT 0")
    for statement in STATEMENTS:
        connection.exec_driver_sql(statement)
