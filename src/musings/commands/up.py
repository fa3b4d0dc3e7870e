"""Everything on this machine: the API, the page and a worker. Ctrl-C stops them."""

import argparse
import contextlib
import http.client
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

from musings.commands.opening import say, settings_for
from musings.commands.serve import listening_socket, refuse_open_door
from musings.config import Settings
from musings.errors import MusingsError, UnreachableError
from musings.process import spawn

READY_SECONDS = 60.0
LOOK_SECONDS = 0.1
RESTART_SECONDS = (1.0, 2.0, 5.0, 15.0, 30.0)
STEADY_SECONDS = 60.0
LOCKED = 75


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="the address to listen on")
    parser.add_argument("--port", type=int, help="the port to listen on; 0 takes a free one")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments, {"server.host": arguments.host, "server.port": arguments.port})
    refuse_open_door(settings)
    with listening_socket(settings) as probe:  # says at once when the port is taken, and finds a free one for 0
        port = int(probe.getsockname()[1])
    house = _House(settings, port)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, house.stop)
    return house.run()


class _House:
    """The two programs and who watches them."""

    def __init__(self, settings: Settings, port: int) -> None:
        self._settings = settings
        self._port = port
        self._stopping = threading.Event()
        self._signal = 0

    def stop(self, number: int, _frame: FrameType | None) -> None:
        self._signal = number
        self._stopping.set()

    def run(self) -> int:
        api = self._start("serve", "--host", self._settings.server.host, "--port", str(self._port))
        worker = _Kept(lambda: self._start("worker"))
        try:
            worker.start()
            if self._wait_until_ready(api):
                say(f"Musings is at {self._address}  (Ctrl-C stops it)")
                sys.stdout.flush()
            while not self._stopping.wait(LOOK_SECONDS):
                if api.poll() is not None:
                    raise MusingsError(f"The API ended with exit code {api.returncode}.", hint="Its log says why.")
                worker.look()
        finally:
            _end([worker.child, api], self._settings.processing.shutdown_seconds + 15)
        return 0 if self._signal in (signal.SIGTERM, signal.SIGINT) else 1

    @property
    def _address(self) -> str:
        host = self._settings.server.host
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
        return f"http://{shown}:{self._port}"

    def _start(self, verb: str, *words: str) -> subprocess.Popen[bytes]:
        config = ("--config", str(self._settings.file)) if self._settings.file else ()
        return spawn((sys.executable, "-m", "musings", verb, *config, *words))

    def _wait_until_ready(self, api: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + READY_SECONDS
        while not self._stopping.wait(LOOK_SECONDS / 2):
            if api.poll() is not None:
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
    """A program that is started again when it dies, more slowly each time."""

    def __init__(self, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        self._start = start
        self._falls = 0
        self._began = 0.0
        self._again_at: float | None = None
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._began = time.monotonic()
        self._again_at = None
        self.child = self._start()

    def look(self) -> None:
        if self._again_at is not None:
            if time.monotonic() >= self._again_at:
                self.start()
            return
        if self.child is None or self.child.poll() is None:
            return
        code, self.child = self.child.returncode, None
        if code == LOCKED:
            say("Another worker serves this queue already; it is left to do so.")
            return
        self._falls = 0 if time.monotonic() - self._began > STEADY_SECONDS else self._falls + 1
        wait = RESTART_SECONDS[min(self._falls, len(RESTART_SECONDS) - 1)]
        say(f"The worker ended with exit code {code}; it is started again in {wait:g} s.")
        self._again_at = time.monotonic() + wait


def _end(children: list[subprocess.Popen[bytes] | None], seconds: float) -> None:
    """Ask all to stop, wait, insist."""
    living = [child for child in children if child is not None and child.poll() is None]
    for child in living:
        child.terminate()
    deadline = time.monotonic() + seconds
    for child in living:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, deadline - time.monotonic()))
        if child.poll() is None:
            child.kill()
            child.wait()
