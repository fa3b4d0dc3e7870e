"""Names under which clients of ComfyUI's protocol sent files: its input folder, as they see it.

The file itself is an upload like any other, kept once under its sum; a name goes with it when it is removed.
"""

from pathlib import PurePosixPath

from sqlalchemy import Connection, insert, select, update

from musings.models import Upload
from musings.store import times
from musings.store.gallery import uploads
from musings.store.tables import comfyui_files as files


def keep(connection: Connection, subfolder: str, name: str, upload: Upload, *, overwrite: bool = False) -> str:
    """Give an upload a name in a folder; returns the name, which is another where that one means another file.

    As ComfyUI does: the same name for the same bytes, else ``name (1).png``.
    """
    # Counted up and not random: the same file sent twice must find the name that it was given.
    path, number, chosen = PurePosixPath(name), 0, name
    while (there := _sum(connection, subfolder, chosen)) is not None and there != upload.sha256 and not overwrite:
        number += 1
        chosen = f"{path.stem} ({number}){path.suffix}"
    if there is None:
        values = {"subfolder": subfolder, "name": chosen, "sha256": upload.sha256, "created_at": times.now()}
        connection.execute(insert(files).values(**values))
    elif there != upload.sha256:
        named = (files.c.subfolder == subfolder, files.c.name == chosen)
        connection.execute(update(files).where(*named).values(sha256=upload.sha256))
    return chosen


def find(connection: Connection, subfolder: str, name: str) -> Upload | None:
    """The file of a name; None for one that nobody sent, or that was removed since."""
    there = _sum(connection, subfolder, name)
    return None if there is None else uploads.get(connection, there)


def _sum(connection: Connection, subfolder: str, name: str) -> str | None:
    query = select(files.c.sha256).where(files.c.subfolder == subfolder, files.c.name == name)
    found: str | None = connection.execute(query).scalar_one_or_none()
    return found
