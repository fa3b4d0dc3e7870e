"""A backup that comes back: what is there works at once."""

import shutil
from pathlib import Path

import pytest

from musings.cli import main
from musings.files.media_root import MediaRoot
from musings.housekeeping import mounting
from musings.sqlite import recognition, schema
from musings.sqlite.database import open_database
from musings.sqlite.lock import RunnerLock
from tests.conftest import MakeSettings
from tests.musings.sqlite import old_databases as old
from tests.musings.sqlite.installations import furnish


def test_a_house_that_was_lost_with_its_disk_can_be_written_again(make_settings: MakeSettings, tmp_path: Path) -> None:
    settings = make_settings()
    furnish(settings.database.path, settings.media_root)
    config = ["--config", str(settings.file)]
    assert main(["migrate", *config]) == 0
    database = open_database(settings.database.path)
    mounting.prepare(database, MediaRoot(settings.media_root))
    database.close()
    assert main(["backup", str(tmp_path / "b"), *config]) == 0
    shutil.rmtree(settings.media_root)
    for file in settings.database.path.parent.glob("musings.db*"):
        file.unlink()

    assert main(["restore", str(tmp_path / "b"), *config]) == 0

    database = open_database(settings.database.path)
    root = MediaRoot(settings.media_root)
    mounting.prepare(database, root)
    assert root.is_marked
    database.close()


def test_an_old_database_is_restored_and_adopted(make_settings: MakeSettings, tmp_path: Path) -> None:
    settings = make_settings()
    path = old.build(tmp_path / "owner.db", old.forgotten_things)

    assert main(["restore", str(path), "--config", str(settings.file)]) == 0

    assert recognition.version_of(settings.database.path) == schema.HEAD
    assert recognition.version_of(path) is None


def test_restore_waits_for_the_worker_to_end(
    make_settings: MakeSettings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = make_settings()
    furnish(settings.database.path, settings.media_root)
    config = ["--config", str(settings.file)]
    assert main(["backup", str(tmp_path / "b"), *config]) == 0
    lock = RunnerLock(settings.database.path)
    lock.acquire()
    try:
        assert main(["restore", str(tmp_path / "b"), *config]) == 75
    finally:
        lock.release()
    assert "already working on this queue" in capsys.readouterr().err
