"""Comfy API v2: records over files that were sent, found by their BLAKE3, and the labels of jobs."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE musings_uploads ADD COLUMN blake3 TEXT",
    "CREATE INDEX musings_uploads_by_blake3 ON musings_uploads (blake3) WHERE blake3 IS NOT NULL",
    "CREATE TABLE musings_comfyui_assets (id TEXT PRIMARY KEY,"
    " sha256 TEXT NOT NULL REFERENCES musings_uploads(sha256) ON DELETE CASCADE, file_path TEXT, tags TEXT,"
    " owner TEXT, created_at TIMESTAMP NOT NULL, expires_at TIMESTAMP NOT NULL)",
    "CREATE INDEX musings_comfyui_assets_of ON musings_comfyui_assets (sha256)",
    "CREATE INDEX musings_comfyui_assets_due ON musings_comfyui_assets (expires_at)",
    "CREATE TABLE musings_comfyui_labels (prompt_id INTEGER NOT NULL REFERENCES prompts(id) ON DELETE CASCADE,"
    " name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (prompt_id, name))",
    "CREATE INDEX musings_comfyui_labels_named ON musings_comfyui_labels (name, value, prompt_id)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
