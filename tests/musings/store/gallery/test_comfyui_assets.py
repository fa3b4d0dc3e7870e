"""Records over files that were sent: what is found, by whom, and how long it lasts."""

from datetime import timedelta
from typing import Any

import pytest

from musings.files.media_root import MediaRoot
from musings.models import Upload
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import comfyui_assets, uploads
from musings.store.gallery.comfyui_assets import KEPT_FOR, KeptAsset
from tests.musings.store.adding import shell
from tests.musings.store.gallery.sending import send

DIGEST = "ab" * 32


def kept(database: Database, upload: Upload, new_id: str, **more: Any) -> KeptAsset:
    given: dict[str, Any] = {
        **{"file_path": "u.png", "tags": [], "owner": None, "kept_for": KEPT_FOR},
        **more,
    }
    with database.write() as connection:
        return comfyui_assets.add(connection, new_id, upload, DIGEST, **given)


def test_a_record_is_found_by_its_id(database: Database, media_root: MediaRoot) -> None:
    upload = send(database, media_root)
    made = kept(database, upload, "a", tags=["input", "x"], owner="token:1")
    found = database.reading(comfyui_assets.find, "a")
    assert found is not None
    assert (found.upload, found.blake3, found.file_path) == (upload, DIGEST, "u.png")
    assert (list(found.tags), found.owner, found.created_at) == (["input", "x"], "token:1", made.created_at)
    assert database.reading(comfyui_assets.find, "b") is None
    database.writing(comfyui_assets.remove, "a")
    assert database.reading(comfyui_assets.find, "a") is None
    assert database.reading(uploads.get, upload.sha256) == upload


def test_the_same_record_is_of_the_same_name_and_owner(database: Database, media_root: MediaRoot) -> None:
    upload = send(database, media_root)
    kept(database, upload, "a", owner="token:1")
    kept(database, upload, "b", file_path=None)
    same = comfyui_assets.same
    found = [
        database.reading(same, DIGEST, name, owner)
        for name, owner in (("u.png", "token:1"), (None, None), ("u.png", None), ("v.png", "token:1"))
    ]
    assert [each and each.id for each in found] == ["a", "b", None, None]


@pytest.mark.parametrize(("sent_by", "by_anybody", "is_found"), [
    ("token:1", False, True), ("token:2", False, False), (None, False, False), (None, True, True),
])  # fmt: skip
def test_bytes_are_found_by_their_sender_or_by_who_may_read(
    database: Database, media_root: MediaRoot, sent_by: str | None, by_anybody: bool, is_found: bool
) -> None:
    upload = send(database, media_root)
    kept(database, upload, "a", owner="token:1")
    with database.read() as connection:
        found = comfyui_assets.file_of(connection, DIGEST, sent_by=sent_by, by_anybody=by_anybody)
        assert comfyui_assets.file_of(connection, "0" * 64, by_anybody=True) is None
    assert (found == upload) is is_found


def test_what_has_expired_is_not_there_and_never_gets_shorter(database: Database, media_root: MediaRoot) -> None:
    upload = send(database, media_root)
    made = kept(database, upload, "a", kept_for=timedelta(days=7))
    database.writing(comfyui_assets.use, "a")
    found = database.reading(comfyui_assets.find, "a")
    assert found is not None
    assert found.expires_at == made.expires_at
    with database.write() as connection:
        comfyui_assets.use(connection, "a", timedelta(days=8))
        longer = comfyui_assets.find(connection, "a")
    assert longer is not None
    assert longer.expires_at > made.expires_at
    shell(database, "UPDATE musings_comfyui_assets SET expires_at = '2020-01-01 00:00:00.000000'")
    assert database.reading(comfyui_assets.find, "a") is None
    assert database.reading(comfyui_assets.same, DIGEST, "u.png", None) is None


def test_a_file_stays_as_long_as_a_record_does(database: Database, media_root: MediaRoot) -> None:
    upload = send(database, media_root)
    kept(database, upload, "a")
    shell(database, "UPDATE musings_uploads SET used_at = '2020-01-01 00:00:00.000000'")
    assert database.writing(uploads.prune, media_root, times.now()) == (0, 0)
    shell(database, "UPDATE musings_comfyui_assets SET expires_at = '2020-01-01 00:00:00.000000'")
    assert database.writing(uploads.prune, media_root, times.now())[0] == 1
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM musings_comfyui_assets").scalar_one() == 0
