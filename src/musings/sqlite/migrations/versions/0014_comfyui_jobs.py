"""Jobs that came in by ComfyUI's own protocol, and the names under which its clients sent files."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STATEMENTS = (
    "CREATE TABLE musings_comfyui_jobs (prompt_id INTEGER PRIMARY KEY REFERENCES prompts(id) ON DELETE CASCADE,"
    " job_id TEXT NOT NULL UNIQUE, graph_hash TEXT NOT NULL, client_id TEXT, owner TEXT, number REAL,"
    " extra_data TEXT, outputs TEXT NOT NULL, forgotten BOOLEAN NOT NULL DEFAULT 0, created_at TIMESTAMP NOT NULL)",
    "CREATE TABLE musings_comfyui_files (subfolder TEXT NOT NULL, name TEXT NOT NULL,"
    " sha256 TEXT NOT NULL REFERENCES musings_uploads(sha256) ON DELETE CASCADE, created_at TIMESTAMP NOT NULL,"
    " PRIMARY KEY (subfolder, name))",
    "CREATE INDEX musings_comfyui_files_of ON musings_comfyui_files (sha256)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
