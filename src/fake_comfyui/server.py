"""A fake ComfyUI that listens: start it, talk to it, switch its faults, kill and restart it."""

import asyncio
import logging
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Self

import uvicorn

from fake_comfyui.app import Site, build
from fake_comfyui.artist import Artist, PlainArtist
from fake_comfyui.dialect import DIALECTS, USUAL
from fake_comfyui.engine import Counts, FakeEngine
from fake_comfyui.faults import Switches
from fake_comfyui.folders import Folders
from fake_comfyui.nodes import NodeClass, classes
from fake_comfyui.running import Pace

MODELS = ("fake_image_v1.safetensors", "fake_music_v1.safetensors")
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
SOUNDS = (".flac", ".mp3", ".opus", ".wav", ".ogg")
START_SECONDS = 10.0
ACCEPTING_TURNS = 3  # of the loop: the transport is made in one, and is a connection in the next


class FakeComfy:
    """One server on ``host``, at ``port`` or at a free one when that is 0.

    ``root`` holds its files and is a temporary folder of its own when None. ``faults`` are words of
    :func:`fake_comfyui.faults.parse`, switched later through ``faults``. ``counts`` says what happened,
    across restarts too. ``like`` is the version to speak as, of :data:`DIALECTS`. ``more`` are node classes beside the
    usual ones, which give on what they are given. Use it in a ``with`` statement, or call :meth:`start` and
    :meth:`stop`.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        root: Path | None = None,
        faults: Iterable[str] = (),
        artist: Artist | None = None,
        pace: Pace | None = None,
        models: tuple[str, ...] = MODELS,
        like: str = USUAL,
        more: Iterable[NodeClass] = (),
    ) -> None:
        self.faults = Switches(faults)
        self.counts = Counts()
        self.pace = pace or Pace()
        self._host, self._port = host, port
        self._temporary = tempfile.TemporaryDirectory(prefix="fake-comfy-") if root is None else None
        self.root = Path(self._temporary.name) if self._temporary else Path(root or ".")
        self.folders = Folders(self.root)
        self._artist = artist or PlainArtist()
        self._models = models
        self._dialect = DIALECTS[like]
        self._more = {node.name: node for node in more}
        self._site: Site | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.RLock()
        self._is_stopped = True
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)

    @property
    def url(self) -> str:
        """Its address; known once it has started."""
        return f"http://{self._host}:{self._port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen. Returns when requests are answered. Raises ``OSError`` when the port is taken."""
        with self._lock:
            self._is_stopped = False
            if self.faults.take("slow-start"):
                time.sleep(self.pace.slow)
            listening = _listening(self._host, self._port)
            self._port = listening.getsockname()[1]
            self.folders.clean()
            self._site = Site(self._new_engine(), self.folders, self.pace, self._known, self._models, self._dialect)
            server = self._server = EndingServer(
                uvicorn.Config(
                    build(self._site),
                    log_config=None,
                    access_log=False,
                    lifespan="off",
                    http="h11",
                    ws="websockets-sansio",
                    ws_ping_interval=None,
                    ws_per_message_deflate=False,
                    timeout_keep_alive=75,
                )
            )
            self._thread = threading.Thread(target=server.run, args=([listening],), name="fake-comfy", daemon=True)
            self._thread.start()
            deadline = time.monotonic() + START_SECONDS
            while not server.started and time.monotonic() < deadline:
                time.sleep(0.005)

    def stop(self) -> None:
        """Close every connection and forget the queue, the history and the cache; the temporary folder
        goes too.
        """
        with self._lock:
            self._is_stopped = True
            self._end()
        if self._temporary is not None:
            self._temporary.cleanup()

    def restart(self) -> None:
        """Die and come back on the same port, with an empty memory and the same files."""
        with self._lock:
            if self._is_stopped:  # a job that brings it down may do so while it is stopped for good
                return
            self._end()
            self.counts.restarts += 1
            self.start()

    def reset(self) -> None:
        """Be as new without a restart: no jobs, no history, no files, no faults, no counts."""
        with self._lock:
            if self._site is not None:
                self._site.engine.close()  # first: a job that waits must not wake up in folders that are gone
            self.faults.off()
            vars(self.counts).update(vars(Counts()))
            vars(self.pace).update(vars(Pace()))
            shutil.rmtree(self.root, ignore_errors=True)
            self.folders = Folders(self.root)
            if self._site is not None:
                self._site.engine = self._new_engine()

    def serve(self, ready: Callable[[], None] = lambda: None) -> None:
        """Listen until SIGINT or SIGTERM; ``ready`` is called once requests are answered. Main thread only;
        :meth:`stop` is left to the caller.
        """
        self.start()
        done = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: done.set())
        ready()
        done.wait()

    def _end(self) -> None:
        with self._lock:
            if self._site is not None:
                self._site.engine.close()
            if self._server is not None and self._thread is not None:
                self._server.should_exit = True
                self._server.force_exit = True
                self._thread.join(START_SECONDS)

    def _new_engine(self) -> FakeEngine:
        return FakeEngine(
            self.folders,
            self._artist,
            self.faults,
            self.pace,
            self.counts,
            self._known,
            self._crash,
            self._dialect,
        )

    def _crash(self) -> None:
        threading.Thread(target=self.restart, name="fake-comfy-restart", daemon=True).start()

    def _known(self) -> dict[str, NodeClass]:
        pictures, sounds = self.folders.uploads(*PICTURES), self.folders.uploads(*SOUNDS)
        return {**classes(self._models, pictures, sounds, self._dialect), **self._more}


class EndingServer(uvicorn.Server):
    """One that lets go of who comes in while it ends.

    A connection that the loop has accepted when its server closes is on no list yet: its transport is made a turn
    later, fails on the server that is gone, and the socket stays open until the collector finds it.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As that of uvicorn, once nobody is between the door and the list of connections."""
        for listening in sockets or []:
            asyncio.get_running_loop().remove_reader(listening)  # the kernel resets who was not accepted by now
        for _ in range(ACCEPTING_TURNS):
            await asyncio.sleep(0)
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # a transport lets go of its socket one turn after it was closed


def _listening(host: str, port: int) -> socket.socket:
    """A bound socket that says it is TCP, or asyncio leaves Nagle's algorithm on: 40 ms for every answer."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    return listening
