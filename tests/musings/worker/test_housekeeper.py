"""What the runner does beside prompts: the disk guard, retention, the database's care."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from musings.housekeeping.disk import words
from musings.makers.base import Context
from musings.models import Job, Kind, Outcome
from musings.sqlite import due, schema
from musings.sqlite.database import open_database
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import lists, trash
from musings.worker.housekeeper import Housekeeper
from tests.conftest import MakeSettings
from tests.disks import small_disk_at
from tests.doubles import made_text
from tests.musings.worker.conftest import Hall, until

GIGABYTES = {"min_free_gigabytes": 0.002}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    with small_disk_at(tmp_path / "disk", 4) as folder:
        yield folder


@pytest.fixture
def small(disk: Path, make_settings: MakeSettings) -> Iterator[Hall]:
    """A hall whose media root is on the small disk, of which two megabytes must stay free."""
    settings = make_settings(
        media={"comfyui": {"output_directory": str(disk / "media")}, "retention": GIGABYTES},
        processing={"backoff_seconds": 0.01, "shutdown_seconds": 0.2},
    )
    database = open_database(settings.database.path)
    schema.ensure(database)
    hall = Hall(settings, database)
    yield hall
    hall.stop()
    database.close()


def test_media_wait_while_the_disk_is_low_and_text_goes_on(small: Hall, disk: Path) -> None:
    ballast = disk / "ballast"
    ballast.write_bytes(b"x" * 3_000_000)
    picture, poem = small.add("a fox", "image"), small.add("a fox", "poem")
    small.start()
    assert small.ends(poem).status == "completed"
    assert (small.get(picture).status, small.get(picture).attempt) == ("pending", 0)
    said = words(small.database) or ""
    assert f"The disk that holds {disk / 'media'} has 0.00 GB left" in said
    assert "media prompts wait" not in said
    assert "image, music and voice prompts wait" in said
    ballast.unlink()
    assert small.ends(picture).status == "completed"
    assert words(small.database) is None


def test_what_runs_when_the_disk_gets_low_finishes(small: Hall, disk: Path) -> None:
    def filling(job: Job, context: Context) -> Outcome:
        (disk / "ballast").write_bytes(b"x" * 3_000_000)
        return made_text(job, context)

    small.double.act = filling
    first, second = small.add("a fox", "image"), small.add("a hare", "image")
    small.start()
    assert small.ends(first).status == "completed"
    until(lambda: words(small.database) is not None)
    assert small.get(second).status == "pending"


def test_a_drain_ends_although_media_wait(small: Hall, disk: Path) -> None:
    (disk / "ballast").write_bytes(b"x" * 3_000_000)
    picture, poem = small.add("a fox", "image"), small.add("a fox", "poem")
    assert small.drain().started == 1
    assert [small.get(each).status for each in (picture, poem)] == ["pending", "completed"]


def test_the_guard_can_be_turned_off(make_settings: MakeSettings, database: Database) -> None:
    settings = make_settings(media={"retention": {"min_free_gigabytes": 0}})
    assert Housekeeper(settings, database).allowed(list(Kind)) == list(Kind)
    settings = make_settings(media={"retention": {"min_free_gigabytes": 10**9}})
    assert Housekeeper(settings, database).allowed(list(Kind)) == [Kind.TEXT]


def test_a_drain_empties_the_trash_whose_time_is_over(hall: Hall) -> None:
    gone, kept = hall.add("a fox", "image"), hall.add("a hare", "image")
    hall.drain()
    for prompt_id, days in ((gone, 31), (kept, 29)):
        hall.database.writing(trash.discard, prompt_id)
        when = (times.now() - timedelta(days=days)).strftime(times.FORMAT)
        with hall.database.write() as connection:
            connection.exec_driver_sql("UPDATE prompts SET deleted_at = ? WHERE id = ?", (when, prompt_id))
    forget_duties(hall.database)
    hall.drain()
    left = hall.database.reading(lists.listing, lists.PromptFilter(deleted=True), 9, None).items
    assert [each.id for each in left] == [kept]
    assert [name.split("/")[1].split("_")[0] for name in hall.files()] == [str(kept)]


def test_a_due_duty_is_seen_by_the_front_door_and_done_once(hall: Hall) -> None:
    path = str(hall.database.path)
    assert not due.anything(path, False)
    hall.drain()
    assert not due.anything(path, False)
    with hall.database.write() as connection:
        connection.exec_driver_sql("UPDATE musings_duties SET due_at = '2020-01-01 00:00:00' WHERE name = 'retention'")
    assert due.anything(path, False)
    assert due.anything(path, True)
    hall.drain()
    assert not due.anything(path, False)


def test_a_clock_set_back_does_not_hold_up_a_duty(hall: Hall) -> None:
    """The duty seems due in years: it is done now, and the front door says so."""
    hall.drain()
    with hall.database.write() as connection:
        connection.exec_driver_sql("UPDATE musings_duties SET due_at = '2999-01-01 00:00:00'")
    assert due.anything(str(hall.database.path), False)
    hall.drain()
    assert not due.anything(str(hall.database.path), False)


def test_a_media_root_that_is_gone_is_told_and_the_drain_ends(hall: Hall) -> None:
    for _ in range(4):
        hall.add("a fox", "image")
    hall.drain()
    hall.database.writing(trash.discard, 1)
    with hall.database.write() as connection:
        connection.exec_driver_sql("UPDATE prompts SET deleted_at = '2020-01-01' WHERE id = 1")
    aside = hall.settings.media_root.rename(hall.settings.media_root.with_name("unmounted"))
    hall.settings.media_root.mkdir()
    forget_duties(hall.database)
    hall.drain()
    assert [
        each.id for each in hall.database.reading(lists.listing, lists.PromptFilter(deleted=True), 9, None).items
    ] == [1]
    assert len(list(aside.rglob("0001.md"))) == 4


def test_the_write_ahead_log_is_emptied_when_idle(hall: Hall) -> None:
    for n in range(50):
        hall.add(f"fox {n}" * 100)
    hall.drain()
    log = hall.settings.database.path.with_name("musings.db-wal")
    assert log.stat().st_size < 60_000  # fifty prompts leave a megabyte and more


def test_the_database_is_not_cared_for_while_a_prompt_runs(hall: Hall, database: Database) -> None:
    house = Housekeeper(hall.settings, database)
    house.open(lambda: False)
    assert "the database was cared for" not in house.look()
    house.open(lambda: True)
    assert "the database was cared for" in house.look()
    house.close()


def forget_duties(database: Database) -> None:
    with closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.execute("DELETE FROM musings_duties")


def in_hours(hours: int) -> str:
    """A window of an hour on the clock of this machine, so many hours from now."""
    begins = datetime.now().astimezone() + timedelta(hours=hours)
    return f"{begins:%H:%M}-{begins + timedelta(hours=1):%H:%M}"


def test_a_kind_outside_its_hours_waits_and_the_others_go_on(make_settings: MakeSettings, database: Database) -> None:
    hours = {"image": in_hours(2), "music": [in_hours(2), in_hours(0)]}
    hall = Hall(make_settings(processing={"hours": hours}), database)
    picture, song, poem = (hall.add("a fox", each) for each in ("image", "music", "poem"))
    assert hall.drain().started == 2
    assert [hall.get(each).status for each in (picture, song, poem)] == ["pending", "completed", "completed"]
    assert hall.get(picture).attempt == 0
