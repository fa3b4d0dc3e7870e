"""A program from its start to its end, with real programs: what they print and how they end."""

import sys
from pathlib import Path

import pytest

from musings import process
from musings.errors import CommandError, TimedOut
from tests.musings.process.programs import python


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

    def test_a_limit(self) -> None:
        with pytest.raises(TimedOut, match="took longer than 0 s and was stopped"):
            process.run(["sleep", "600"], timeout=0.05)

    def test_its_identity_is_told_before_anything_is_waited_for(self) -> None:
        told: list[str] = []
        process.run(["true"], on_start=told.append)
        [who] = told
        assert not process.alive(who)
