"""Instructions apart from the caller's metadata, the pinned workflow of a prompt, defaults and uploads.

Before this version an instruction was a key of ``metadata``. Prompts that reproduce another one keep theirs: their
keys are copied into the columns; the metadata stay as they are.
"""

import json
from typing import Any

from alembic import op
from sqlalchemy import Connection, inspect, text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COLUMNS = {"workflow_hash": "TEXT", "instructions": "TEXT"}


def upgrade() -> None:
    connection = op.get_bind()
    there = {column["name"].casefold() for column in inspect(connection).get_columns("prompts")}
    for name, kind in COLUMNS.items():
        if name not in there:
            connection.exec_driver_sql(f"ALTER TABLE prompts ADD COLUMN {name} {kind}")
    connection.exec_driver_sql(
        "CREATE TABLE musings_workflow_defaults (kind TEXT PRIMARY KEY, workflow TEXT NOT NULL,"
        " by_owner BOOLEAN NOT NULL, set_at TIMESTAMP NOT NULL)"
    )
    connection.exec_driver_sql(
        "CREATE TABLE musings_uploads (sha256 TEXT PRIMARY KEY, content_type TEXT NOT NULL, bytes INTEGER NOT NULL,"
        " file_path TEXT NOT NULL, facts TEXT, created_at TIMESTAMP NOT NULL, used_at TIMESTAMP NOT NULL)"
    )
    _copy_instructions(connection)


def _copy_instructions(connection: Connection) -> None:
    """Of prompts that reproduce another; a hash counts only where its version was kept, which is how ours look."""
    known = set(connection.execute(text("SELECT hash FROM workflow_versions")).scalars())
    found = connection.execute(
        text("SELECT id, metadata FROM prompts WHERE metadata LIKE '%\"reproduces\"%' AND instructions IS NULL")
    ).all()
    for prompt_id, written in found:
        metadata = _object(written)
        if not isinstance(metadata.get("reproduces"), int):
            continue
        names = ("reproduces", "document", "enhance")
        instructions = {name: metadata[name] for name in names if isinstance(metadata.get(name), int)}
        digest = metadata.get("workflow_hash")
        connection.execute(
            text("UPDATE prompts SET instructions = :instructions, workflow_hash = :digest WHERE id = :id"),
            {
                "instructions": json.dumps(instructions),
                "digest": digest if isinstance(digest, str) and digest in known else None,
                "id": prompt_id,
            },
        )


def _object(written: Any) -> dict[str, Any]:
    """JSON of a column that anybody may have written."""
    try:
        found = json.loads(written)
    except (TypeError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
