"""Logs: one line each, findable by the prompt's id, rotated by size."""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from musings import logs
from musings.config.operation import LoggingSettings
from musings.errors import StoreError


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
