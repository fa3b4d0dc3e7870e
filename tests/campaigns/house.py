"""A whole installation in a folder of its own: the API, the worker and a fake ComfyUI, each a real process."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

import musings
from tests.musings.makers.comfyui.graphs import painting
from tests.paths import ROOT
from tests.ports import free_port


@dataclass
class Program:
    """A program that is killed and started again. ``ready`` says whether it works."""

    name: str
    words: tuple[str, ...]
    folder: Path
    ready: Callable[["Program"], bool]
    starts: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self.process.pid if self.process is not None else 0

    def start(self) -> None:
        self.starts += 1
        log = (self.folder / f"{self.name}.txt").open("ab")
        with log:
            self.process = subprocess.Popen(
                (sys.executable, *self.words), cwd=self.folder, env=self.environment(), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log,
            )  # fmt: skip

    def environment(self) -> dict[str, str]:
        """Nothing of ours but where the source is: settings of whoever runs this must not count."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        source = Path(musings.__file__).parents[1]
        return {**kept, "HOME": str(self.folder), "PYTHONPATH": f"{source}{os.pathsep}{ROOT}"}

    def kill(self) -> None:
        """SIGKILL, and nothing else: nobody has the time to say anything."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def until_ready(self, seconds: float, going_on: Callable[[], bool] = lambda: True) -> float | None:
        """Seconds until it works; None when it did not, or nobody waits any more."""
        began = time.monotonic()
        while time.monotonic() - began < seconds and going_on():
            with contextlib.suppress(OSError, httpx.HTTPError, sqlite3.Error):
                if self.ready(self):
                    return time.monotonic() - began
            if self.process is not None and self.process.poll() is not None:
                self.start()  # refused by a lock that was not free yet, or by a port
            time.sleep(0.02)
        return None


@dataclass
class House:
    """``folder`` holds everything: configuration, database, media and what the programs print. ``more`` are sections of
    the configuration.
    """

    folder: Path
    more: Mapping[str, object] = field(default_factory=dict)
    api: Program = field(init=False)
    worker: Program = field(init=False)
    server: Program = field(init=False)

    def __post_init__(self) -> None:
        port, server = free_port(), free_port()
        self.url, self.server_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{server}"
        (self.folder / "media").mkdir(parents=True)
        (self.folder / "media" / "image_workflow.json").write_text(json.dumps(painting(steps=4)))
        config = {
            "server": {"port": port},
            "processing": {"backoff_seconds": 0.2, "shutdown_seconds": 5},
            "media": {
                "comfyui": {"host": self.server_url},
                "scripts": {"image": "media/image_workflow.json"},
                "retention": {"min_free_gigabytes": 0},
            },
            **self.more,
        }
        file = self.folder / "poets_cron_config.json"
        file.write_text(json.dumps(config))
        words = ("-m", "musings")
        self.api = Program("api", (*words, "serve", "--config", str(file)), self.folder, self._api_answers)
        self.worker = Program("worker", (*words, "worker", "--config", str(file)), self.folder, self._worker_works)
        fake = (
            *("-m", "fake_comfyui", "--port", str(server), "--root", str(self.folder / "comfyui")),
            *("--artist", "plain", "--node-seconds", "0.01", "--step-seconds", "0.02"),
        )
        self.server = Program("server", fake, self.folder, self._server_has_work)

    @property
    def programs(self) -> tuple[Program, ...]:
        return (self.api, self.worker, self.server)

    @property
    def database(self) -> Path:
        return self.folder / "musings.db"

    @property
    def media_root(self) -> Path:
        return self.folder / "GeneratedMedia"

    @contextlib.contextmanager
    def open(self) -> Iterator["House"]:
        """With everything started; whatever happens, nothing of it runs afterwards."""
        try:
            for program in self.programs:
                program.start()
            for program in (self.api, self.worker):
                if program.until_ready(60) is None:
                    raise RuntimeError(f"{program.name} did not start: see {self.folder}")
            yield self
        finally:
            children = self.children()
            for program in self.programs:
                program.kill()
            for child in children:
                with contextlib.suppress(psutil.Error):
                    child.kill()

    def children(self) -> list[psutil.Process]:
        """What the worker has started."""
        try:
            return psutil.Process(self.worker.pid).children(recursive=True) if self.worker.pid else []
        except psutil.Error:
            return []

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """The rows of a query, as another program would read them."""
        address = f"file:{self.database}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=30)) as connection:
            return list(connection.execute(query))

    def _api_answers(self, _program: Program) -> bool:
        return httpx.get(f"{self.url}/healthz", timeout=1).status_code == 200

    def _worker_works(self, program: Program) -> bool:
        return any(str(row[0]).startswith(f"{program.pid}:") for row in self.rows("SELECT process FROM workers"))

    def _server_has_work(self, _program: Program) -> bool:
        queue = httpx.get(f"{self.server_url}/queue", timeout=1).json()
        return bool(queue["queue_running"] or httpx.get(f"{self.server_url}/history", timeout=1).json())
