"""What a service manager offers, whichever it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from musings.errors import CommandError, MusingsError, UnreachableError
from musings.process import Completed, run
from musings.service.unit import Program

TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True)
class State:
    """How one program stands. ``last_exit`` is its last exit code; what a manager does not tell is None."""

    name: str
    loaded: bool
    pid: int | None = None
    last_exit: int | None = None
    last_ran: datetime | None = None


class Manager(Protocol):
    """A service manager. Every method may raise ``UnreachableError`` or ``MusingsError`` with its words."""

    name: str

    def files(self, programs: Sequence[Program]) -> dict[Path, bytes]:
        """The unit files that these programs need, by path."""

    def all_files(self) -> tuple[Path, ...]:
        """Every path that a unit of ours may have, for any settings."""

    def check(self) -> None:
        """Whether the manager is there and answers."""

    def load(self, programs: Sequence[Program]) -> None:
        """Start the programs, now and whenever the user logs in; their files are in place, perhaps changed."""

    def unload(self, files: Sequence[Path]) -> None:
        """Stop what these files describe, and start it no more; the files are still there."""

    def start(self, programs: Sequence[Program]) -> None: ...

    def stop(self, programs: Sequence[Program]) -> None: ...

    def state(self, program: Program) -> State: ...


def ask(command: Sequence[str]) -> Completed:
    """Run the manager's program; a program that is missing or has no session to talk to is unreachable."""
    try:
        return run(command, timeout=TIMEOUT_SECONDS)
    except CommandError as error:
        name, said = command[0], (error.stderr.strip() or str(error)).rstrip(".") + "."
        if error.code is None or "bus" in said.casefold() or "not been booted" in said:
            raise UnreachableError(
                f"{name} cannot be used here: {said}",
                hint="Without a service manager, run `musings up`, or use the container (docs/service.md).",
            ) from error
        raise MusingsError(f"`{' '.join(command)}` failed: {said}") from error


def whole(text: str | None) -> int | None:
    """A number that a manager printed, if it is one."""
    return int(text) if text is not None and text.lstrip("-").isdigit() else None
