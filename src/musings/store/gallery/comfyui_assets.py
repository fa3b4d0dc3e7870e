"""Assets of Comfy API v2: records with an id of their own over files that were sent.

The file is an upload like any other, kept once under its sum; several records may be over one. It stays at least as
long as a record does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, insert, select, update

from musings.models import Upload
from musings.store import rows, times
from musings.store.comfyui_tables import comfyui_assets as assets
from musings.store.gallery import uploads as sent
from musings.store.tables import uploads

KEPT_FOR = timedelta(days=1)
"""How long a record lasts after it was made or used last, where nobody asks for longer: as long as any upload."""


@dataclass(frozen=True)
class KeptAsset:
    """A record with its file. ``blake3`` in hex; ``owner`` is who sent it, None where nobody was asked who they are."""

    id: str
    upload: Upload
    blake3: str | None
    file_path: str | None
    tags: Sequence[str]
    owner: str | None
    created_at: datetime
    expires_at: datetime


def add(
    connection: Connection,
    new_id: str,
    upload: Upload,
    blake3: str,
    *,
    file_path: str | None,
    tags: Sequence[str],
    owner: str | None,
    kept_for: timedelta,
) -> KeptAsset:
    """A new record over a file that is here."""
    now = times.now()
    expires_at = now + kept_for
    connection.execute(update(uploads).where(uploads.c.sha256 == upload.sha256).values(blake3=blake3, used_at=now))
    values = {"id": new_id, "sha256": upload.sha256, "file_path": file_path, "owner": owner, "created_at": now}
    said = rows.dump({"tags": list(tags)}) if tags else None
    connection.execute(insert(assets).values(**values, tags=said, expires_at=expires_at))
    return KeptAsset(new_id, upload, blake3, file_path, tags, owner, now, expires_at)


def find(connection: Connection, asset_id: str) -> KeptAsset | None:
    """A record by its id; None for one that has expired as well."""
    return _first(connection, _joined().where(assets.c.id == asset_id))


def same(connection: Connection, blake3: str, file_path: str | None, owner: str | None) -> KeptAsset | None:
    """The record of an owner over the same bytes under the same name, the newest where there are several."""
    named = assets.c.file_path.is_(None) if file_path is None else assets.c.file_path == file_path
    query = _joined().where(uploads.c.blake3 == blake3, named, _of(owner))
    return _first(connection, query.order_by(assets.c.created_at.desc(), assets.c.id).limit(1))


def file_of(connection: Connection, blake3: str, *, sent_by: str | None = None, by_anybody: bool) -> Upload | None:
    """The file with these bytes; without ``by_anybody`` only where ``sent_by`` has a record over it."""
    query = select(uploads.c.sha256).where(uploads.c.blake3 == blake3).limit(1)
    if not by_anybody:
        query = query.join(assets, assets.c.sha256 == uploads.c.sha256).where(_of(sent_by), _lasts())
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else sent.get(connection, found)


def use(connection: Connection, asset_id: str, kept_for: timedelta = KEPT_FOR) -> None:
    """Let a record last for so long from now on; it is never shortened."""
    until = times.now() + kept_for
    this = (assets.c.id == asset_id, assets.c.expires_at < until)
    connection.execute(update(assets).where(*this).values(expires_at=until))


def remove(connection: Connection, asset_id: str) -> None:
    """Take a record away; its file stays as long as anything else names it, as any upload."""
    connection.execute(delete(assets).where(assets.c.id == asset_id))


def _joined() -> Select[Any]:
    mine = [column.label(f"asset_{column.name}") for column in assets.c]
    return select(uploads, *mine).join(assets, assets.c.sha256 == uploads.c.sha256).where(_lasts())


def _lasts() -> ColumnElement[bool]:
    # What has expired is there until housekeeping comes by, and must not be told of until then.
    return assets.c.expires_at > times.now()


def _of(owner: str | None) -> ColumnElement[bool]:
    return assets.c.owner.is_(None) if owner is None else assets.c.owner == owner


def _first(connection: Connection, query: Select[Any]) -> KeptAsset | None:
    row = connection.execute(query).first()
    return None if row is None else _asset(row)


def _asset(row: Row[Any]) -> KeptAsset:
    upload = Upload(row.sha256, row.content_type, row.bytes, row.file_path, rows.json_object(row.facts))
    tags = rows.json_object(row.asset_tags).get("tags", ())
    return KeptAsset(
        row.asset_id,
        upload,
        row.blake3,
        row.asset_file_path,
        [str(each) for each in tags],
        row.asset_owner,
        row.asset_created_at,
        row.asset_expires_at,
    )
