"""Who runs: the worker, and the background service."""

import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

from musings.config.settings import Settings
from musings.doctor.findings import Finding, ok, warning
from musings.engine.registry import engine_of
from musings.errors import MusingsError
from musings.locate import CHECKOUT
from musings.service import control, unit
from musings.service.manager import State
from musings.sqlite.location import where
from musings.store.queue import schedule
from musings.store.queue.schedule import Schedule


def check(settings: Settings, _deep: bool) -> Iterator[Finding]:
    installed = yield from _service(settings)
    if engine_of(where(settings.database).open()).alive():
        yield ok("worker", "one is at work")
        return
    planned = _schedule(settings)
    if planned is not None and planned.is_kept:
        yield ok("worker", f"none runs now; {planned.in_words()}")
    elif planned is not None and planned.is_regular:
        mend = "Run `musings service status` and `musings service start`, or look at your cron."
        yield warning("worker", f"none runs, and {planned.in_words()}", mend)
    elif installed and settings.service.mode == "timer":
        yield ok("worker", f"none runs now; the service looks every {settings.service.interval_minutes} minutes")
    else:
        yield warning("worker", "none runs", "Start `musings up` or `musings worker`, or install the service.")


def _schedule(settings: Settings) -> Schedule | None:
    """What the runs of a schedule have written down; a database that is missing or does not serve is told elsewhere."""
    place = where(settings.database)
    if not place.exists():
        return None
    database = place.open()
    try:
        return database.reading(schedule.find)
    except MusingsError:
        return None
    finally:
        database.close()


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
