"""How wide each artifact is for its height, in a column, and an index from which the whole gallery can be laid out.

The sizes stand in the JSON of ``metadata``, beside peaks and recipes: to read them out of 100,000 rows takes a second,
and along this index some hundredths. Triggers keep the column, so that rows of other programs have it too.
"""

from alembic import op
from sqlalchemy import inspect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LEAST, MOST = 0.01, 100.0
"""What is outside is no picture that anybody could look at, and could be infinite."""


def _ratio(metadata: str) -> str:
    """Width over height as SQL; NULL where the metadata do not say both. Each guard is of its own: JSON may be none."""
    sizes = " AND ".join(
        f"json_type({metadata}, '$.{name}') IN ('integer', 'real') AND json_extract({metadata}, '$.{name}') > 0"
        for name in ("width", "height")
    )
    quotient = f"json_extract({metadata}, '$.width') * 1.0 / json_extract({metadata}, '$.height')"
    within = f"min({MOST}, max({LEAST}, {quotient}))"
    is_json = f"typeof({metadata}) = 'text' AND json_valid({metadata})"
    return f"CASE WHEN {is_json} THEN CASE WHEN {sizes} THEN {within} END END"


STATEMENTS = (
    f"UPDATE prompt_artifacts SET aspect_ratio = {_ratio('metadata')} WHERE metadata IS NOT NULL",  # noqa: S608
    "CREATE TRIGGER musings_aspect_insert AFTER INSERT ON prompt_artifacts WHEN NEW.metadata IS NOT NULL BEGIN"  # noqa: S608
    f" UPDATE prompt_artifacts SET aspect_ratio = {_ratio('NEW.metadata')} WHERE id = NEW.id; END",
    "CREATE TRIGGER musings_aspect_update AFTER UPDATE OF metadata ON prompt_artifacts BEGIN"  # noqa: S608
    f" UPDATE prompt_artifacts SET aspect_ratio = {_ratio('NEW.metadata')} WHERE id = NEW.id; END",
    "CREATE INDEX musings_artifacts_wall ON prompt_artifacts (id, artifact_type, aspect_ratio, created_at)"
    " WHERE in_gallery = 1",
)


def upgrade() -> None:
    connection = op.get_bind()
    there = {column["name"].casefold() for column in inspect(connection).get_columns("prompt_artifacts")}
    if "aspect_ratio" not in there:
        connection.exec_driver_sql("ALTER TABLE prompt_artifacts ADD COLUMN aspect_ratio REAL")
    for statement in STATEMENTS:
        connection.exec_driver_sql(statement)
