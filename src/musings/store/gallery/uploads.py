"""Files that people sent to be worked from: a picture to change, a sound to go on with.

Each stands once below the media root, under a name made of its sum, however often it is sent. It stays as long as a
prompt, a recipe (``upload:SHA256``) or an asset of Comfy API v2 names it, and for a day after it was last sent or used.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, or_, select, update

from musings.errors import Fault, InvalidInputError, NotFoundError
from musings.files.artifact_store import ArtifactStore
from musings.models import UPLOAD_REFERENCE, Json, JsonObject, Upload
from musings.store import rows, times
from musings.store.comfyui_tables import comfyui_assets
from musings.store.dialect import dialect_of
from musings.store.tables import attempts, prompts, uploads

FOLDER = "uploads"
NAMED = '%"upload:%'


def path_of(sha256: str, suffix: str) -> str:
    """Where a file with this sum stands, relative to the media root."""
    return f"{FOLDER}/{sha256[:2]}/{sha256}{suffix}"


def keep(connection: Connection, root: ArtifactStore, received: Path, sent: Upload) -> Upload:
    """Move a file that was received to its place, then name it in a row; a file that is known is kept once.

    Both happen under the write lock, which :func:`prune` takes too, so that neither undoes the other.
    """
    now = times.now()
    facts = rows.dump(dict(sent.facts)) if sent.facts else None
    root.put(received, sent.file_path)
    fresh = {"sha256": sent.sha256, "content_type": sent.content_type, "bytes": sent.bytes, "facts": facts}
    values = {**fresh, "file_path": sent.file_path, "created_at": now, "used_at": now}
    connection.execute(dialect_of(connection).insert_or_ignore(uploads, values))
    connection.execute(update(uploads).where(uploads.c.sha256 == sent.sha256).values(used_at=now))
    return get(connection, sent.sha256)


def get(connection: Connection, sha256: str) -> Upload:
    """One upload, or ``NotFoundError``."""
    row = connection.execute(select(uploads).where(uploads.c.sha256 == sha256)).first()
    if row is None:
        raise NotFoundError(f"There is no upload {sha256[:12]}…: nobody sent it, or it was removed unused after a day.")
    return _upload(row)


def everything(connection: Connection) -> list[Upload]:
    """Every upload, by its sum."""
    return [_upload(row) for row in connection.execute(select(uploads).order_by(uploads.c.sha256))]


def use(connection: Connection, parameters: JsonObject) -> None:
    """Note within the caller's transaction that a new prompt names uploads; ``InvalidInputError`` for one that went."""
    for name, value in parameters.items():
        named = UPLOAD_REFERENCE.fullmatch(value) if isinstance(value, str) else None
        if named is None:
            continue
        mine = uploads.c.sha256 == named[1]
        if connection.execute(update(uploads).where(mine).values(used_at=times.now())).rowcount == 0:
            raise InvalidInputError([Fault(f"parameters.{name}", "names no upload that is still here: send it again")])


def are_idle(connection: Connection, before: datetime) -> bool:
    """Whether any upload was not used since ``before``: a read, so that nothing is locked for nothing."""
    return connection.execute(select(uploads.c.sha256).where(uploads.c.used_at < before).limit(1)).first() is not None


def prune(connection: Connection, root: ArtifactStore, before: datetime) -> tuple[int, int]:
    """Remove the uploads that nothing names and that were not used since ``before``; how many, and their bytes.

    A kill in the middle leaves a row whose file is gone, which no prompt names; it goes at the next run.
    """
    connection.execute(delete(comfyui_assets).where(comfyui_assets.c.expires_at <= times.now()))
    named = {*_named(connection), *connection.execute(select(comfyui_assets.c.sha256)).scalars()}
    found = [_upload(row) for row in connection.execute(select(uploads).where(uploads.c.used_at < before))]
    going = [each for each in found if each.sha256 not in named]
    for each in going:
        root.delete([each.file_path])
        connection.execute(delete(uploads).where(uploads.c.sha256 == each.sha256))
    return len(going), sum(each.bytes for each in going)


def _named(connection: Connection) -> Iterator[str]:
    """The sums of all uploads that prompts, those in the trash among them, and their recipes name."""
    asked = or_(prompts.c.parameters.like(NAMED), prompts.c.metadata.like(NAMED))
    for row in connection.execute(select(prompts.c.parameters, prompts.c.metadata).where(asked)):
        for text in row:
            yield from UPLOAD_REFERENCE.findall(rows.words(text) or "")
    recipes = select(attempts.c.parameters).where(attempts.c.parameters.like(NAMED))
    for text in connection.execute(recipes).scalars():
        yield from UPLOAD_REFERENCE.findall(rows.words(text) or "")


def _upload(row: Json) -> Upload:
    return Upload(row.sha256, row.content_type, row.bytes, row.file_path, rows.json_object(row.facts))
