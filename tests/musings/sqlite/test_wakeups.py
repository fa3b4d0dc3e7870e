"""Who waits for a change is woken at the commit, by whatever process of Musings made it; polling finds the rest."""

import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection

from musings.sqlite.changes import DataVersion
from musings.sqlite.database import open_database
from musings.sqlite.wakeups import LONGEST, Wakeups
from musings.store.database import Database
from musings.store.queue import changes
from tests.paths import ROOT

SELDOM = 3600.0
"""Seconds between two looks: what ends a wait sooner was told."""
COMMIT = """
import sys
from pathlib import Path
from musings.sqlite.database import open_database
from musings.store.queue import changes
database = open_database(Path(sys.argv[1]))
database.writing(changes.put, "fox", sys.argv[2])
database.close()
"""


def commits_elsewhere(database: Database, value: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    subprocess.run([sys.executable, "-c", COMMIT, str(database.path), value], check=True, env=environment)


def waiting(watch: DataVersion, told: list[bool]) -> threading.Thread:
    thread = threading.Thread(target=lambda: told.append(watch.wait(SELDOM)))
    thread.start()
    return thread


def listening(database: Database, of_ours: bool) -> DataVersion:
    """A watcher that has looked, and is told from now on."""
    watch = DataVersion(database, SELDOM, of_ours=of_ours)
    watch.changed()
    assert watch.wait(0.001) is False
    return watch


@pytest.mark.parametrize("of_ours", [True, False])
def test_a_commit_of_another_process_ends_the_wait(database: Database, of_ours: bool) -> None:
    told: list[bool] = []
    thread = waiting(listening(database, of_ours), told)
    commits_elsewhere(database, "1")
    thread.join(30)
    assert told == [True]


def test_a_commit_of_this_process_ends_the_wait_of_who_wants_to_hear_of_it(database: Database) -> None:
    told: list[bool] = []
    thread = waiting(listening(database, True), told)
    database.writing(changes.put, "fox", "1")
    thread.join(30)
    assert told == [True]


def test_it_is_told_at_the_commit_and_not_before(database: Database) -> None:
    heard = threading.Event()
    wakeups = Wakeups(database.path or Path())
    wakeups.expect(self := object(), heard.set, of_ours=False)

    def broken(connection: Connection) -> None:
        changes.put(connection, "fox", "1")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.writing(broken)
    assert not heard.is_set()
    with database.write() as connection:
        changes.put(connection, "fox", "1")
        assert not heard.is_set()
    assert heard.wait(30)
    wakeups.close()
    assert self is not None


def test_only_its_owner_can_tell_and_nothing_is_left_behind(database: Database) -> None:
    assert database.path is not None
    folder = database.path.with_name(database.path.name + ".wake")
    listening(database, True)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(list(folder.iterdir())) == 1
    database.close()
    assert not folder.exists()


def test_the_socket_of_a_killed_process_is_taken_away(database: Database) -> None:
    assert database.path is not None
    listening(database, True)
    folder = database.path.with_name(database.path.name + ".wake")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as killed:
        killed.bind(str(folder / "killed"))
    (folder / "file").write_text("none of ours")
    database.writing(changes.put, "fox", "1")
    assert "killed" not in [each.name for each in folder.iterdir()]


def test_a_path_that_is_too_long_for_a_socket_is_told_another_way_or_polled(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 100) / ("b" * 100)
    deep.mkdir(parents=True)
    path = deep / "musings.db"
    assert len(str(path)) > LONGEST
    heard = threading.Event()
    one, other = Wakeups(path), Wakeups(path)
    one.expect(one, heard.set, of_ours=False)
    other.committed()
    assert heard.wait(30) or not sys.platform.startswith("linux")
    one.close()
    other.close()


def test_where_no_socket_can_be_made_it_is_polled(tmp_path: Path) -> None:
    database = open_database(tmp_path / "musings.db")
    (tmp_path / "musings.db.wake").write_text("in the way")
    watch = DataVersion(database, 0.001)
    watch.changed()
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE foxes (id INTEGER)")
    assert watch.wait(30)
    database.close()
