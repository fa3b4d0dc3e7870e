"""What every store of artifacts keeps to: the local folder, and one that is no folder at all."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from starlette.requests import Request

from musings.api import files
from musings.errors import PathError, StoreError
from musings.files.artifact_store import ArtifactStore, Deleted
from musings.files.media_root import MediaRoot
from musings.housekeeping import checking, pruning
from musings.housekeeping.retention import RetentionRules
from musings.store import tables, times
from musings.store.database import Database
from tests.musings.files.remote import RemoteStore

STORES: dict[str, Callable[[Path], ArtifactStore]] = {
    "folder": lambda path: MediaRoot(path / "root"),
    "objects": lambda path: RemoteStore(path / "scratch"),
}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactStore:
    made = STORES[request.param](tmp_path)
    made.prepare()
    return made


def place(store: ArtifactStore, prompt_id: int = 12, attempt: int = 1) -> str:
    """Files of an attempt, in their place."""
    directory = store.attempt_directory(prompt_id, attempt)
    (directory / "previews").mkdir()
    (directory / "0001.png").write_bytes(b"0123456789")
    (directory / "previews" / "0001.png.webp").write_bytes(b"small")
    where = store.placement("image", prompt_id, attempt)
    store.place(directory, where)
    return where


class TestEveryStore:
    def test_what_is_placed_is_read(self, store: ArtifactStore) -> None:
        where = place(store)
        assert store.find(f"{where}/0001.png").read_bytes() == b"0123456789"
        assert store.stat(f"{where}/previews/0001.png.webp").bytes == 5
        assert list(store.listing()) == [f"{where}/0001.png", f"{where}/previews/0001.png.webp"]

    def test_a_range_is_read(self, store: ArtifactStore) -> None:
        with store.open(f"{place(store)}/0001.png") as file:
            file.seek(3)
            assert file.read(4) == b"3456"

    def test_a_place_is_given_once(self, store: ArtifactStore) -> None:
        assert place(store) != place(store, attempt=2)
        directory = store.attempt_directory(12, 3)
        (directory / "0001.png").write_bytes(b"other")
        with pytest.raises(StoreError, match="its place is taken"):
            store.place(directory, next(store.listing()).rpartition("/")[0])

    def test_a_discarded_place_is_empty(self, store: ArtifactStore) -> None:
        store.discard_place(place(store))
        assert list(store.listing()) == []

    @pytest.mark.parametrize("path", ["image/nothing", "../secret", "/etc/passwd", ".attempts/12-1/0001.png", ""])
    def test_what_is_no_file_of_the_store_is_refused(self, store: ArtifactStore, path: str) -> None:
        for ask in (store.find, store.stat, store.open):
            with pytest.raises(PathError):
                ask(path)
        assert store.delete([path]) == Deleted(0, 0)

    def test_deleted_is_gone_and_counted(self, store: ArtifactStore) -> None:
        where, told = place(store), []
        paths = [f"{where}/0001.png", f"{where}/previews/0001.png.webp", f"{where}/never.png"]
        assert store.delete(paths, lambda: told.append(1)) == Deleted(2, 15)
        assert (list(store.listing()), len(told)) == ([], 2)

    def test_what_is_set_aside_is_not_found(self, store: ArtifactStore) -> None:
        where = place(store)
        store.set_aside(f"{where}/0001.png")
        assert list(store.listing()) == [f"{where}/previews/0001.png.webp"]

    def test_one_file_is_put(self, store: ArtifactStore) -> None:
        for content in (b"first", b"second"):
            received = store.receiving()
            received.write_bytes(content)
            store.put(received, "uploads/ab/abcd.png")
            assert not received.exists()
            assert store.find("uploads/ab/abcd.png").read_bytes() == content

    def test_what_a_broken_transfer_left_goes_when_it_is_old(self, store: ArtifactStore) -> None:
        old = store.receiving()
        old.write_bytes(b"half")
        os.utime(old, (1000, 1000))
        fresh = store.receiving()
        fresh.write_bytes(b"half")
        store.clear_received(datetime.fromtimestamp(2000).astimezone())
        assert (old.exists(), fresh.exists()) == (False, True)

    def test_work_of_dead_attempts_goes(self, store: ArtifactStore) -> None:
        store.attempt_directory(12, 1)
        living = store.attempt_directory(12, 2)
        assert store.clear_attempts({"12-2"}) == 1
        store.discard(living)
        assert store.clear_attempts() == 0

    def test_rows_and_files_are_compared(self, store: ArtifactStore, database: Database) -> None:
        where = named(database, store)
        place(store, 99)
        found = checking.check(database, store, verify=True)
        assert (found.rows, found.files, len(found.orphans), found.missing) == (1, 4, 2, [])
        store.delete([f"{where}/0001.png"])
        assert len(checking.check(database, store).missing) == 1

    def test_the_trash_is_emptied(self, store: ArtifactStore, database: Database) -> None:
        named(database, store)
        done = pruning.prune(database, store, pruning.trash_plan(database, store), RULES)
        assert (done.prompts, done.files, list(store.listing())) == ((1,), 2, [])


RULES = RetentionRules(None, None, (), keep_starred=True, trash=timedelta(days=30))


def named(database: Database, store: ArtifactStore) -> str:
    """A completed prompt in the trash, with its files in the store; returns their place."""
    values = {"id": 1, "prompt_text": "a fox", "prompt_type": "image", "status": "completed", "deleted_at": times.now()}
    where = place(store, 1)
    new = {"prompt_id": 1, "artifact_type": "image", "file_path": f"{where}/0001.png", "metadata": "{}"}
    with database.write() as connection:
        connection.execute(tables.prompts.insert().values(values))
        preview = f"{where}/previews/0001.png.webp"
        connection.execute(tables.prompt_artifacts.insert().values(new | {"preview_path": preview}))
    return where


def test_a_client_is_sent_to_a_store_that_hands_out_files(tmp_path: Path) -> None:
    store = RemoteStore(tmp_path, hands_out=True)
    answer = files.serve(Request({"type": "http", "method": "GET", "headers": []}), store, "image/12/0001.png")
    assert answer.status_code == 307
    assert answer.headers["location"] == "https://bucket.example/image/12/0001.png?seconds=300"
    assert answer.headers["cache-control"] == "no-store"


def test_a_store_that_does_not_answer_loses_nothing(tmp_path: Path, database: Database) -> None:
    store = RemoteStore(tmp_path)
    named(database, store)
    plan = pruning.trash_plan(database, store)
    store.reachable = False
    with pytest.raises(StoreError, match="files that the rows name is in the bucket"):
        pruning.prune(database, store, plan, RULES)
    with pytest.raises(StoreError, match="The bucket is not there"):
        checking.check(database, store)
    assert len(store.objects) == 2
