"""What a prompt has been through that no attempt counts: where its worker is with it, deaths, crashes, waits."""

from alembic import op
from sqlalchemy import inspect, text

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COLUMNS = (
    "worker_step TEXT",
    "death_step TEXT",
    "worker_deaths INTEGER NOT NULL DEFAULT 0",
    "server_crashes INTEGER NOT NULL DEFAULT 0",
    "waits INTEGER NOT NULL DEFAULT 0",
    "waits_for TEXT",
)


def upgrade() -> None:
    connection = op.get_bind()
    there = {column["name"].casefold() for column in inspect(connection).get_columns("prompts")}
    for column in COLUMNS:
        if column.split()[0] not in there:
            connection.execute(text(f"ALTER TABLE prompts ADD COLUMN {column}"))
