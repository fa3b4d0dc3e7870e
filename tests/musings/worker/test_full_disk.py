"""A full disk: the words are clear, nothing is lost, and the prompt completes when there is space again."""

import os
from pathlib import Path

import pytest

from musings.commands.worker import refuse_to_call_it_done
from musings.engine import draining
from musings.errors import DiskError, DiskFullError
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
from tests.disks import fill
from tests.musings.worker.conftest import Hall, until


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


def test_a_drain_ends_while_the_disk_of_the_media_stays_full(small_disk: Path, make_settings: MakeSettings) -> None:
    settings = make_settings(
        media={
            "comfyui": {"output_directory": str(small_disk / "media")},
            "retention": {"min_free_gigabytes": 0},
        },
        processing={"max_attempts": 1},
    )
    database = open_database(settings.database.path)
    schema.ensure(database)
    hall = Hall(settings, database)
    made = hall.add("a fox", "image", max_attempts=1)
    MediaRoot(settings.media_root).prepare()
    ballast = fill(small_disk)
    first = hall.drain()
    assert first.ended == {"HouseFault": 1}
    with pytest.raises(DiskError, match=r"1 prompt waits: The disk that holds .* is full"):
        refuse_to_call_it_done(database, first)
    ballast.unlink()
    assert hall.drain().ended == {"completed": 1}, "the next run does not wait for the time of the prompt"
    assert hall.get(made).status == "completed"
    database.close()


def test_a_drain_ends_while_the_disk_of_the_database_stays_full(
    small_disk: Path, make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "DISK_SECONDS", 0.2)
    settings = make_settings(database={"path": str(small_disk / "musings.db")}, processing={"shutdown_seconds": 0.2})
    database = open_database(settings.database.path)
    schema.ensure(database)
    hall = Hall(settings, database)
    ballast: list[Path] = []

    def filling(job: Job, context: Context) -> Outcome:
        # What fits into the log that is there already would be stored all the same.
        made = Outcome((MadeFile(big(job, context).files[0].path, ArtifactType.OTHER, {"x": "x" * 900_000}),), "double")
        ballast.append(fill(small_disk))
        return made

    hall.double.act = filling
    made = hall.add("a fox", "image", max_attempts=1)
    summary = hall.drain()
    assert (summary.ended, hall.get(made).status) == ({"unsettled": 1}, "processing")
    with pytest.raises(DiskError, match="ends of 1 prompts could not be stored"):
        refuse_to_call_it_done(database, summary)
    hall.double.act = big
    ballast[0].unlink()
    assert hall.drain().ended == {"completed": 1}
    assert (hall.get(made).status, len(hall.files())) == ("completed", 1)
    database.close()
