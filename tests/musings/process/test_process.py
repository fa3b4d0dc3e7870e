"""The door to subprocess, with real programs: what they print, how they end, and that nothing of them is left."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from musings import process
from musings.errors import Cancelled, CommandError, TimedOut
from musings.process import draining, groups
from musings.process.identity import resident_bytes, start_time


def python(program: str, *words: str) -> list[str]:
    return [sys.executable, "-c", program, *words]


def gone(pid: int) -> bool:
    """Whether a process has ended; waits for it for a while."""
    pause, deadline = threading.Event(), time.monotonic() + 10
    while time.monotonic() < deadline:
        if not process.identity(pid).partition(":")[2]:
            return True
        pause.wait(0.01)
    return False


class TestRun:
    def test_what_it_printed_and_how_long_it_took(self) -> None:
        done = process.run(python("import sys; print('out'); print('err', file=sys.stderr)"))
        assert (done.code, done.stdout, done.stderr) == (0, "out\n", "err\n")
        assert done.seconds > 0

    def test_a_failure_carries_everything(self) -> None:
        with pytest.raises(CommandError, match="ended with exit code 3") as caught:
            process.run(python("import sys; print('half'); sys.exit(3)"))
        assert (caught.value.code, caught.value.stdout) == (3, "half\n")
        assert caught.value.command[0] == sys.executable

    def test_a_signal_has_its_name(self) -> None:
        with pytest.raises(CommandError, match="signal SIGKILL") as caught:
            process.run(python("import os; os.kill(os.getpid(), 9)"))
        assert caught.value.code == -9

    @pytest.mark.parametrize(
        ("command", "said"),
        [
            (["no-such-program-anywhere"], "no-such-program-anywhere could not be started: No such file"),
            (["/etc"], "/etc could not be started: Permission denied"),
            (["echo", "a\0b"], "could not be started: embedded null byte"),
        ],
    )
    def test_what_cannot_start_looks_the_same(self, command: list[str], said: str) -> None:
        with pytest.raises(CommandError, match=said) as caught:
            process.run(command)
        assert caught.value.code is None

    def test_a_missing_folder_is_not_taken_for_a_missing_program(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="there is no such folder"):
            process.run(["echo"], cwd=tmp_path / "none")

    def test_where_and_with_what(self, tmp_path: Path) -> None:
        program = "import os, sys; print(os.getcwd(), os.environ['FOX'], sys.stdin.read())"
        done = process.run(python(program), cwd=tmp_path, env={"FOX": "red"}, stdin=b"given")
        assert done.stdout == f"{tmp_path.resolve()} red given\n"

    def test_without_input_it_reads_nothing(self) -> None:
        assert process.run(python("import sys; print(repr(sys.stdin.read()))")).stdout == "''\n"

    def test_input_that_is_not_read_blocks_nobody(self) -> None:
        assert process.run(["true"], stdin=b"x" * 5_000_000).code == 0

    def test_huge_output_keeps_its_end(self) -> None:
        program = "import sys\nfor n in range(300000): print(n, 'x' * 20)\nprint('the end')"
        done = process.run(python(program))
        assert len(done.stdout) <= draining.KEPT_BYTES
        assert done.stdout.endswith("the end\n")

    def test_bytes_that_are_no_text(self) -> None:
        assert "\N{REPLACEMENT CHARACTER}" in process.run(["printf", r"a\377b"]).stdout

    def test_output_as_it_comes(self) -> None:
        heard: list[bytes] = []
        whispered: list[bytes] = []
        program = "import sys; print('one', flush=True); print('two', file=sys.stderr)"
        process.run(python(program), on_stdout=heard.append, on_stderr=whispered.append)
        assert (b"".join(heard), b"".join(whispered)) == (b"one\n", b"two\n")

    def test_who_listens_and_raises_stops_it(self) -> None:
        def refuse(chunk: bytes) -> None:
            raise ValueError(chunk)

        with pytest.raises(ValueError, match="one"):
            process.run(python("import time; print('one', flush=True); time.sleep(600)"), on_stdout=refuse)

    def test_a_limit(self) -> None:
        with pytest.raises(TimedOut, match="took longer than 0 s and was stopped"):
            process.run(["sleep", "600"], timeout=0.05)

    def test_its_identity_is_told_before_anything_is_waited_for(self) -> None:
        told: list[str] = []
        process.run(["true"], on_start=told.append)
        [who] = told
        assert not process.alive(who)


class TestGroup:
    FAMILY = (
        "import subprocess, sys, time\nchild = subprocess.Popen(['sleep', '600'])\nprint(child.pid, flush=True)\n{last}"
    )

    def family(self, last: str, raise_: Callable[[], None]) -> int:
        """Run a program with a child of its own until ``raise_`` says no; returns the child's pid."""
        heard = bytearray()

        def check() -> None:
            if b"\n" in heard:
                raise_()

        with pytest.raises(Cancelled):
            process.run(python(self.FAMILY.format(last=last)), check=check, on_stdout=heard.extend)
        return int(heard)

    def cancel(self) -> None:
        raise Cancelled("stop")

    def test_what_check_raises_ends_the_whole_family(self) -> None:
        assert gone(self.family("time.sleep(600)", self.cancel))

    def test_a_child_that_outlives_its_parent_goes_too(self) -> None:
        assert gone(int(process.run(python(self.FAMILY.format(last=""))).stdout))

    def test_one_that_ignores_the_request_is_killed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(groups, "GRACE_SECONDS", 0.2)
        stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
        assert gone(self.family(stubborn, self.cancel))

    def test_a_child_that_left_the_group_goes_too(self) -> None:
        program = self.FAMILY.replace("'600']", "'600'], start_new_session=True")
        assert program != self.FAMILY
        heard = bytearray()

        def check() -> None:
            if b"\n" in heard:
                self.cancel()

        with pytest.raises(Cancelled):
            process.run(python(program.format(last="time.sleep(600)")), check=check, on_stdout=heard.extend)
        assert gone(int(heard))


class TestConversation:
    ECHO = (
        "import sys\nfor line in sys.stdin:\n"
        "    print('heard', line.strip(), file=sys.stderr, end='|', flush=True)\n"
        "    print(line.strip().upper(), flush=True)\n"
    )

    @pytest.fixture
    def echo(self) -> Iterator[process.Conversation]:
        companion = process.Conversation(python(self.ECHO))
        yield companion
        companion.kill()
        assert companion.ended

    def test_lines_there_and_back(self, echo: process.Conversation) -> None:
        assert process.alive(echo.identity)
        for word in ("fox", "é 🦊", "x" * 200_000):
            echo.send(word)
            assert echo.receive() == word.upper()
        assert echo.resident_bytes > 1_000_000

    def test_what_it_whispers_is_counted_from_the_last_line(self, echo: process.Conversation) -> None:
        for word in ("one", "two"):
            heard: list[bytes] = []
            echo.send(word, on_stderr=heard.append)
            echo.receive()
            assert echo.whispered(mark="|") == f"heard {word}"
            assert b"".join(heard) == f"heard {word}|".encode()

    def test_who_listens_and_raises_is_heard(self, echo: process.Conversation) -> None:
        def refuse(chunk: bytes) -> None:
            raise ValueError(chunk)

        echo.send("fox", on_stderr=refuse)
        echo.receive()
        echo.whispered(mark="|")
        with pytest.raises(ValueError, match="heard"):
            echo.receive()

    def test_several_lines_in_one_breath_are_kept(self) -> None:
        companion = process.Conversation(python("print('a\\nb\\nc')"))
        assert [companion.receive() for _ in range(3)] == ["a", "b", "c"]
        with pytest.raises(CommandError, match="ended with exit code 0"):
            companion.receive()
        companion.kill()

    def test_its_end_is_an_error_that_carries_what_it_said(self) -> None:
        companion = process.Conversation(python("import sys; sys.stdin.readline(); sys.exit('no luck')"))
        companion.send("go")
        with pytest.raises(CommandError, match="ended with exit code 1") as caught:
            companion.receive()
        assert (caught.value.code, caught.value.stderr) == (1, "no luck\n")
        with pytest.raises(CommandError):
            companion.send("x" * 100_000)
        assert companion.resident_bytes == 0
        companion.kill()

    def test_one_that_cannot_start(self) -> None:
        with pytest.raises(CommandError, match="could not be started"):
            process.Conversation(["no-such-program-anywhere"])

    def test_what_check_raises_comes_back_and_kill_ends_the_family(self) -> None:
        companion = process.Conversation(python(TestGroup.FAMILY.format(last="time.sleep(600)")))
        grandchild = int(companion.receive())

        def refuse() -> None:
            raise Cancelled("stop")

        with pytest.raises(Cancelled):
            companion.receive(refuse)
        companion.kill()
        assert not process.alive(companion.identity)
        assert gone(grandchild)


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

    def test_an_orphan_and_its_family_are_killed(self) -> None:
        child = subprocess.Popen(
            python(TestGroup.FAMILY.format(last="time.sleep(600)")), stdout=subprocess.PIPE, start_new_session=True
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


def test_a_command_as_a_person_would_type_it() -> None:
    assert process.shown(["echo", "a b", "it's"]) == """echo 'a b' 'it'"'"'s'"""
