"""systemd user units, through ``systemctl --user``."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from musings.service.manager import State, ask, whole
from musings.service.unit import NAMES, Program, systemd_units

SYSTEMCTL = ("systemctl", "--user")
SHOWN = "LoadState,ActiveState,MainPID,ExecMainStatus,ExecMainStartTimestamp"


class Systemd:
    name = "systemd"

    def __init__(self, environment: Mapping[str, str]) -> None:
        config = environment.get("XDG_CONFIG_HOME") or str(Path(environment.get("HOME", "/")) / ".config")
        self._folder = Path(config) / "systemd" / "user"

    def files(self, programs: Sequence[Program]) -> dict[Path, bytes]:
        return {
            self._folder / name: text.encode() for program in programs for name, text in systemd_units(program).items()
        }

    def all_files(self) -> tuple[Path, ...]:
        return tuple(self._folder / f"musings-{name}{end}" for name in NAMES for end in (".timer", ".service"))

    def check(self) -> None:
        ask((*SYSTEMCTL, "daemon-reload"))

    def load(self, programs: Sequence[Program]) -> None:
        ask((*SYSTEMCTL, "daemon-reload"))
        heads = [_head(program) for program in programs]
        ask((*SYSTEMCTL, "enable", *heads))
        ask((*SYSTEMCTL, "restart", *heads))

    def unload(self, files: Sequence[Path]) -> None:
        ask((*SYSTEMCTL, "disable", "--now", *(file.name for file in files)))

    def start(self, programs: Sequence[Program]) -> None:
        ask((*SYSTEMCTL, "start", *(_head(program) for program in programs)))

    def stop(self, programs: Sequence[Program]) -> None:
        ask((*SYSTEMCTL, "stop", *(name for program in programs for name in reversed(systemd_units(program)))))

    def state(self, program: Program) -> State:
        service = self._shown(f"musings-{program.name}.service")
        head = self._shown(_head(program))
        pid = whole(service.get("MainPID"))
        began = _time(service.get("ExecMainStartTimestamp"))
        return State(
            name=program.name,
            loaded=head.get("ActiveState") in ("active", "activating", "reloading"),
            pid=pid or None,
            last_exit=whole(service.get("ExecMainStatus")) if began and not pid else None,
            last_ran=began,
        )

    def _shown(self, name: str) -> dict[str, str]:
        said = ask((*SYSTEMCTL, "show", "--timestamp=unix", f"--property={SHOWN}", name)).stdout
        return {key: value for key, _, value in (line.partition("=") for line in said.splitlines())}


def _head(program: Program) -> str:
    """The unit that is enabled and started: the timer where there is one."""
    return f"musings-{program.name}" + (".service" if program.every_minutes is None else ".timer")


def _time(text: str | None) -> datetime | None:
    """``@1767803000``, as ``--timestamp=unix`` writes it."""
    seconds = whole((text or "").removeprefix("@"))
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
