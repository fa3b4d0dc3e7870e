"""``musings up`` as a person starts it: the real program with its real API and its real worker."""

import re
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from musings.process import alive, identity
from tests.musings.command_line import Run, running
from tests.waiting import until

SECONDS = 60.0
ADDRESS = re.compile(r"Musings is at (http://127\.0\.0\.1:\d+) ")


@dataclass
class House:
    program: subprocess.Popen[str]
    http: httpx.Client
    said: list[str]

    def ready(self) -> bool:
        return self.http.get("/readyz").status_code == 200

    def worker(self) -> int:
        """The process of the worker that is at work."""
        until(self.ready, SECONDS)
        found: dict[str, Any] = self.http.get("/api/queue/stats").json()["worker"]
        return int(found["pid"])

    def children(self) -> set[int]:
        listed = subprocess.run(("ps", "-ax", "-o", "pid=,ppid="), capture_output=True, text=True, check=True).stdout
        pairs = (line.split() for line in listed.splitlines())
        return {int(pid) for pid, parent in pairs if int(parent) == self.program.pid}

    def read_until(self, words: str) -> str:
        assert self.program.stdout is not None
        for line in self.program.stdout:
            self.said.append(line)
            if words in line:
                return line
        raise AssertionError(f"it ended before it said {words!r}:\n{''.join(self.said)}")

    def rest(self) -> str:
        """Everything that it says to its end."""
        out, _ = self.program.communicate(timeout=SECONDS)
        return "".join(self.said) + out


@contextmanager
def up(config: Path) -> Iterator[House]:
    with running(config, "up", "--port", "0") as program:
        house = House(program, httpx.Client(timeout=SECONDS), [])
        line = house.read_until("Musings is at")
        found = ADDRESS.match(line)
        assert found, line
        house.http.base_url = found[1]
        try:
            with house.http:
                yield house
        finally:
            if program.poll() is None:
                program.terminate()
                house.rest()


def test_prompts_of_each_kind_are_made_and_kept(config: Path) -> None:
    wanted: list[dict[str, Any]] = [
        {"prompt_type": "text"},
        {"prompt_type": "image", "parameters": {"width": 64, "height": 64}},
        {"prompt_type": "music", "parameters": {"duration": 20}},
        {"prompt_type": "voice"},
        {"prompt_type": "video", "parameters": {"width": 128, "height": 64, "duration": 1}},
    ]
    with up(config) as house:
        until(house.ready, SECONDS)
        for fields in wanted:
            assert (
                house.http.post("/api/prompts", json={"prompt_text": "a fox in the snow", **fields}).status_code == 201
            )
        until(lambda: not house.http.get("/api/prompts?status=pending,processing").json()["items"], SECONDS)
        made = house.http.get("/api/prompts").json()["items"]
        assert [(item["status"], item["error_message"]) for item in made] == [("completed", None)] * 5
        gallery = house.http.get("/api/artifacts").json()["items"]
        assert {item["kind"] for item in gallery} == {"text", "image", "music", "voice", "video"}
        for item in gallery:
            assert house.http.get(item["file_url"]).status_code == 200
            assert item["preview_url"] is None or house.http.get(item["preview_url"]).status_code == 200
        children = [identity(pid) for pid in house.children()]
        house.program.send_signal(signal.SIGINT)
        assert "Traceback" not in house.rest()
        assert house.program.returncode == 0
        assert not any(alive(child) for child in children)
    with up(config) as house:
        assert house.http.get("/api/artifacts").json()["items"] == gallery
        assert [item["status"] for item in house.http.get("/api/prompts").json()["items"]] == ["completed"] * 5


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_cleanly(config: Path, number: signal.Signals) -> None:
    with up(config) as house:
        house.worker()
        children = [identity(pid) for pid in house.children()]
        assert len(children) == 2
        with house.http.stream("GET", "/api/events") as stream:
            next(stream.iter_lines())
            house.program.send_signal(number)
            said = house.rest()
        assert house.program.returncode == 0
        assert "Traceback" not in said
        assert not any(alive(child) for child in children)


def test_a_second_signal_insists(config: Path) -> None:
    with up(config) as house:
        worker = house.worker()
        children = [identity(pid) for pid in house.children()]
        subprocess.run(("kill", "-STOP", str(worker)), check=True)
        house.program.send_signal(signal.SIGINT)
        until(lambda: len(house.children()) == 1, SECONDS)
        house.program.send_signal(signal.SIGINT)
        house.rest()
        assert house.program.returncode == 0
        assert not any(alive(child) for child in children)


def test_a_worker_or_an_api_that_dies_is_started_again(config: Path) -> None:
    with up(config) as house:
        worker = house.worker()
        subprocess.run(("kill", "-KILL", str(worker)), check=True)
        assert "is started again in 1 s" in house.read_until("The worker ended")
        again = house.worker()
        assert again != worker
        [api] = house.children() - {again}
        subprocess.run(("kill", "-KILL", str(api)), check=True)
        assert "is started again in 1 s" in house.read_until("The API ended with exit code -9")

        def answers() -> bool:
            try:
                return house.http.get("/healthz").status_code == 200
            except httpx.TransportError:
                return False

        until(answers, SECONDS)
        assert house.worker() == again
        house.program.terminate()
        house.rest()
        assert house.program.returncode == 0


def test_a_kill_of_up_leaves_nobody_behind(config: Path) -> None:
    """SIGKILL gives nobody the time to say so: its children see a pipe end, put their work back, and go."""
    with up(config) as house:
        worker = house.worker()
        house.http.post("/api/prompts", json={"prompt_text": "a river", "prompt_type": "voice"})
        children = [identity(pid) for pid in house.children()]
        assert len(children) == 2
        assert identity(worker) in children
        house.program.kill()
        until(lambda: not any(alive(child) for child in children), SECONDS)
        assert "Traceback" not in house.rest()
    with closing(sqlite3.connect(config.parent / "musings.db")) as connection:
        assert connection.execute("SELECT count(*) FROM workers").fetchone() == (0,), "it signed out"
        assert connection.execute("SELECT status FROM prompts").fetchone()[0] in ("pending", "completed")


def test_an_orphan_that_only_starts_goes_as_well(config: Path) -> None:
    with running(config, "up", "--port", "0") as program:
        house = House(program, httpx.Client(), [])
        until(house.children, SECONDS)
        children = [identity(pid) for pid in house.children()]
        program.kill()
        until(lambda: not any(alive(child) for child in children), SECONDS)


def test_the_worker_of_another_process_is_left_to_its_work(config: Path) -> None:
    with running(config, "worker") as other:
        until(lambda: (config.parent / "musings.db.lock").exists(), SECONDS)
        with up(config) as house:
            assert house.worker() == other.pid
            assert sum("Another worker serves this queue already" in line for line in house.said) == 1
            other.terminate()
            assert other.wait(SECONDS) == 0
            until(house.ready, SECONDS)
            assert house.worker() in house.children()


def test_a_port_that_is_taken(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for verb in ("up", "serve"):
            said = run(verb, "--port", str(taken.getsockname()[1]))
            assert (said.code, said.out) == (1, "")
            assert "Cannot listen on 127.0.0.1, port" in said.err
            assert "--port" in said.err


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "studio.example"])
def test_a_network_address_without_auth_is_refused(run: Run, host: str) -> None:
    for verb in ("up", "serve"):
        said = run(verb, "--host", host, "--port", "0")
        assert (said.code, said.out) == (2, "")
        assert "everybody on that network" in said.err
        assert "require_auth" in said.err


def test_a_database_that_does_not_serve(program: Run, config: Path) -> None:
    (config.parent / "musings.db").write_bytes(b"This is no database. " * 200)
    said = program("up", "--port", "0")
    assert said.code == 1
    assert "not an SQLite database" in said.err
    assert "The API ended with exit code 1." in said.err
    assert "Traceback" not in said.err
