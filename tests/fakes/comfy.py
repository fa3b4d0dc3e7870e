"""A fake ComfyUI in a process of its own, to be killed and stopped for real; what it ran is in a file that stays."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import Any, Self

from fake_comfyui.nodes import NodeClass
from fake_comfyui.running import Pace
from fake_comfyui.server import FakeComfy
from musings.errors import MusingsError
from musings.makers.comfyui.client import ComfyServer
from tests.ports import free_port
from tests.waiting import until

ROOT = Path(__file__).parents[2]


class ComfyProcess:
    """``step_seconds`` is how long each sampler step takes; ``paid`` marks a node class as a partner's."""

    def __init__(self, folder: Path, *, step_seconds: float = 0.0, paid: str | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._said = {
            "port": free_port(),
            "root": str(folder / "files"),
            "executions": str(folder / "executions.txt"),
            "step": step_seconds,
            "paid": paid,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self._said['port']}"
        self.server = ComfyServer(self.url, look_seconds=1.0)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.server.close()

    def start(self, **changes: Any) -> None:
        """Start, or start again; returns when it answers."""
        self._said |= changes
        words = [sys.executable, "-m", "tests.fakes.comfy", json.dumps(self._said)]
        self._process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.DEVNULL)
        until(self._answers, 30)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """It hangs: connections are taken, and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    @property
    def executions(self) -> Counter[str]:
        """How often each job was begun, over all its lives."""
        path = Path(str(self._said["executions"]))
        return Counter(path.read_text().split() if path.exists() else [])

    @property
    def running(self) -> tuple[str, ...]:
        """The jobs that it runs now; none while it is away."""
        try:
            return self.server.queue().running
        except MusingsError:
            return ()

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        os.kill(self._process.pid, number)

    def _answers(self) -> bool:
        try:
            return self.server.queue_remaining() >= 0
        except MusingsError:
            return False


class _Written(Counter[str]):
    """A counter that writes down what it counts at once."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def __setitem__(self, key: str, value: int) -> None:
        with self._path.open("a") as file:
            file.write(f"{key}\n")
        super().__setitem__(key, value)


class _Paid(NodeClass):
    def info(self) -> dict[str, Any]:
        return {**super().info(), "api_node": True}


class _Fake(FakeComfy):
    paid: str | None = None

    def _known(self) -> dict[str, NodeClass]:
        known = super()._known()
        if self.paid is not None:
            found = known[self.paid]
            known[self.paid] = _Paid(**{each.name: getattr(found, each.name) for each in fields(found)})
        return known


def main(said: dict[str, Any]) -> None:
    fake = _Fake(port=said["port"], root=Path(said["root"]), pace=Pace(step=said["step"]))
    fake.paid = said["paid"]
    fake.counts.executions = _Written(Path(said["executions"]))
    fake.serve()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
