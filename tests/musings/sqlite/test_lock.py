"""The lock of the one runner: the kernel frees it, asking does not take it, links do not double it."""

import fcntl
import os
import threading
from pathlib import Path

import pytest

from musings.errors import LockedError, StoreError
from musings.locate import lock_path
from musings.sqlite.due import runner_is_alive
from musings.sqlite.lock import NoLock, RunnerLock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "musings.db"
    path.touch()
    return path


def test_one_holds_it_until_it_is_released(path: Path) -> None:
    one, two = RunnerLock(path), RunnerLock(path)
    one.acquire()
    with pytest.raises(LockedError, match=rf"\(process {os.getpid()}\)"):
        two.acquire()
    one.release()
    two.acquire()
    two.release()
    two.release()


def test_whoever_asks_sees_it_and_leaves_it(path: Path) -> None:
    lock = RunnerLock(path)
    assert not runner_is_alive(str(lock.path))
    lock.acquire()
    assert runner_is_alive(str(lock.path))
    lock.release()
    assert not runner_is_alive(str(lock.path))


def test_the_lock_itself_says_whether_anybody_holds_it(path: Path) -> None:
    holder, asker = RunnerLock(path), RunnerLock(path)
    assert not asker.is_held()
    holder.acquire()
    assert asker.is_held()
    assert holder.is_held()
    holder.release()
    assert not asker.is_held()


def test_a_database_in_memory_has_none() -> None:
    assert not NoLock().is_held()
    with pytest.raises(StoreError, match="in memory"):
        NoLock().acquire()


def test_one_who_asks_at_the_wrong_moment_does_not_refuse_a_worker(path: Path) -> None:
    lock = RunnerLock(path)
    lock.path.touch()
    asking = os.open(lock.path, os.O_RDONLY)
    fcntl.flock(asking, fcntl.LOCK_SH)
    assert not runner_is_alive(str(lock.path))  # nor does another who asks
    done = threading.Timer(0.03, os.close, (asking,))
    done.start()
    lock.acquire()
    done.join()
    lock.release()


def test_a_link_to_the_database_is_the_same_database(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "other.db"
    link.parent.mkdir()
    link.symlink_to(path)
    assert lock_path(str(link)) == lock_path(str(path))


def test_a_lock_that_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be made: No such file"):
        RunnerLock(tmp_path / "none" / "musings.db").acquire()
