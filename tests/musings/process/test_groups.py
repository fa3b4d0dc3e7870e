"""A program ends with everything that it started."""

import signal
import subprocess
import threading
from collections.abc import Callable

import pytest

from musings import process
from musings.errors import Cancelled
from musings.process import groups
from tests.musings.process.programs import FAMILY, gone, python


class TestGroup:
    def family(self, last: str, raise_: Callable[[], None]) -> int:
        """Run a program with a child of its own until ``raise_`` says no; returns the child's pid."""
        heard = bytearray()

        def check() -> None:
            if b"\n" in heard:
                raise_()

        with pytest.raises(Cancelled):
            process.run(python(FAMILY.format(last=last)), check=check, on_stdout=heard.extend)
        return int(heard)

    def cancel(self) -> None:
        raise Cancelled("stop")

    def test_what_check_raises_ends_the_whole_family(self) -> None:
        assert gone(self.family("time.sleep(600)", self.cancel))

    def test_a_child_that_outlives_its_parent_goes_too(self) -> None:
        assert gone(int(process.run(python(FAMILY.format(last=""))).stdout))

    def test_one_that_ignores_the_request_is_killed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(groups, "GRACE_SECONDS", 0.2)
        stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
        assert gone(self.family(stubborn, self.cancel))

    def test_a_child_that_left_the_group_goes_too(self) -> None:
        program = FAMILY.replace("'600']", "'600'], start_new_session=True")
        assert program != FAMILY
        heard = bytearray()

        def check() -> None:
            if b"\n" in heard:
                self.cancel()

        with pytest.raises(Cancelled):
            process.run(python(program.format(last="time.sleep(600)")), check=check, on_stdout=heard.extend)
        assert gone(int(heard))


class TestOrphan:
    def test_an_orphan_and_its_family_are_killed(self) -> None:
        child = subprocess.Popen(
            python(FAMILY.format(last="time.sleep(600)")), stdout=subprocess.PIPE, start_new_session=True
        )
        with child:
            assert child.stdout is not None
            grandchild = int(child.stdout.readline())
            reaper = threading.Thread(target=child.wait)  # an orphan's parent is init, which reaps it
            reaper.start()
            assert process.kill_group(process.identity(child.pid))
            reaper.join()
        assert child.returncode == -signal.SIGTERM
        assert gone(grandchild)

    def test_another_process_with_the_same_number_is_left_alone(self) -> None:
        child = process.spawn(["sleep", "600"])
        assert not process.kill_group(f"{child.pid}:1")
        assert child.poll() is None
        child.kill()
        child.wait()
