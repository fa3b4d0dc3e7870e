"""A media root whose disk is full, read-only or away: said, waited for, and never written into."""

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from musings.errors import DiskError, DiskFullError, UserFault
from musings.files.media_root import MediaRoot
from musings.housekeeping import mounting
from musings.makers.base import Context
from musings.models import Job, Outcome
from musings.store.database import Database
from musings.worker.faults import as_fault
from tests.conftest import MakeSettings
from tests.disks import fill, mount, remount
from tests.doubles import made_text
from tests.musings.worker.conftest import Hall, until


@pytest.fixture
def hall(small_disk: Path, database: Database, make_settings: MakeSettings) -> Iterator[Hall]:
    settings = make_settings(
        media={
            "comfyui": {"output_directory": str(small_disk / "media")},
            "retention": {"min_free_gigabytes": 0},
        },
        processing={"backoff_seconds": 0.02, "max_attempts": 1, "shutdown_seconds": 0.2},
    )
    made = Hall(settings, database)
    yield made
    made.stop()


def waits(hall: Hall, made: int, words: str) -> bool:
    found = hall.get(made)
    return found.status == "pending" and found.attempts_used == 0 and words in (found.error_message or "")


class TestPrepare:
    def test_a_new_root_is_made_and_remembered(self, database: Database, tmp_path: Path) -> None:
        mounting.prepare(database, MediaRoot(tmp_path / "root"))
        assert (tmp_path / "root").is_dir()
        assert mounting.expect_known(database, MediaRoot(tmp_path / "root"))
        assert not mounting.expect_known(database, MediaRoot(tmp_path / "other"))

    @pytest.mark.parametrize("is_there", [True, False])
    def test_one_that_has_lost_its_mark_is_not_made_anew(
        self, database: Database, tmp_path: Path, is_there: bool
    ) -> None:
        folder = tmp_path / "root"
        mounting.prepare(database, MediaRoot(folder))
        (folder / ".attempts").rmdir()
        if not is_there:
            folder.rmdir()
        root = MediaRoot(folder)
        with pytest.raises(DiskError, match="is not there") as caught:
            mounting.prepare(database, root)
        assert "Mount its disk" in caught.value.explained
        for write in (lambda: root.attempt_directory(1, 1), root.receiving, lambda: root.place(tmp_path, "image/1_x")):
            with pytest.raises(DiskError):
                write()
        assert folder.exists() == is_there
        assert not is_there or list(folder.iterdir()) == []

    def test_a_full_one_leaves_no_probe(self, database: Database, small_disk: Path) -> None:
        mounting.prepare(database, MediaRoot(small_disk / "media"))
        fill(small_disk)
        with pytest.raises(DiskFullError):
            mounting.prepare(database, MediaRoot(small_disk / "media"))
        assert list((small_disk / "media" / ".attempts").iterdir()) == []


class TestAWorker:
    def test_starts_on_a_full_disk_and_its_prompts_wait_until_there_is_room(self, hall: Hall, small_disk: Path) -> None:
        MediaRoot(hall.settings.media_root).prepare()
        ballast = fill(small_disk)
        made = hall.add("a fox", "image", max_attempts=1)
        hall.start()
        until(lambda: waits(hall, made, "is full"))
        ballast.unlink()
        assert hall.ends(made).status == "completed"

    def test_waits_for_a_disk_that_was_made_read_only(self, hall: Hall, small_disk: Path) -> None:
        made = hall.add("a fox", "image", max_attempts=1)

        def act(job: Job, context: Context) -> Outcome:
            if len(hall.double.jobs) == 1:
                remount(small_disk, "ro")
            return made_text(job, context)

        hall.double.act = act
        hall.start()
        until(lambda: waits(hall, made, "cannot be written"))
        remount(small_disk, "rw")
        assert hall.ends(made).status == "completed"

    def test_writes_nothing_into_the_place_of_a_disk_that_is_away(self, hall: Hall, small_disk: Path) -> None:
        first = hall.add("a fox", "image")
        hall.drain()
        assert hall.get(first).status == "completed"
        subprocess.run(["umount", "-l", str(small_disk)], check=True)
        second = hall.add("a fox", "image", max_attempts=1)
        hall.start()
        until(lambda: waits(hall, second, "is not there"))
        assert list(small_disk.iterdir()) == []
        mount(small_disk)
        (small_disk / "media" / ".attempts").mkdir(parents=True)
        assert hall.ends(second).status == "completed"

    def test_a_failure_while_the_disk_is_full_is_the_disks_whatever_it_says(self, hall: Hall, small_disk: Path) -> None:
        made = hall.add("a fox", "image", max_attempts=1)
        ballast: list[Path] = []

        def act(job: Job, context: Context) -> Outcome:
            if not ballast:
                ballast.append(fill(small_disk))
                raise UserFault("The script ended well and left no file.")
            return made_text(job, context)

        hall.double.act = act
        hall.start()
        until(lambda: bool(ballast) and waits(hall, made, "is full"))
        ballast[0].unlink()
        assert hall.ends(made).status == "completed"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
def test_a_disk_behind_any_error_is_no_fault_of_the_prompt(media_root: MediaRoot, number: int) -> None:
    damaged = UserFault("The picture is damaged.")
    damaged.__cause__ = OSError(number, os.strerror(number), "/media/0001.png")
    of_a_file = OSError(number, os.strerror(number), "/media/0002.png")
    assert as_fault(of_a_file, media_root).stored_name == "HouseFault"
    # Without a file EIO is also said by pipes, terminals and devices.
    bare = "OurFault" if number == errno.EIO else "HouseFault"
    assert as_fault(OSError(number, os.strerror(number)), media_root).stored_name == bare
    assert as_fault(damaged, media_root).stored_name == "HouseFault"
    told = UserFault("The script failed.", log=f"OSError: [Errno {number}] {os.strerror(number)}")
    assert as_fault(told, media_root).stored_name == "HouseFault"
    assert as_fault(UserFault("The width is odd.", log="[Errno 2] No such file"), media_root).stored_name == "UserFault"
