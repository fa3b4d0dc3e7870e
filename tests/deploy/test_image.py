"""The steps of the Dockerfile, run one after another in a folder that stands for the root of the image.

No daemon is needed. What is read from the Dockerfile is what runs: only its absolute paths are moved below the folder,
and the two programs that need root, ``useradd`` and ``chown``, are replaced by ones that do nothing.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.musings.makers.comfyui.graphs import painting

ROOT = Path(__file__).parents[2]
MOVED = re.compile(r"(?<![\w.$/])/(?=(?:venv|wheels|data|src|entrypoint\.sh)\b)")
SECONDS = 600


@dataclass
class Image:
    """What the Dockerfile made below ``root``, and how it is started."""

    root: Path
    environment: dict[str, str]
    folder: Path = field(default_factory=Path)
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)

    def build(self) -> None:
        """Every instruction in its order. An instruction that is not known here fails, so that none is passed over."""
        text = "\n".join(line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#"))
        for line in text.replace("\\\n", " ").splitlines():
            word, _, rest = line.partition(" ")
            if word:
                getattr(self, f"_{word.lower()}")(rest)

    def moved(self, text: str) -> str:
        return MOVED.sub(f"{self.root}/", text)

    def words(self, *command: str) -> list[str]:
        return [self.moved(word) for word in (*self.entrypoint, *(command or self.command))]

    def run(self, *command: str) -> str:
        ended = subprocess.run(
            self.words(*command), cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    @contextmanager
    def started(self, **environment: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
        """`docker run` without a command: the program, and what it said until it served."""
        said: list[str] = []
        with subprocess.Popen(
            self.words(), cwd=self.folder, env=self.environment | environment, stdout=subprocess.PIPE, text=True
        ) as program:
            try:
                assert program.stdout is not None
                for line in program.stdout:
                    said.append(line)
                    if "Musings is at" in line:
                        break
                yield program, said
            finally:
                program.send_signal(signal.SIGTERM)

    def _from(self, rest: str) -> None:
        assert rest.startswith("python:")
        self.folder = self.root

    def _env(self, rest: str) -> None:
        for name, _, value in (pair.partition("=") for pair in shlex.split(rest)):
            self.environment[name] = self.moved(value).replace("$PATH", self.environment["PATH"])

    def _workdir(self, rest: str) -> None:
        self.folder = Path(self.moved(rest))
        self.folder.mkdir(exist_ok=True)

    def _copy(self, rest: str) -> None:
        if rest.startswith("--from=build "):
            assert len(set(rest.split()[1:])) == 1, "both stages stand in one folder here"
            return
        *sources, target = rest.split()
        place = Path(self.moved(target)) if target.startswith("/") else self.folder / target
        for source in sources:
            if (ROOT / source).is_dir():
                ignored = shutil.ignore_patterns("node_modules", "__pycache__", "static", "*.db*")
                shutil.copytree(ROOT / source, place, ignore=ignored, dirs_exist_ok=True)
            else:
                shutil.copy(ROOT / source, place)

    def _run(self, rest: str) -> None:
        ended = subprocess.run(
            ["sh", "-c", self.moved(rest)],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        assert ended.returncode == 0, f"RUN {rest}\n{ended.stdout[-2000:]}\n{ended.stderr[-4000:]}"

    def _user(self, rest: str) -> None:
        assert rest == "musings"

    def _volume(self, rest: str) -> None:
        assert Path(self.moved(rest)).is_dir()

    def _expose(self, rest: str) -> None:
        assert rest == "8000"

    def _entrypoint(self, rest: str) -> None:
        self.entrypoint = json.loads(rest)

    def _cmd(self, rest: str) -> None:
        self.command = json.loads(rest)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    root = tmp_path_factory.mktemp("image")
    tools = root / "tools"
    tools.mkdir()
    for name in ("useradd", "chown"):
        (tools / name).write_text("#!/bin/sh\n")
        (tools / name).chmod(0o755)
    subprocess.run([sys.executable, "-m", "venv", root / "base"], check=True)
    home = root / "home"
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MUSINGS_", "VIRTUAL_ENV"))}
    found = Image(
        root, {**kept, "HOME": str(home), "PATH": f"{tools}:{root}/base/bin:{os.environ['PATH']}", "PYTHONPATH": ""}
    )
    found.build()
    return found


def test_run_serves_beyond_loopback_and_asks_who_calls(image: Image) -> None:
    """The whole of a first and of a second start, as `docker run -p` makes them."""
    with image.started(MUSINGS_SERVER__PORT="0") as (program, said):
        told = re.search(r"The password for the page is (\S+)\n.*shown this once", "".join(said))
        assert told is not None, said
        port = said[-1].partition("(")[0].strip().rpartition(":")[2]
        # Linux answers on all of 127.0.0.0/8, and who listens on 127.0.0.1 alone is not there on 127.0.0.2.
        with httpx.Client(base_url=f"http://127.0.0.2:{port}", timeout=30) as page:
            assert "<html" in page.get("/").text
            assert page.get("/api/prompts").status_code == 401
            assert page.post("/api/login", json={"password": "a guess of mine"}).status_code == 401
            assert page.post("/api/login", json={"password": told[1]}).status_code == 200
            assert page.get("/api/prompts").status_code == 200
    assert program.returncode == 0
    with image.started(MUSINGS_SERVER__PORT="0") as (program, said):
        assert "password" not in "".join(said)
    assert program.returncode == 0


def test_a_workflow_gets_into_the_volume(image: Image, tmp_path: Path) -> None:
    """As docs/service.md says: mounted beside, imported by the container."""
    (tmp_path / "fox.json").write_text(json.dumps(painting()))
    image.run("workflows", "import", str(tmp_path / "fox.json"))
    assert (image.root / "data" / "media" / "fox.json").is_file()
    assert "fox" in image.run("workflows", "list")


def test_what_is_asked_of_it_is_done(image: Image) -> None:
    asked = json.loads(image.run("submit", "--json", "--type", "image", "--", "a lamp at sea"))
    image.run("worker", "--drain")
    found = json.loads(image.run("show", "--json", str(asked["id"])))
    assert (found["status"], found["error_message"]) == ("completed", None)
    assert (image.root / "data" / "GeneratedMedia" / found["artifacts"][0]["file_path"]).is_file()
