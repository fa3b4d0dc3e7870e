"""Which process is which, and what the system tells of it."""

import os
import subprocess
import time

import pytest

from musings import process
from musings.process.identity import resident_bytes, start_time


class TestIdentity:
    def test_one_process_for_ever(self) -> None:
        mine = process.identity(os.getpid())
        assert mine == process.identity(os.getpid())
        assert process.alive(mine)
        pid = mine.partition(":")[0]
        assert not process.alive(f"{pid}:1")

    @pytest.mark.parametrize("who", ["", ":", "x:1", "1", "1:", "-1:5", "999999999:1"])
    def test_what_names_nobody_is_not_alive(self, who: str) -> None:
        assert not process.alive(who)
        assert not process.kill_group(who)


class TestSystem:
    """What the system tells of a process, on systems with /proc and without."""

    def test_the_start_is_what_ps_writes(self) -> None:
        words = ["ps", "-o", "lstart=", "-p", str(os.getpid())]
        written = process.run(words, env={**os.environ, "LC_ALL": "C"}).stdout.strip().replace(" ", "_")
        form = "%a_%b_%d_%H:%M:%S_%Y"
        told, wanted = (time.strptime(each.replace("__", "_"), form) for each in (start_time(os.getpid()), written))
        assert abs(time.mktime(told) - time.mktime(wanted)) <= 1  # Linux' ps rounds otherwise
        assert len(start_time(os.getpid())) == len(written)

    def test_a_process_that_ended_has_none(self) -> None:
        told: list[str] = []
        process.run(["true"], on_start=told.append)
        assert start_time(int(told[0].partition(":")[0])) == ""

    def test_a_zombie_has_none(self) -> None:
        with subprocess.Popen(["true"], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.read()  # it has ended, and nobody asked how
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
            assert start_time(child.pid) == ""
            assert process.identity(child.pid) == f"{child.pid}:"

    def test_memory_is_counted_in_bytes(self) -> None:
        assert 1_000_000 < resident_bytes(os.getpid()) < 100_000_000_000
        assert resident_bytes(999_999_999) == 0
