"""The disk guard: a nearly full disk is told once, and counts as mended only with some room more."""

import socket
from pathlib import Path

import pytest

from musings.housekeeping.disk import DiskGuard, words
from musings.store.database import Database
from musings.store.housekeeping import disks
from musings.store.queue import events


class Disk:
    """A folder's disk with so many bytes left, which the test sets."""

    def __init__(self, database: Database, free: int | None, least: float = 2.0) -> None:
        self.free = free
        self.guard = DiskGuard(database, Path("/media"), least, lambda _: self.free)


@pytest.mark.parametrize(("free", "low"), [(0, True), (1_999_999_999, True), (2_000_000_000, False), (None, False)])
def test_less_than_the_least_is_low(database: Database, free: int | None, low: bool) -> None:
    assert Disk(database, free).guard.is_low() is low
    assert (words(database) is not None) is low


def test_the_words_say_where_how_much_and_what_waits(database: Database) -> None:
    Disk(database, 1_230_000_000).guard.is_low()
    said = words(database)
    assert said is not None
    assert all(
        part in said for part in ("/media", "1.23 GB", "2 GB must stay free", "min_free_gigabytes", "wait until")
    )


def test_at_the_edge_it_does_not_go_back_and_forth(database: Database) -> None:
    disk = Disk(database, 1_900_000_000)
    found = []
    for free in (1_900_000_000, 2_010_000_000, 2_090_000_000, 2_110_000_000, 2_010_000_000, 1_990_000_000):
        disk.free = free
        found.append(disk.guard.is_low())
    assert found == [True, True, True, False, False, True]


def test_what_stays_as_it_was_writes_nothing(database: Database) -> None:
    disk = Disk(database, 0)
    disk.guard.is_low()
    before = database.reading(events.last_id)
    for _ in range(5):
        disk.guard.is_low()
    Disk(database, 0).guard.is_low()  # a restart finds what was said
    assert database.reading(events.last_id) == before


def test_what_another_host_said_of_its_disk_is_let_be_while_it_works(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO workers (id, host, process, started_at, heartbeat_at, kinds)"
            " VALUES ('w', 'other', '1:1', '2026-01-01 00:00:00.000000', '2026-01-01 00:00:00.000000', 'text')"
        )
        disks.note(connection, "other", "The other disk is full.")
    disk = Disk(database, 0)
    disk.guard.is_low()
    assert set(database.reading(disks.messages)) == {"other", socket.gethostname()}
    disk.free = 10**12
    disk.guard.is_low()
    assert words(database) == "The other disk is full."
