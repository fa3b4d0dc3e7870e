"""launchd agents of the user who is logged in, through ``launchctl``."""

import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from musings.errors import MusingsError, UnreachableError
from musings.service.manager import State, ask, whole
from musings.service.unit import LABELS, Program, plist

LAUNCHCTL = "launchctl"
LOOK_SECONDS = 0.2
SPARE_SECONDS = 10


class Launchd:
    name = "launchd"

    def __init__(self, environment: Mapping[str, str], user: int) -> None:
        self._folder = Path(environment.get("HOME", "/")) / "Library" / "LaunchAgents"
        self._domain = f"gui/{user}"

    def files(self, programs: Sequence[Program]) -> dict[Path, bytes]:
        return {self._file(LABELS[program.name]): plist(program) for program in programs}

    def all_files(self) -> tuple[Path, ...]:
        return tuple(self._file(label) for label in LABELS.values())

    def check(self) -> None:
        ask((LAUNCHCTL, "managername"))

    def load(self, programs: Sequence[Program]) -> None:
        for program in programs:
            label = LABELS[program.name]
            self._boot_out(label, program.stop_seconds)
            ask((LAUNCHCTL, "enable", f"{self._domain}/{label}"))
            ask((LAUNCHCTL, "bootstrap", self._domain, str(self._file(label))))

    def unload(self, files: Sequence[Path]) -> None:
        for file in files:
            self._boot_out(file.stem, SPARE_SECONDS)

    def start(self, programs: Sequence[Program]) -> None:
        """Loads what is not loaded: each agent runs when it is loaded."""
        for program in programs:
            label = LABELS[program.name]
            if self._printed(label) is None:
                ask((LAUNCHCTL, "bootstrap", self._domain, str(self._file(label))))

    def stop(self, programs: Sequence[Program]) -> None:
        for program in programs:
            self._boot_out(LABELS[program.name], program.stop_seconds)

    def state(self, program: Program) -> State:
        printed = self._printed(LABELS[program.name])
        if printed is None:
            return State(program.name, loaded=False, last_ran=_written(program.log))
        return State(
            name=program.name,
            loaded=True,
            pid=whole(_value(printed, "pid")),
            last_exit=whole(_value(printed, "last exit code")),
            last_ran=_written(program.log),
        )

    def _boot_out(self, label: str, seconds: int) -> None:
        """Unload an agent and wait until it is gone: a bootstrap before that fails."""
        if self._printed(label) is None:
            return
        ask((LAUNCHCTL, "bootout", f"{self._domain}/{label}"))
        deadline = time.monotonic() + seconds + SPARE_SECONDS
        while self._printed(label) is not None:
            if time.monotonic() > deadline:
                raise MusingsError(f"launchd did not end {label} in time.", hint="Look at its log, then try again.")
            time.sleep(LOOK_SECONDS)

    def _printed(self, label: str) -> str | None:
        """What launchd says of an agent; None when it is not loaded."""
        try:
            return ask((LAUNCHCTL, "print", f"{self._domain}/{label}")).stdout
        except UnreachableError:
            raise
        except MusingsError:
            return None

    def _file(self, label: str) -> Path:
        return self._folder / f"{label}.plist"


def _value(printed: str, key: str) -> str | None:
    found = re.search(rf"^[ \t]*+{key} = (-?\d+)", printed, re.MULTILINE)
    return found[1] if found else None


def _written(log: Path) -> datetime | None:
    """When a program last wrote to its log: every run of the queue leaves a line there."""
    try:
        return datetime.fromtimestamp(log.stat().st_mtime, UTC)
    except OSError:
        return None
