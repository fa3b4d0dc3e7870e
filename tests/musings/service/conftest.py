"""Service managers that only write down what they were asked, on a PATH of the test's own."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

SYSTEMCTL = """#!/bin/sh
printf '%s\\n' "$*" >>"$CALLS"
case "$*" in
*"show"*".timer") printf 'LoadState=loaded\\nActiveState=active\\nMainPID=0\\n' ;;
*"show"*"queue.service")
    printf 'LoadState=loaded\\nActiveState=inactive\\nMainPID=0\\nExecMainStatus=0\\n'
    printf 'ExecMainStartTimestamp=@1795342500\\n' ;;
*"show"*) printf 'LoadState=loaded\\nActiveState=active\\nMainPID=77\\nExecMainStatus=0\\n' ;;
esac
"""
LAUNCHCTL = """#!/bin/sh
printf '%s\\n' "$*" >>"$CALLS"
loaded=$CALLS.loaded
label=${2##*/}
case $1 in
print)
    [ -e "$loaded.$label" ] || { echo "Could not find service" >&2; exit 113; }
    printf 'gui/501/x = {\\n\\tstate = running\\n\\tpid = 77\\n\\tlast exit code = 75\\n}\\n' ;;
bootstrap) name=${3##*/}; : >"$loaded.${name%.plist}" ;;
bootout) rm "$loaded.$label" ;;
esac
"""
UNREACHABLE = """#!/bin/sh
echo 'Failed to connect to bus: No medium found' >&2
exit 1
"""


@dataclass(frozen=True)
class Fake:
    """A program on PATH and the file of its calls."""

    log: Path

    def calls(self) -> list[str]:
        """What it was asked since the last time."""
        said = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return said


PutOnPath = Callable[[str, str], Fake]


def put_into(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> Fake:
    """A program before all others of the PATH, in a folder of the test."""
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    program = programs / name
    program.write_text(text)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("CALLS", str(folder / "calls"))
    return Fake(folder / "calls")


@pytest.fixture
def put_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PutOnPath:
    return partial(put_into, tmp_path, monkeypatch)
