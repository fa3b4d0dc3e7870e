"""What was last seen of each workflow file, and values that are kept under a name."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(
        "CREATE TABLE musings_workflows_seen (workflow TEXT PRIMARY KEY, hash TEXT NOT NULL, hash_before TEXT,"
        " sidecar_since TEXT NOT NULL, changed_at TIMESTAMP NOT NULL)"
    )
    connection.exec_driver_sql(
        "CREATE TABLE musings_workflow_presets (workflow TEXT NOT NULL, name TEXT NOT NULL, field_values TEXT NOT NULL,"
        " hash TEXT, saved_at TIMESTAMP NOT NULL, PRIMARY KEY (workflow, name))"
    )
