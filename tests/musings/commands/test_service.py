"""`musings service`, as its user sees it."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from musings.cli import main
from musings.commands.service import state_in_words
from musings.config.settings import Settings
from musings.service.manager import State
from musings.sqlite.database import open_database
from musings.store.queue import schedule
from tests.conftest import MakeSettings
from tests.musings.service.conftest import SYSTEMCTL, put_into
from tests.musings.service.programs import programs_of, settings_in

NOW = datetime(2026, 11, 22, 10, 15, tzinfo=UTC)


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    put_into(tmp_path, monkeypatch, "systemctl", SYSTEMCTL)


def service(settings: Settings, *words: str) -> int:
    return main(["service", *words, "--config", str(settings.file)])


def is_scheduled(settings: Settings) -> bool:
    database = open_database(settings.database.path)
    found = database.reading(schedule.find)
    database.close()
    return found is not None and found.is_regular


@pytest.mark.usefixtures("systemd")
def test_the_database_knows_whether_a_schedule_works_on_it(make_settings: MakeSettings) -> None:
    settings = make_settings(server={"port": 1})
    for action, scheduled in (("install", True), ("stop", False), ("start", True), ("restart", True)):
        assert service(settings, action) == 0
        assert is_scheduled(settings) is scheduled, action
    assert service(settings, "uninstall") == 0
    assert not is_scheduled(settings)
    resident = make_settings(server={"port": 1}, service={"mode": "resident"})
    assert service(resident, "install") == 0
    assert not is_scheduled(resident)


@pytest.mark.usefixtures("systemd")
def test_status_says_what_runs_what_it_did_and_what_waits(
    make_settings: MakeSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = make_settings(server={"port": 1})
    assert service(settings, "install") == 0
    assert "every 5 minutes, media prompts included" in capsys.readouterr().out
    assert is_scheduled(settings)
    with closing(sqlite3.connect(settings.database.path)) as connection, connection:
        connection.executescript(
            "INSERT INTO prompts (prompt_text, prompt_type, status, completed_at)"
            " VALUES ('done', 'image', 'completed', CURRENT_TIMESTAMP), ('bad', 'voice', 'failed', CURRENT_TIMESTAMP);"
            "INSERT INTO prompts (prompt_text, prompt_type, created_at) VALUES ('next', 'music', CURRENT_TIMESTAMP);"
        )

    assert service(settings, "status") == 0

    said = capsys.readouterr().out
    for words in (
        "The service is installed (systemd)",
        "queue: runs every 5 minutes; last started",
        "api: at work (process 77)",
        "does not answer at http://127.0.0.1:1.",
        "Last 24 hours: 1 (1 image) completed, 1 failed",
        "A schedule works on the queue; its next look is due at ",
        "Now: 0 running, 1 (1 music) waiting",
    ):
        assert words in said
    assert service(settings, "status", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["installed"], told["completed"], told["waiting"]) == (True, {"image": 1}, {"music": 1})


@pytest.mark.usefixtures("systemd")
def test_the_whole_life_of_a_service(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert service(settings, "start") == 1
    assert "not installed" in capsys.readouterr().err
    for action in ("install", "restart", "stop", "start", "logs", "uninstall"):
        assert service(settings, action) == 0
    assert service(settings, "status") == 0
    assert "is not installed" in capsys.readouterr().out


@pytest.mark.usefixtures("systemd")
def test_settings_of_this_shell_only_are_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MUSINGS_SERVER__PORT", "8123")
    assert service(settings, "install") == 0
    assert "not known to the service: MUSINGS_SERVER__PORT" in capsys.readouterr().out


def test_without_a_manager_the_exit_code_is_3(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert service(settings, "install") == 3
    assert "cannot be used here" in capsys.readouterr().err


def test_a_damaged_database_does_not_hide_the_service(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.database.path.write_text("Dear diary, " * 500)
    assert service(settings, "status") == 0
    assert "is not an SQLite database" in capsys.readouterr().out


def test_a_run_of_the_unit_leaves_its_story_in_the_logs(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """The very words and environment of the unit, and nothing else of this shell's."""
    queue, _ = programs_of(settings)
    assert main(["submit", "--type", "image", "a lighthouse", "--config", str(settings.file)]) == 0
    environment = {**queue.environment, "PYTHONPATH": os.pathsep.join(sys.path), "HOME": str(settings.folder)}
    done = subprocess.run(
        queue.words, env=environment, cwd=queue.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"")  # the logs are files of ours, not the unit's

    assert service(settings, "logs") == 0

    assert "attempt started type=image" in capsys.readouterr().out.replace("prompt=1 attempt=1 ", "")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State("queue", True, pid=7), "at work (process 7), never ran yet"),
        (
            State("queue", True, last_exit=0, last_ran=NOW - timedelta(minutes=4)),
            "last started 4 minutes ago, ended well",
        ),
        (State("queue", True, last_exit=75, last_ran=NOW), "found another worker at work"),
        (State("queue", True, last_exit=2, last_ran=NOW), "ended with exit code 2"),
        (State("queue", False), "`musings service start` starts it"),
        (
            State("api", True, last_exit=1, last_ran=NOW - timedelta(days=3)),
            "3 days ago, ended with exit code 1); it is",
        ),
    ],
)
def test_states_in_words(tmp_path: Path, state: State, words: str) -> None:
    programs = {program.name: program for program in programs_of(settings_in(tmp_path))}
    assert words in state_in_words(programs[state.name], state, NOW)
