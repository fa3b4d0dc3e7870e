"""The programs themselves: what they cost while nothing happens, and what the front door costs."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.figures import Figure, median, milliseconds, timed
from benchmarks.throughput import opened

HOUSE = Path(__file__).parents[1]
DOOR = HOUSE / "poets-service-clean" / "poets_cron_service_v3.py"
STARTS = 21
IDLE_SECONDS = 15.0
READY_SECONDS = 60.0


def measure(folder: Path) -> Iterator[Figure]:
    yield from front_door(folder / "door")
    yield from idle(folder / "idle")


def front_door(folder: Path) -> Iterator[Figure]:
    """The whole process of `--queue` on an empty queue."""
    with opened(folder) as (settings, _):
        environment = {**os.environ, "MUSINGS_CONFIG": str(settings.file)}
        bare = median(timed(lambda: run(["-c", "import sqlite3, argparse"], environment), STARTS))
        door = median(timed(lambda: run([str(DOOR), "--queue"], environment), STARTS))
    yield Figure('python -c "import sqlite3, argparse"', milliseconds(bare))
    yield Figure("--queue on an empty queue, the whole process", milliseconds(door), "that", door / bare)


def run(words: Sequence[str], environment: Mapping[str, str]) -> None:
    subprocess.run([sys.executable, *words], env=environment, check=True, stdout=subprocess.DEVNULL)


def idle(folder: Path) -> Iterator[Figure]:
    """Memory and CPU of an API and a worker that have nothing to do."""
    with opened(folder) as (settings, _):
        config = settings.file
        assert config is not None
        with api(config) as (server, _), program(config, "worker") as worker:
            time.sleep(3)
            before = {child.pid: cpu_seconds(child.pid) for child in (server, worker)}
            time.sleep(IDLE_SECONDS)
            for name, child in (("serve", server), ("worker", worker)):
                share = (cpu_seconds(child.pid) - before[child.pid]) / IDLE_SECONDS
                yield Figure(f"idle {name}, memory", f"{memory_megabytes(child.pid):.0f} MB")
                yield Figure(f"idle {name}, CPU", f"{share * 100:.2f} %")


@contextmanager
def program(config: Path, verb: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "musings", verb, "--config", str(config), *words]
    environment = {**os.environ, "PYTHONPATH": str(HOUSE / "src")}
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield child
    finally:
        child.terminate()
        child.wait()


@contextmanager
def api(config: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The API on a free port, when it answers, with its address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with program(config, "serve", "--port", str(port)) as child:
        deadline = time.monotonic() + READY_SECONDS
        while not answers(address):
            if child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the API does not answer")
            time.sleep(0.05)
        yield child, address


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far (`ps` knows on every system we run on, in hundredths at best)."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    said = subprocess.run(["ps", "-o", "time=", "-p", str(pid)], capture_output=True, text=True, check=True).stdout
    return sum(float(part) * 60.0**power for power, part in enumerate(reversed(said.strip().split(":"))))


def memory_megabytes(pid: int) -> float:
    said = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True).stdout
    return int(said) / 1024
