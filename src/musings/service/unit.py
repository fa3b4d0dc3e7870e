"""The programs of the service and the text of their units. Pure: settings in, text out.

Formats: launchd.plist(5); systemd.service(5), systemd.timer(5) and, for quoting, systemd.syntax(7).
"""

import plistlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from musings.config.settings import Settings
from musings.errors import UsageError

MARK = "Made by `musings service install`"
FRONT_DOOR = Path("poets-service-clean") / "poets_cron_service_v3.py"
STOP_SPARE_SECONDS = 30
RESTART_SECONDS = 15
QUEUE, WORKER, API = "queue", "worker", "api"
NAMES = (QUEUE, WORKER, API)
LABELS = {
    QUEUE: "com.anthonysmusings.poets-clean",
    WORKER: "com.anthonysmusings.poets-clean.worker",
    API: "com.anthonysmusings.poets-clean.api",
}
SEARCH_PATH = "/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"


@dataclass(frozen=True)
class Program:
    """One program of the service.

    ``every_minutes`` is None for one that stays. ``log`` takes its standard output and error. ``stop_seconds`` is how
    long it may take to end when asked.
    """

    name: str
    about: str
    words: tuple[str, ...]
    folder: Path
    config: Path
    log: Path
    every_minutes: int | None = None
    nice: int = 0
    stop_seconds: int = STOP_SPARE_SECONDS
    environment: Mapping[str, str] = field(default_factory=dict)


def programs(settings: Settings, python: Path, checkout: Path) -> tuple[Program, ...]:
    """What the settings ask for. ``checkout`` is where the owner's old front door may be; raises ``UsageError``."""
    if settings.file is None:
        raise UsageError(
            "The service needs a configuration file, so that it finds the same database wherever it is started.",
            hint="Write a poets_cron_config.json, {} is enough, and name it with --config.",
        )
    service, stop = settings.service, int(settings.processing.shutdown_seconds) + STOP_SPARE_SECONDS
    musings = (str(python), "-P", "-m", "musings")

    def program(name: str, about: str, words: tuple[str, ...], every: int | None, nice: int) -> Program:
        for text in (*words, str(settings.file), str(settings.logging.directory)):
            if not text.isprintable():
                raise UsageError(f"A unit cannot name {text!r}: it holds a line break or another control character.")
        return Program(
            name=name,
            about=about,
            words=words,
            folder=settings.folder,
            config=settings.file or settings.folder,
            log=settings.logging.directory / f"musings-service-{name}.log",
            every_minutes=every,
            nice=nice,
            stop_seconds=stop,
            environment={"MUSINGS_CONFIG": str(settings.file), "MUSINGS_UNIT": name},
        )

    if service.mode == "timer":
        door = checkout / FRONT_DOOR  # asks whether anything is due before it imports anything
        words = (str(python), str(door), "--queue") if door.is_file() else (*musings, "worker", "--drain")
        worker = program(QUEUE, "work through the queue", words, service.interval_minutes, 10)
    else:
        worker = program(WORKER, "work on prompts as they come", (*musings, "worker"), None, 10)
    if not service.api:
        return (worker,)
    return worker, program(API, "serve the API and the page", (*musings, "serve"), None, 0)


def mark(program: Program) -> str:
    """The words by which we know our own files, and whose they are. Two dashes would end an XML comment."""
    return f"{MARK} for {program.config}".replace("--", "- -")


def plist(program: Program) -> bytes:
    """The launchd agent."""
    keys: dict[str, object] = {
        "Label": LABELS[program.name],
        "ProgramArguments": list(program.words),
        "WorkingDirectory": str(program.folder),
        "EnvironmentVariables": {**program.environment, "PATH": SEARCH_PATH},
        "StandardOutPath": str(program.log),
        "StandardErrorPath": str(program.log),
        "RunAtLoad": True,
        "Nice": program.nice,
        "ExitTimeOut": program.stop_seconds,
    }
    if program.every_minutes is None:
        keys |= {"KeepAlive": {"SuccessfulExit": False}, "ThrottleInterval": RESTART_SECONDS}
    else:
        keys |= {"StartInterval": program.every_minutes * 60}
    head, doctype, rest = plistlib.dumps(keys, sort_keys=False).split(b"\n", 2)
    return b"\n".join((head, doctype, f"<!-- {mark(program)} -->".encode(), rest))


def systemd_units(program: Program) -> dict[str, str]:
    """The units by file name: a service, and a timer for a program that runs every so often."""
    name = f"musings-{program.name}"
    service = _service(program)
    if program.every_minutes is None:
        return {f"{name}.service": service + "\n[Install]\nWantedBy=default.target\n"}
    return {f"{name}.service": service, f"{name}.timer": _timer(program)}


def _service(program: Program) -> str:
    stays = program.every_minutes is None
    lines = [
        f"# {mark(program)}",
        "[Unit]",
        f"Description=Musings: {program.about}",
        *(["StartLimitIntervalSec=0"] if stays else []),
        "",
        "[Service]",
        f"Type={'exec' if stays else 'oneshot'}",
        "ExecStart=" + " ".join(_word(word) for word in program.words),
        f"WorkingDirectory={_path(program.folder)}",
        *(f"Environment={_assignment(key, value)}" for key, value in program.environment.items()),
        f"StandardOutput=append:{_path(program.log)}",
        f"StandardError=append:{_path(program.log)}",
        f"Nice={program.nice}",
        f"TimeoutStopSec={program.stop_seconds}",
        "KillMode=mixed",
        *(
            ["Restart=on-failure", f"RestartSec={RESTART_SECONDS}", "RestartPreventExitStatus=2"]
            if stays
            else ["SuccessExitStatus=75"]  # another worker is at it: that is fine
        ),
        "NoNewPrivileges=yes",
        "RestrictSUIDSGID=yes",
        "RestrictRealtime=yes",
        "LockPersonality=yes",
        "SystemCallArchitectures=native",
        "",
    ]
    return "\n".join(lines)


def _timer(program: Program) -> str:
    return "\n".join(
        [
            f"# {mark(program)}",
            "[Unit]",
            f"Description=Musings: {program.about}, every {program.every_minutes} minutes",
            "",
            "[Timer]",
            "OnStartupSec=1min",
            f"OnUnitActiveSec={program.every_minutes}min",
            "AccuracySec=10s",
            "",
            "[Install]",
            "WantedBy=timers.target",
            "",
        ]
    )


def _word(text: str) -> str:
    """A word of a command line: in quotes, no specifier, no variable."""
    return '"' + _escaped(text).replace("$", "$$") + '"'


def _assignment(key: str, value: str) -> str:
    return '"' + _escaped(f"{key}={value}") + '"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")


def _path(path: Path) -> str:
    """A path that stands alone to the end of its line, where quotes and spaces mean themselves."""
    return str(path).replace("%", "%%")
