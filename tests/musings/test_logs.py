"""Logs: one line each, findable by the prompt's id, rotated by size."""

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from musings import logs
from musings.config.operation import LoggingSettings
from musings.errors import StoreError
from tests.disks import fill, remount
from tests.musings.command_line import environment


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder for logs; the state of logging is put back afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    for handler in handlers:
        root.removeHandler(handler)
    yield tmp_path / "logs"
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)
    structlog.reset_defaults()


def written(folder: Path) -> list[str]:
    return (folder / "worker.log").read_text(encoding="utf-8").splitlines()


def test_a_line_for_people(folder: Path) -> None:
    logs.configure(LoggingSettings(directory=folder), "worker")
    logs.get("worker").bind(prompt=12).info("prompt completed", seconds=3.1, text="a fox")
    [line] = written(folder)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z info     prompt completed prompt=12 seconds=3\.1 text='a fox'", line)


def test_json_lines(folder: Path) -> None:
    logs.configure(LoggingSettings(directory=folder, json_lines=True), "worker")
    logs.get("worker").bind(prompt=12).info("done", path=folder, words="schön")
    try:
        int("x")
    except ValueError:
        logs.get("worker").exception("failed", prompt=13)
    logging.getLogger("uvicorn").warning("from %s", "elsewhere")
    first, second, third = map(json.loads, written(folder))
    assert (first["prompt"], first["event"], first["words"], first["path"]) == (12, "done", "schön", str(folder))
    assert (second["prompt"], second["exception"][0]["exc_type"]) == (13, "ValueError")
    assert (third["event"], third["level"]) == ("from elsewhere", "warning")


@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
@given(some.text(some.characters(exclude_categories=())), some.text(some.characters(exclude_categories=())))
@pytest.mark.parametrize("json_lines", [False, True])
def test_whatever_was_said_is_one_line_with_its_prompt(folder: Path, json_lines: bool, said: str, value: str) -> None:
    logs.configure(LoggingSettings(directory=folder, json_lines=json_lines), "worker")
    (folder / "worker.log").write_text("")
    logs.get("worker").bind(prompt=7).info(said, value=value)
    [line] = (folder / "worker.log").read_text(encoding="utf-8", errors="strict").split("\n")[:-1]
    assert "\x1b" not in line
    if json_lines:
        assert json.loads(line)["prompt"] == 7
    else:
        assert " prompt=7" in line


def test_rotation_by_size(folder: Path) -> None:
    logs.configure(LoggingSettings(directory=folder, max_megabytes=0.002, backups=2), "worker")
    for n in range(100):
        logs.get("worker").info("a line of some length", number=n, filler="x" * 50)
    assert sorted(path.name for path in folder.iterdir()) == ["worker.log", "worker.log.1", "worker.log.2"]
    assert all(path.stat().st_size <= 2000 for path in folder.iterdir())


def test_the_level_and_the_noisy(folder: Path) -> None:
    logs.configure(LoggingSettings.model_validate({"directory": folder, "level": "warning"}), "worker")
    logs.get("worker").info("not heard")
    logging.getLogger("httpx").warning("heard")
    assert len(written(folder)) == 1
    logs.configure(LoggingSettings(directory=folder, level="DEBUG"), "worker")
    logging.getLogger("httpx").info("GET /with/a?token=secret")
    assert "secret" not in (folder / "worker.log").read_text()


def test_twice_is_not_double(folder: Path) -> None:
    for _ in range(2):
        logs.configure(LoggingSettings(directory=folder), "worker")
    logs.get("worker").info("once")
    assert len(written(folder)) == 1


def test_a_folder_that_cannot_be_is_told(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"file/worker.log cannot be written") as caught:
        logs.configure(LoggingSettings(directory=tmp_path / "file"), "worker")
    assert "logging.directory" in caught.value.explained


@pytest.mark.usefixtures("folder")
def test_on_a_disk_that_cannot_be_written_everything_is_said_on_the_terminal(
    small_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    remount(small_disk, "ro")
    logs.configure(LoggingSettings(directory=small_disk / "logs"), "worker", terminal=False)
    logs.get("worker").info("a prompt ended")
    said = capsys.readouterr().err
    assert "there is no log but this" in said
    assert "Read-only file system" in said
    assert "a prompt ended" in said


@pytest.mark.usefixtures("folder")
def test_a_disk_that_is_full_is_said_once_until_it_takes_lines_again(
    small_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(LoggingSettings(directory=small_disk), "worker", terminal=False)
    ballast = fill(small_disk)
    for number in range(300):
        logs.get("worker").info("a line of some length, so that it needs room on the disk", number=number)
    assert (
        capsys.readouterr().err == f"musings: The log {small_disk / 'worker.log'} takes no lines: {os.strerror(28)}.\n"
    )
    ballast.unlink()
    logs.get("worker").info("there is room again")
    assert "there is room again" in (small_disk / "worker.log").read_text()
    fill(small_disk)
    for _ in range(300):
        logs.get("worker").info("a line of some length, so that it needs room on the disk")
    assert capsys.readouterr().err.count("takes no lines") == 1


def test_a_program_that_was_told_nothing_prints_warnings_to_stderr_alone() -> None:
    said = "from musings import logs; logs.get('room').warning('beware', prompt=7); logs.get('room').info('by the way')"
    ended = subprocess.run(
        [sys.executable, "-c", said], env=environment(Path("/")), capture_output=True, text=True, check=True
    )
    assert ended.stdout == ""
    [line] = ended.stderr.splitlines()
    assert line.endswith("warning  beware prompt=7")
