"""The queue and the API in the background: launchd agents on macOS, systemd user units elsewhere.

install writes the units and starts them, uninstall takes them away again; start, stop, restart, status and logs do
what they say. The section `service` of the configuration says what runs.
"""

import argparse
import http.client
import os
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from musings.commands import logs
from musings.commands.opening import open_database, report, say, settings_for, show_warnings
from musings.config.settings import Settings, is_loopback
from musings.config.sources import NOT_SETTINGS, PREFIX
from musings.engine.liveness import is_alive
from musings.errors import MusingsError
from musings.locate import CHECKOUT
from musings.makers.choice import Makers
from musings.service import control, unit
from musings.service.manager import Manager, State
from musings.sqlite.location import where
from musings.store import times
from musings.store.gallery import recent
from musings.store.queue import schedule
from musings.views import present

ACTIONS = ("install", "uninstall", "start", "stop", "restart", "status", "logs")

NOT_INSTALLED = "not installed for these settings; `musings service install` does it."
SAID = {"start": "Started.", "stop": "Stopped, until the next start or login.", "restart": "Restarted."}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=ACTIONS, metavar="ACTION", help=", ".join(ACTIONS))
    parser.add_argument("--json", action="store_true", help="with status")
    parser.add_argument("--lines", type=int, default=40, metavar="N", help="with logs: how many of each")
    parser.add_argument("--follow", action="store_true", help="with logs: go on until Ctrl-C")


def run(arguments: argparse.Namespace) -> int:
    if arguments.action == "logs":
        arguments.prompt = None
        return logs.run(arguments)
    settings = settings_for(arguments)
    show_warnings(settings)
    manager = control.manager_for(sys.platform, os.environ, os.getuid())
    if arguments.action == "uninstall":
        _tell(control.uninstall(manager), "The service is gone; the database, the media and the logs stay.")
        _note_schedule(settings, begins=False)
        return 0
    programs = unit.programs(settings, Path(sys.executable), Path(CHECKOUT))
    if arguments.action == "install":
        _install(settings, manager, programs)
    elif arguments.action == "status":
        _status(settings, manager, programs, arguments)
    else:
        if arguments.action in ("stop", "restart"):
            control.stop(manager, programs)
            _note_schedule(settings, begins=False)
        if arguments.action in ("start", "restart"):
            control.start(manager, programs)
            _note_schedule(settings, begins=True)
        say(SAID[arguments.action])
    return 0


def _install(settings: Settings, manager: Manager, programs: tuple[unit.Program, ...]) -> None:
    with open_database(settings):
        pass  # adopted now, where somebody reads the words, and not in the background
    _tell(control.install(manager, programs), f"The service is installed and started: {_about(settings)}.")
    _note_schedule(settings, begins=True)
    alone = [n for n in sorted(os.environ) if n.startswith(PREFIX) and not n.startswith(NOT_SETTINGS)]
    if alone:
        say(f"Set in this shell only, and not known to the service: {', '.join(alone)}. Put them into .env.")
    if manager.name == "systemd":
        say("It runs while you are logged in; `loginctl enable-linger` keeps it running after that.")


def _note_schedule(settings: Settings, *, begins: bool) -> None:
    """Have the database know that a schedule works on the queue, or that it does no more."""
    if not where(settings.database).exists():
        return
    try:
        with open_database(settings) as database:
            if begins and settings.service.mode == "timer":
                database.writing(schedule.install, settings.service.interval_minutes)
            else:
                database.writing(schedule.forget)
    except MusingsError as error:  # the units are what counts; the runs will write it down themselves
        say(f"The page will not know of this at once: {error.explained}")


def _tell(change: control.Change, done: str) -> None:
    for file in change.kept:
        say(f"A unit of another program was in the way; it was stopped and kept as {file}")
    for file in change.removed:
        say(f"removed {file}")
    for file in change.written:
        say(f"written {file}")
    say(done)


def _status(
    settings: Settings, manager: Manager, programs: tuple[unit.Program, ...], arguments: argparse.Namespace
) -> None:
    states = control.states(manager, programs)
    answers = _answers(settings) if settings.service.api else None
    work = _work(settings)
    document = {
        "installed": bool(states),
        "manager": manager.name,
        "programs": [vars(state) for state in states],
        "answers": answers,
        **work,
    }
    about = f"installed ({manager.name}): {_about(settings)}." if states else NOT_INSTALLED

    def lines() -> Iterator[str]:
        yield f"The service is {about}"
        for program, state in zip(programs, states, strict=False):
            yield f"  {program.name}: {state_in_words(program, state, times.now())}"
        if answers is not None:
            yield f"  The API {'answers' if answers else 'does not answer'} at {_address(settings)}."
        yield work.get("error") or _work_in_words(work)

    report(arguments, lambda: document, lines())


def state_in_words(program: unit.Program, state: State, now: datetime) -> str:
    """How a program stands, for a person."""
    ran = f"last started {_ago(now - state.last_ran)} ago" if state.last_ran else "never ran yet"
    ended = {None: "", 0: ", ended well", 75: ", found another worker at work"}.get(
        state.last_exit, f", ended with exit code {state.last_exit}"
    )
    if state.pid is not None:
        return f"at work (process {state.pid}), {ran}"
    if not state.loaded:
        return f"stopped ({ran}{ended}); `musings service start` starts it"
    if program.every_minutes is not None:
        return f"runs every {program.every_minutes} minutes; {ran}{ended}"
    return f"down ({ran}{ended}); it is started again by itself, `musings service logs` tells why it fell"


def _about(settings: Settings) -> str:
    service = settings.service
    queue = f"the queue every {service.interval_minutes} minutes" if service.mode == "timer" else "a worker that stays"
    return f"{queue}, media prompts included" + (f", and the API at {_address(settings)}" if service.api else "")


def _work(settings: Settings) -> dict[str, Any]:
    """What was done and what waits, or why nobody can tell."""
    try:
        with open_database(settings) as database:
            done = database.reading(recent.finished_since, times.now() - timedelta(hours=24))
            stats = present.queue_stats(database, Makers(), is_alive)
    except MusingsError as error:
        return {"error": error.explained}
    waiting = {kind: counts["pending"] for kind, counts in stats.by_kind.items() if counts.get("pending")}
    return {
        "completed": done.completed,
        "failed": done.failed,
        "last_finished": done.last,
        "waiting": waiting,
        "oldest_waiting_seconds": stats.oldest_pending_seconds,
        "running": len(stats.running),
        "paused": stats.paused,
        "worker": stats.worker.message if stats.worker else None,
    }


def _work_in_words(work: dict[str, Any]) -> str:
    failed = f", {work['failed']} failed" if work["failed"] else ""
    last = work["last_finished"]
    ended = f" (the last ended {_ago(times.now() - last)} ago)" if last else ""
    lines = [f"Last 24 hours: {_counted(work['completed'])} completed{failed}{ended}."]
    oldest = work["oldest_waiting_seconds"]
    age = f", the oldest for {_ago(timedelta(seconds=oldest))}" if work["waiting"] and oldest else ""
    lines.append(f"Now: {work['running']} running, {_counted(work['waiting'])} waiting{age}.")
    if work["worker"]:
        lines.append(f"{work['worker'][0].upper()}{work['worker'][1:]}.")
    if work["paused"]:
        lines.append("The queue is paused: nothing new starts until `musings resume`.")
    return "\n".join(lines)


def _counted(by_kind: dict[str, int]) -> str:
    parts = ", ".join(f"{count} {kind}" for kind, count in sorted(by_kind.items()))
    return f"{sum(by_kind.values())} ({parts})" if parts else "none"


def _ago(passed: timedelta) -> str:
    seconds = max(0, int(passed.total_seconds()))
    for size, name in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {name}"
    return f"{seconds} seconds"


def _address(settings: Settings) -> str:
    host = settings.server.host
    shown = host if is_loopback(host) else "127.0.0.1"
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{settings.server.port}"


def _answers(settings: Settings) -> bool:
    host = settings.server.host if is_loopback(settings.server.host) else "127.0.0.1"
    connection = http.client.HTTPConnection(host, settings.server.port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
