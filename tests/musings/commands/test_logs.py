"""`musings logs`: the last lines, in the order in which they were written, and those to come."""

import logging
import re
import signal
from logging.handlers import RotatingFileHandler
from pathlib import Path

from musings.commands import logs
from tests.musings.command_line import Run, running


def test_logs(run: Run, config: Path) -> None:
    assert "No logs in" in run("logs").out
    folder = config.parent / "logs"
    folder.mkdir()
    (folder / "musings-worker.log").write_text("".join(f"line {n} prompt={n}\n" for n in range(1, 101)))
    (folder / "musings-api.log").write_text('{"event": "x", "prompt": 12}\nother\n')
    assert [line.split()[2] for line in run("logs", "--lines", "3").out.splitlines() if "worker" in line] == [
        "98",
        "99",
        "100",
    ]
    assert "tells of prompt 999." in run("logs", "--prompt", "999").out
    about = run("logs", "--prompt", "12").out.splitlines()
    assert about == ['api    {"event": "x", "prompt": 12}', "worker line 12 prompt=12"]
    assert run("logs", "--lines", "0").out == ""


def test_logs_that_were_rotated_are_read_in_order(run: Run, config: Path) -> None:
    """Through the real rotation: more generations than one digit counts."""
    folder = config.parent / "logs"
    folder.mkdir()
    handler = RotatingFileHandler(folder / "musings-worker.log", maxBytes=300, backupCount=12)
    for n in range(1, 201):
        handler.emit(logging.makeLogRecord({"msg": f"a step prompt={n % 2} step={n}"}))
    handler.close()
    assert len(list(folder.iterdir())) == 13
    steps = [int(re.findall(r"step=(\d+)", line)[0]) for line in run("logs", "--prompt", "1").out.splitlines()]
    assert steps == list(range(121, 201, 2)), "the last forty, whichever file they are in"
    newest = [int(line.rpartition("=")[2]) for line in run("logs", "--lines", "100").out.splitlines()]
    assert newest == list(range(101, 201))
    (folder / "musings-worker.log.old").write_text("prompt=1 step=0\n")
    (folder / "musings-worker.log").unlink()
    assert run("logs", "--prompt", "1").out, "between two steps of a rotation"


def test_logs_follow_a_log_that_is_rotated_away(config: Path) -> None:
    folder = config.parent / "logs"
    folder.mkdir()
    log = folder / "musings-worker.log"
    log.write_text("first\n")
    with running(config, "logs", "--follow") as following:
        assert following.stdout is not None
        assert following.stdout.readline() == "worker first\n"
        with log.open("a") as file:
            file.write("last of the old\n")
        log.rename(folder / "musings-worker.log.1")
        log.write_text("first of the new\n")
        assert following.stdout.readline() == "worker last of the old\n"
        assert following.stdout.readline() == "worker first of the new\n"


def test_logs_follow_what_is_written_and_rotated(config: Path) -> None:
    folder = config.parent / "logs"
    folder.mkdir()
    log = folder / "musings-worker.log"
    log.write_text("first\n")
    with running(config, "logs", "--follow") as following:
        assert following.stdout is not None
        assert following.stdout.readline() == "worker first\n"
        with log.open("a") as file:
            file.write("second\n")
        assert following.stdout.readline() == "worker second\n"
        log.write_text("new\n")
        assert following.stdout.readline() == "worker new\n"
        following.send_signal(signal.SIGINT)
        assert following.communicate(timeout=30)[0] == ""
        assert following.returncode == 130


def test_a_log_that_is_rotated_between_the_look_and_the_opening_is_read_at_the_next_look(tmp_path: Path) -> None:
    """The name leads to another file by then, whose first bytes were never read."""
    log = tmp_path / "musings-worker.log"
    log.write_text("first\nlast of the old\n")
    before = log.stat().st_ino
    log.rename(tmp_path / "musings-worker.log.1")
    log.write_text("first of the new\n")
    places = {log.name: logs._Place(before, len("first\n"))}
    assert list(logs._lines(log, log.name, places, len("first\n"), before)) == []
    assert places[log.name].end == len("first\n")
    assert [line for _, line in logs._new_lines(tmp_path, places)] == ["last of the old\n", "first of the new\n"]
    assert list(logs._new_lines(tmp_path, places)) == []
