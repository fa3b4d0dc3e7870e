"""The command line as a person types it: in this process where that shows the same, as a program where it does not."""

import subprocess
from pathlib import Path

import pytest

from musings import cli
from tests.musings.command_line import SECONDS, Run, Said, command, environment


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration; everything it names is in the folder of the test."""
    file = tmp_path / "poets_cron_config.json"
    file.write_text('{"server": {"port": 0}, "processing": {"shutdown_seconds": 1, "backoff_seconds": 0.01}}')
    return file


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
