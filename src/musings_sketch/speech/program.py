"""The one door to subprocess: a program that reads a request, reports on its output, and ends."""

import select
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Protocol

from musings_sketch.errors import ProgramError

POLL_SECONDS = 0.1


class Run(Protocol):
    """Runs a program to its end; for whoever wants to know of every child, in place of :func:`run`."""

    def __call__(
        self,
        command: Sequence[str],
        *,
        stdin: bytes,
        check: Callable[[], None],
        on_stdout: Callable[[bytes], None],
    ) -> None:
        """As :func:`run` does."""


def run(
    command: Sequence[str],
    *,
    stdin: bytes,
    check: Callable[[], None],
    on_stdout: Callable[[bytes], None],
) -> None:
    """Run ``command``, a list of words and no shell string, until it closes its standard output and ends.

    ``check`` is called about ten times a second; what it raises kills the program and is raised again.
    ``on_stdout`` sees the output as it comes. Raises ``ProgramError`` when the program cannot be started or ends with
    a code other than 0.
    """
    name = Path(command[0]).name
    with tempfile.TemporaryFile() as request, tempfile.TemporaryFile() as complaints:
        request.write(stdin)
        request.seek(0)
        code = _ended(_started(command, request, complaints), check, on_stdout)
        if code != 0:
            complaints.seek(0)
            said = complaints.read().decode("utf-8", "replace")
            raise ProgramError(f"{name} ended with exit code {code}.", code=code, log=said)


def _started(command: Sequence[str], request: IO[bytes], complaints: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 (a list of words, no shell)
            list(command), stdin=request, stdout=subprocess.PIPE, stderr=complaints
        )
    except OSError as error:
        raise ProgramError(f"{command[0]} could not be started: {error.strerror or error}.", code=None) from error


def _ended(child: subprocess.Popen[bytes], check: Callable[[], None], on_stdout: Callable[[bytes], None]) -> int:
    with child:
        try:
            _follow(child, check, on_stdout)
            return child.wait()
        except BaseException:
            child.kill()
            raise


def _follow(child: subprocess.Popen[bytes], check: Callable[[], None], on_stdout: Callable[[bytes], None]) -> None:
    output = child.stdout
    assert output is not None  # noqa: S101 (it was started with a pipe)
    while True:
        check()
        ready, _, _ = select.select([output], [], [], POLL_SECONDS)
        if ready:
            chunk = output.read1(65536)  # type: ignore[attr-defined]
            if not chunk:
                return
            on_stdout(chunk)
