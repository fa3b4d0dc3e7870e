"""Who runs: the worker, and the background service."""

import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

from musings.config import Settings
from musings.doctor.findings import Finding, ok, warning
from musings.due import runner_is_alive
from musings.errors import MusingsError
from musings.locate import CHECKOUT, lock_path
from musings.service import control, unit
from musings.service.manager import State


def check(settings: Settings, _deep: bool) -> Iterator[Finding]:
    installed = yield from _service(settings)
    if runner_is_alive(lock_path(os.fspath(settings.database.path))):
        yield ok("worker", "one is at work")
    elif installed and settings.service.mode == "timer":
        yield ok("worker", f"none runs now; the service looks every {settings.service.interval_minutes} minutes")
    else:
        yield warning("worker", "none runs", "Start `musings up` or `musings worker`, or install the service.")


def _service(settings: Settings) -> Generator[Finding, None, bool]:
    """Yields findings; returns whether the service is installed for these settings."""
    try:
        manager = control.manager_for(sys.platform, os.environ, os.getuid())
        programs = unit.programs(settings, Path(sys.executable), Path(CHECKOUT))
        states = control.states(manager, programs)
    except (MusingsError, OSError) as error:
        yield ok("service", f"not looked at: {error}")
        return False
    if not states:
        yield ok("service", "is not installed; `musings service install` would run the queue in the background")
        return False
    for state in states:
        yield _about(state)
    return True


def _about(state: State) -> Finding:
    name = f"service {state.name}"
    if not state.loaded:
        return warning(name, "is installed and not loaded", "Run `musings service start`.")
    if state.last_exit not in (None, 0, 75):
        return warning(name, f"ended with exit code {state.last_exit} the last time", "Run `musings service logs`.")
    return ok(name, f"runs (process {state.pid})" if state.pid else "waits for its time")
