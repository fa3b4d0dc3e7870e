"""A full disk: the words are clear, nothing is lost, and the prompt completes when there is space again."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from musings.errors import DiskFullError
from musings.files.media_root import MediaRoot
from musings.makers.base import Context
from musings.models import ArtifactType, Job, MadeFile, NewPrompt, Outcome
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.sqlite.lock import RunnerLock
from musings.store.database import Database
from musings.store.gallery import artifacts
from musings.store.queue import submission
from tests.conftest import MakeSettings
from tests.musings.worker.conftest import Hall, until

MEGABYTE = 1 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("this user may not mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """A file that takes all that is left."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (4096, 1):
            while True:
                try:
                    file.write(b"x" * size)
                except OSError:
                    break
    return ballast


def big(job: Job, context: Context) -> Outcome:
    """A file of 200 kB."""
    path = job.directory / "0001.bin"
    path.write_bytes(b"x" * 200_000)
    return Outcome((MadeFile(path, ArtifactType.OTHER),), "double")


def test_media_on_a_full_disk(small_disk: Path, make_settings: MakeSettings) -> None:
    settings = make_settings(
        media={
            "comfyui": {"output_directory": str(small_disk / "media")},
            "retention": {"min_free_gigabytes": 0},  # or nothing would be started on so small a disk
        },
        processing={"backoff_seconds": 0.02, "max_attempts": 1},
    )
    database = open_database(settings.database.path)
    schema.ensure(database)
    hall = Hall(settings, database)
    hall.double.act = big
    hall.start()
    until(lambda: (small_disk / "media").is_dir())
    (small_disk / "media" / "other").mkdir()
    ballast = fill(small_disk)
    made = hall.add("a fox", "image", max_attempts=1)
    until(lambda: hall.get(made).attempt > 2 and hall.get(made).status == "pending")
    waiting = hall.get(made)
    assert f"The disk that holds {settings.media_root} is full. Free some space" in (waiting.error_message or "")
    assert (waiting.attempts_used, waiting.artifact_status) == (0, "pending")
    until(lambda: hall.files() == [])  # the next attempt may have begun meanwhile
    ballast.unlink()
    assert hall.ends(made).status == "completed"
    [artifact] = database.reading(artifacts.of_prompts, [made])
    assert artifact.metadata["bytes"] == 200_000
    hall.stop()
    database.close()


def test_a_full_media_root_is_told_before_anything_starts(small_disk: Path) -> None:
    root = MediaRoot(small_disk / "media")
    root.prepare()
    fill(small_disk)
    with pytest.raises(DiskFullError, match="is full") as caught:
        root.prepare()
    assert "Free some space" in caught.value.explained


def test_the_database_on_a_full_disk(small_disk: Path, make_settings: MakeSettings) -> None:
    settings = make_settings(
        database={"path": str(small_disk / "musings.db")}, processing={"backoff_seconds": 0.02, "max_attempts": 1}
    )
    database = open_database(settings.database.path)
    schema.ensure(database)
    hall = Hall(settings, database)
    ballast: list[Path] = []

    def filling(job: Job, context: Context) -> Outcome:
        ballast.append(fill(small_disk))
        (job.directory / "0001.bin").write_bytes(os.urandom(1000))
        return Outcome((MadeFile(job.directory / "0001.bin", ArtifactType.OTHER, {"words": "x" * 50_000}),), "double")

    hall.double.act = filling
    made = hall.add("a fox", "image", max_attempts=1)
    hall.start()
    until(lambda: len(ballast) == 1)
    with pytest.raises(DiskFullError, match="The disk that holds the database is full"):
        add_until_full(database)
    hall.double.act = big
    ballast[0].unlink()
    assert hall.ends(made).status == "completed"
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    hall.stop()
    database.close()


def add_until_full(database: Database) -> None:
    for _ in range(200):
        database.writing(submission.add, NewPrompt("x" * 100_000, "text", priority=10))


def test_a_worker_that_starts_on_a_full_disk_says_so(small_disk: Path, make_settings: MakeSettings) -> None:
    settings = make_settings(database={"path": str(small_disk / "musings.db")})
    database = open_database(settings.database.path)
    schema.ensure(database)
    ballast = fill(small_disk)
    lock = RunnerLock(settings.database.path)
    lock.acquire()
    lock.release()
    with pytest.raises(DiskFullError, match="the database is full"):
        Hall(settings, database).drain()
    ballast.unlink()
    assert Hall(settings, database).drain().started == 0
    database.close()
