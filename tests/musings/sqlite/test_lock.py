"""The lock of the one runner: the kernel frees it, asking does not take it, links do not double it."""

import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from musings.errors import LockedError, StoreError
from musings.locate import lock_path
from musings.sqlite.due import runner_is_alive
from musings.sqlite.lock import HostLock, NoLock, RunnerLock


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


def test_what_the_host_has_once_is_one_for_all_threads_and_names_its_holder(path: Path) -> None:
    one, two = HostLock(path, "graphics card"), HostLock(path, "graphics card")
    one.acquire()
    with pytest.raises(LockedError, match=rf"The graphics card of this host is in use \(process {os.getpid()}\)"):
        two.acquire()
    others = HostLock(path, "microphone"), RunnerLock(path)
    for each in others:
        each.acquire()
    one.release()
    two.acquire()
    for each in (two, *others):
        each.release()


HOLDER = """
import sys
from pathlib import Path
from musings.sqlite.lock import HostLock
HostLock(Path(sys.argv[1]), "graphics card").acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_process_that_is_killed_frees_what_it_held_of_the_host(path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        lock = HostLock(path, "graphics card")
        with pytest.raises(LockedError, match=rf"\(process {other.pid}\)"):
            lock.acquire()
        other.kill()
        other.wait()
        lock.acquire()
        lock.release()


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
