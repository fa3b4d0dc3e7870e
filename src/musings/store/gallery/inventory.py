"""The rows that name files, for a comparison with the files themselves."""

from sqlalchemy import Connection, select, update

from musings.models import Artifact, JsonObject
from musings.store import rows, times
from musings.store.queue.states import AttemptStatus
from musings.store.tables import attempts, prompt_artifacts


def entries(connection: Connection) -> list[Artifact]:
    """Every artifact's row, whatever became of its prompt; by id."""
    return [rows.artifact(row) for row in connection.execute(select(prompt_artifacts).order_by(prompt_artifacts.c.id))]


def announced(connection: Connection) -> list[str]:
    """Where the files of running attempts go: they are there before the rows that name them."""
    running = select(attempts.c.directory).where(
        attempts.c.status == AttemptStatus.RUNNING, attempts.c.directory.is_not(None)
    )
    return [str(directory) for directory in connection.execute(running).scalars()]


def mark_missing(connection: Connection, artifact_id: int, missing: bool) -> bool:
    """Say in an artifact's metadata that its file is gone, or that it is back; False when the row itself is gone."""
    return _change(connection, artifact_id, {"missing": True} if missing else {}, without="missing")


def set_preview(connection: Connection, artifact_id: int, preview_path: str, facts: JsonObject) -> bool:
    """Name a preview that was made again; ``facts`` fill what the metadata does not say. False without the row."""
    return _change(connection, artifact_id, facts, preview_path=preview_path)


def _change(
    connection: Connection, artifact_id: int, facts: JsonObject, *, without: str = "", preview_path: str | None = None
) -> bool:
    mine = prompt_artifacts.c.id == artifact_id
    row = connection.execute(select(prompt_artifacts).where(mine)).first()
    if row is None:
        return False
    found = rows.artifact(row)
    kept = {name: value for name, value in found.metadata.items() if name != without}
    values: dict[str, object] = {"metadata": rows.dump({**facts, **kept}), "updated_at": times.now()}
    if preview_path is not None:
        values["preview_path"] = preview_path
    connection.execute(update(prompt_artifacts).where(mine).values(values))
    return True
