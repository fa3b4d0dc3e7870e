"""The command line as a person types it: in this process where that shows the same, as a program where it does not."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import musings
from musings import cli
from musings.config.settings import load
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store.database import Database

SECONDS = 60


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration; everything it names is in the folder of the test."""
    file = tmp_path / "poets_cron_config.json"
    file.write_text('{"server": {"port": 0}, "processing": {"shutdown_seconds": 1, "backoff_seconds": 0.01}}')
    return file


@pytest.fixture
def database(config: Path) -> Iterator[Database]:
    opened = open_database(load(config, {}, config.parent).database.path)
    schema.ensure(opened)
    yield opened
    opened.close()


@pytest.fixture
def run(config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """``musings`` in this process."""

    def main(*words: str) -> Said:
        monkeypatch.chdir(config.parent)
        try:
            code = cli.main(words)
        except SystemExit as end:  # argparse, after --help
            code = int(end.code or 0)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return main


def environment(home: Path, **more: str) -> dict[str, str]:
    """The little that a program needs, and nothing of the developer's own settings."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "HOME": str(home), "PYTHONPATH": str(Path(musings.__file__).parents[1]), **more}


def command(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "musings", *words)


@pytest.fixture
def program(config: Path) -> Run:
    """``musings`` as a program of its own."""

    def ended(*words: str, stdin: bytes = b"", **more: str) -> Said:
        done = subprocess.run(
            command(*words),
            input=stdin,
            capture_output=True,
            timeout=SECONDS,
            cwd=config.parent,
            env=environment(config.parent, **more),
            check=False,
        )
        return Said(done.returncode, done.stdout.decode(), done.stderr.decode())

    return ended


@contextmanager
def running(config: Path, *words: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """``musings`` as a program that goes on; whatever becomes of the test, it is gone at the end."""
    child = subprocess.Popen(
        command(*words), cwd=config.parent, env=environment(config.parent, PYTHONUNBUFFERED="1", **more),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        yield child
    finally:
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()
