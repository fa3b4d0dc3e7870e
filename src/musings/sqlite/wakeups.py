"""Who waits for a change is woken at the commit, in whatever process it waits. Polling finds what this does not tell.

Each process that waits has a datagram socket in a folder beside the database, ``musings.db.wake``. Who has committed
sends an empty datagram to each: it says nothing but that it is time to look. It is a help and no more: rows of other
programs come without it, so do those of another user (the folder is the owner's alone), and where no socket can be
made, on some network disks or below a path that is too long for one, everybody polls as before.
"""

import contextlib
import os
import socket
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

LONGEST = 103
"""Bytes of a socket's path: 104 on macOS and 108 on Linux, with a zero at the end (``sun_path``, unix(7))."""
MOST = 64
"""Sockets that are told: more are leftovers of processes that were killed, and are taken away bit by bit."""
Wake = Callable[[], None]


class Wakeups:
    """The wake-ups of one database in one process. Safe from any thread."""

    def __init__(self, database: Path) -> None:
        self._folder = database.with_name(database.name + ".wake")
        self._lock = threading.Lock()
        self._wakes: dict[object, tuple[Wake, bool]] = {}
        self._mine: socket.socket | None = None
        self._name: str | None = None
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def expect(self, who: object, wake: Wake, *, of_ours: bool) -> None:
        """Call ``wake`` when another process has committed, and with ``of_ours`` when this one has."""
        with self._lock:
            self._wakes[who] = (wake, of_ours)
            if self._thread is None and not self._is_closed:
                self._listen()

    def committed(self) -> None:
        """Wake everybody. Raises nothing, and takes microseconds where nobody waits."""
        with self._lock:
            wakes = [wake for wake, of_ours in self._wakes.values() if of_ours]
        for wake in wakes:
            wake()
        try:
            names = [each.name for each in self._folder.iterdir()]
        except OSError:
            return  # nobody waits
        others = [name for name in names if name != self._name][:MOST]
        if others:
            with contextlib.suppress(OSError), _addresses(self._folder) as at, _datagrams() as out:
                for name in others:
                    self._tell(out, at(name), name)

    def close(self) -> None:
        """Listen no more, and leave nothing behind."""
        with self._lock:
            self._is_closed = True
            self._wakes.clear()
            mine, thread, self._thread = self._mine, self._thread, None
        if mine is None or thread is None or self._name is None:
            return
        with contextlib.suppress(OSError), _addresses(self._folder) as at, _datagrams() as out:
            out.sendto(b"", at(self._name))  # ends the wait of the thread
        with contextlib.suppress(OSError):
            (self._folder / self._name).unlink()
        if thread is not threading.current_thread():
            thread.join(1)
        mine.close()
        with contextlib.suppress(OSError):
            self._folder.rmdir()  # stays while others listen

    def _listen(self) -> None:
        name = uuid.uuid4().hex[:8]
        mine = None
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            mine = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            with _addresses(self._folder) as at:
                mine.bind(at(name))
        except OSError:
            if mine is not None:
                mine.close()
            return
        self._mine, self._name = mine, name
        self._thread = threading.Thread(target=self._hear, args=(mine,), daemon=True, name="wake-ups")
        self._thread.start()

    def _hear(self, mine: socket.socket) -> None:
        while True:
            try:
                mine.recv(1)
            except OSError:
                return
            with self._lock:
                if self._is_closed:
                    return
                wakes = [wake for wake, _ in self._wakes.values()]
            for wake in wakes:
                wake()

    def _tell(self, out: socket.socket, address: str, name: str) -> None:
        try:
            out.sendto(b"", address)
        except ConnectionRefusedError:  # its process was killed
            with contextlib.suppress(OSError):
                (self._folder / name).unlink()
        except OSError:
            return  # another user's, or one that has been told so often that it will look anyway


@contextlib.contextmanager
def _datagrams() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.setblocking(False)
        yield out


@contextlib.contextmanager
def _addresses(folder: Path) -> Iterator[Callable[[str], str]]:
    """Names of sockets in a folder, short enough for the system. Raises ``OSError`` where they cannot be."""
    plain = os.fspath(folder.absolute())
    if len(os.fsencode(plain)) + 9 <= LONGEST:
        yield lambda name: f"{plain}/{name}"
    elif sys.platform.startswith("linux"):
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield lambda name: f"/proc/self/fd/{held}/{name}"
        finally:
            os.close(held)
    else:
        raise OSError("the path is too long for a socket")
