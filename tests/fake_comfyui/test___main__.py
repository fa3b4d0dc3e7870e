"""The fake as a program: its options, its faults by name, and its end."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from fake_comfyui.__main__ import main
from fake_comfyui.faults import FAULTS
from fake_comfyui.server import FakeComfy
from musings.makers.comfyui.client import ComfyServer


def test_help_lists_every_fault(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    told = capsys.readouterr().out
    assert [name for name in FAULTS if name not in told] == []


def test_a_wrong_fault_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--fault", "oops"])
    assert caught.value.code == 2
    assert "no fault 'oops'" in capsys.readouterr().err


def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--port", str(taken.getsockname()[1])]) == 3
    assert "cannot listen" in capsys.readouterr().err


def test_the_program_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fake_comfyui", "--port", "0", "--root", str(tmp_path / "files")]
    with subprocess.Popen(
        [*command, "--fault", "nan", "--node-seconds", "0"], stdout=subprocess.PIPE, text=True
    ) as fake:
        assert fake.stdout is not None
        url = fake.stdout.readline().split()[3].rstrip(",")
        with ComfyServer(url) as server:
            assert server.version() == "0.8.0+fake"
        fake.send_signal(signal.SIGTERM)
        assert fake.wait(10) == 0


def test_the_version_to_speak_as_is_an_option(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version-like", "0.7"])
    assert ended.value.code == 2
    with FakeComfy(root=tmp_path, like="0.33") as recent, ComfyServer(recent.url) as server:
        assert server.version() == "0.33.0+fake"
