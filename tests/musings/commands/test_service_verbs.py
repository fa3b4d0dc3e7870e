"""worker, migrate, doctor, logs, openapi, workflows: what an operator uses."""

import json
import logging
import re
import shutil
import signal
import sqlite3
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest

from musings.config.settings import load
from musings.locate import lock_path
from musings.models import NewPrompt
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store.database import Database
from musings.store.gallery import lists, prompts
from musings.store.queue import submission
from tests.musings.commands.conftest import Run, running
from tests.waiting import until


def test_worker_drain_works_through_the_queue_and_ends(program: Run, database: Database) -> None:
    for text in ("a fox", "a wren"):
        database.writing(submission.add, NewPrompt(text, "poem"))
    assert program("worker", "--drain").code == 0
    found = database.reading(lists.listing, lists.PromptFilter(), 5, None).items
    assert [prompt.status for prompt in found] == ["completed", "completed"]


def test_a_second_worker_ends_with_75(config: Path, program: Run, database: Database) -> None:
    lock = Path(lock_path(str(load(config, {}, config.parent).database.path)))
    with running(config, "worker") as first:
        until(lambda: lock.exists() and lock.read_text().strip() == str(first.pid), seconds=30)
        second = program("worker", "--drain")
        assert second.code == 75
        assert "already working on this queue" in second.err
        assert str(first.pid) in second.err
        first.send_signal(signal.SIGINT)
        assert first.wait(30) == 130


def test_migrate_makes_says_and_repeats(run: Run, config: Path) -> None:
    path = config.parent / "musings.db"
    assert f"version: none to {schema.HEAD}" in run("migrate", "--dry-run").out
    assert not path.exists()
    told = run("migrate", "--json").json
    assert (told["database"], told["from"], told["to"], told["changed"]) == (str(path), None, schema.HEAD, True)
    assert "Nothing to do" in run("migrate").out
    assert run("migrate", "--json").json["changed"] is False


def tables(path: Path) -> set[str]:
    with sqlite3.connect(path) as connection:
        found = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    connection.close()
    return found


def test_migrate_another_database(run: Run, config: Path) -> None:
    other = config.parent / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE prompts (id INTEGER PRIMARY KEY, prompt_text TEXT NOT NULL)")
        connection.execute("INSERT INTO prompts (prompt_text) VALUES ('kept')")
    connection.close()
    assert f"version: none to {schema.HEAD}" in run("migrate", "--db", str(other), "--dry-run").out
    assert tables(other) == {"prompts"}
    assert run("migrate", "--db", str(other)).code == 0
    moved = open_database(other)
    assert moved.reading(prompts.get, 1).prompt_text == "kept"
    moved.close()
    assert not (config.parent / "musings.db").exists()


@pytest.mark.parametrize("words", [(), ("--dry-run",), ("--json",)])
def test_migrate_leaves_a_newer_database_alone(run: Run, config: Path, words: tuple[str, ...]) -> None:
    run("migrate")
    path = config.parent / "musings.db"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE musings_schema SET version_num = '9999'")
    connection.close()
    found = run("migrate", *words)
    assert (found.code, found.out) == (1, "")
    assert "newer Musings" in found.err
    assert run("list").code == 1


def test_doctor_of_a_fresh_folder(run: Run) -> None:
    said = run("doctor")
    assert said.code == 0
    assert "ok       configuration:" in said.out
    assert "is made on the first start" in said.out
    assert "none runs" in said.out
    assert "sketch engine" in said.out
    found = run("doctor", "--json").json
    assert {finding["level"] for finding in found} == {"ok", "warning"}
    assert all(finding["mend"] for finding in found if finding["level"] == "warning")


def test_doctor_finds_what_stops_prompts(run: Run, config: Path) -> None:
    run("migrate")
    path = config.parent / "musings.db"
    path.write_bytes(b"This is no database. " * 200)
    for part in config.parent.glob("musings.db-*"):
        part.unlink()
    shutil.rmtree(config.parent / "GeneratedMedia", ignore_errors=True)
    (config.parent / "GeneratedMedia").write_text("a file in its place")
    said = run("doctor")
    assert said.code == 1
    assert "FAILURE  database:" in said.out
    assert "FAILURE  media root:" in said.out


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


def test_openapi_is_the_servers_own(run: Run) -> None:
    found = run("openapi").json
    assert found["info"]["title"] == "Musings"
    assert "/api/prompts" in found["paths"]
    assert json.dumps(found) == json.dumps(run("openapi", "--json").json)


def test_workflows(run: Run) -> None:
    assert "sketch-image" in run("workflows").out
    names = {item["name"] for item in run("workflows", "list", "--json").json}
    assert {"sketch-text", "sketch-image", "sketch-music", "sketch-voice"} <= names
    said = run("workflows", "show", "sketch-image")
    assert said.out.startswith("sketch-image: ")
    assert "  width " in said.out
    assert run("workflows", "show", "sketch-image", "--json").json["kind"] == "image"
    missing = run("workflows", "show", "sketch-poster")
    assert (missing.code, missing.out) == (1, "")
    assert "sketch-poster" in missing.err
