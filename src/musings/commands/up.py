"""Everything on this machine: the API, the page and a worker. Ctrl-C stops them, and they stop when this dies."""

import argparse
import http.client
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

from musings.commands.opening import open_database, say, settings_for
from musings.commands.serve import listening_socket, refuse_open_door
from musings.config.settings import Settings
from musings.engine.registry import engine_of
from musings.errors import MusingsError, UnreachableError
from musings.process import Companion, Lifeline, spawn
from musings.sqlite.location import where

READY_SECONDS = 60.0
LOOK_SECONDS = 0.1
STOP_SECONDS = 15.0
SERVED_SECONDS = 1.0
RESTART_SECONDS = (1.0, 2.0, 5.0, 15.0, 30.0)
STEADY_SECONDS = 60.0
LOCKED = 75


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="the address to listen on")
    parser.add_argument("--port", type=int, help="the port to listen on; 0 takes a free one")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments, {"server.host": arguments.host, "server.port": arguments.port})
    if settings.needs_auth:
        with open_database(settings) as database:
            refuse_open_door(settings, database)
    with listening_socket(settings) as probe:  # says at once when the port is taken, and finds a free one for 0
        port = int(probe.getsockname()[1])
    supervisor = _Supervisor(settings, port)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, supervisor.note)
    return supervisor.run()


class _Supervisor:
    """The two programs and who watches them."""

    def __init__(self, settings: Settings, port: int) -> None:
        self._settings = settings
        self._port = port
        self._signals: list[int] = []
        self._lifeline = Lifeline()
        self._engine = engine_of(where(settings.database).open())

    def note(self, number: int, _frame: FrameType | None) -> None:
        """Only takes note: a handler runs between any two steps of the main thread, so no lock is safe in it."""
        self._signals.append(number)

    def run(self) -> int:
        words = ("serve", "--host", self._settings.server.host, "--port", str(self._port))
        api = _Kept("API", lambda: self._start(*words))
        worker = _Kept("worker", lambda: self._start("worker"), self._is_served)
        try:
            api.look()
            worker.look()
            if self._wait_until_ready(api.child):
                say(f"Musings is at {self._address}  (Ctrl-C stops it)")
                sys.stdout.flush()
            while not self._signals:
                time.sleep(LOOK_SECONDS)
                api.look()
                worker.look()
        finally:
            self._end([worker.child, api.child])
        return 0

    def _is_served(self) -> bool:
        """Whether another process works on this queue."""
        return self._engine.alive()

    def _end(self, children: list[Companion | None]) -> None:
        """Ask all to stop, wait, and insist when it takes too long or somebody asks again."""
        living = [child for child in children if child is not None and child.poll() is None]
        for child in living:
            child.terminate()
        asked = len(self._signals)
        deadline = time.monotonic() + self._settings.processing.shutdown_seconds + STOP_SECONDS
        while living := [child for child in living if child.poll() is None]:
            if time.monotonic() > deadline or len(self._signals) > asked:
                for child in living:
                    child.kill()
            time.sleep(LOOK_SECONDS / 2)

    @property
    def _address(self) -> str:
        host = self._settings.server.host
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
        return f"http://{shown}:{self._port}"

    def _start(self, verb: str, *words: str) -> Companion:
        config = ("--config", str(self._settings.file)) if self._settings.file else ()
        return spawn((sys.executable, "-m", "musings", verb, *config, *words), lifeline=self._lifeline)

    def _wait_until_ready(self, api: Companion | None) -> bool:
        deadline = time.monotonic() + READY_SECONDS
        while not self._signals:
            time.sleep(LOOK_SECONDS / 2)
            # At the start that is a fault of the installation, and no restart mends it.
            if api is not None and api.poll() is not None:
                raise MusingsError(f"The API ended with exit code {api.returncode}.", hint="Its words are above.")
            if self._answers():
                return True
            if time.monotonic() > deadline:
                raise UnreachableError(f"The API did not answer within {READY_SECONDS:.0f} s.", hint="Look at its log.")
        return False

    def _answers(self) -> bool:
        host = self._address.removeprefix("http://").rpartition(":")[0].strip("[]")
        connection = http.client.HTTPConnection(host, self._port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


class _Kept:
    """A program that is started again when it dies, more slowly each time.

    It is not started while another process does its work, and is when that one ends.
    """

    def __init__(
        self, name: str, start: Callable[[], Companion], is_served: Callable[[], bool] = lambda: False
    ) -> None:
        self._name = name
        self._start = start
        self._is_served = is_served
        self._told = False
        self._falls = 0
        self._began = 0.0
        self._again_at = 0.0
        self.child: Companion | None = None

    def look(self) -> None:
        """Start it if it should run and does not. To be called again and again."""
        if self.child is not None and self.child.poll() is not None:
            code, self.child = self.child.returncode, None
            self._fell(code)
        if self.child is None and time.monotonic() >= self._again_at:
            self._try()

    def _try(self) -> None:
        if self._is_served():
            if not self._told:
                say("Another worker serves this queue already; ours starts when it ends.")
            self._told, self._again_at = True, time.monotonic() + SERVED_SECONDS
            return
        self._told, self._began = False, time.monotonic()
        self.child = self._start()

    def _fell(self, code: int) -> None:
        if code == LOCKED:  # the other one was quicker
            self._again_at = 0.0
            return
        self._falls = 0 if time.monotonic() - self._began > STEADY_SECONDS else self._falls + 1
        wait = RESTART_SECONDS[min(self._falls, len(RESTART_SECONDS)) - 1]
        say(f"The {self._name} ended with exit code {code}; it is started again in {wait:g} s.")
        self._again_at = time.monotonic() + wait
