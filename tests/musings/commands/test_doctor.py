"""`musings doctor`, as its user sees it."""

import shutil
from pathlib import Path

import pytest

from musings import cli
from musings.sqlite.lock import RunnerLock
from tests.conftest import MakeSettings
from tests.musings.command_line import Run
from tests.musings.doctor.looking import change, filled


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


def test_the_repair_of_the_command(make_settings: MakeSettings, capsys: pytest.CaptureFixture[str]) -> None:
    settings = make_settings()
    path = filled(settings)
    change(path, "INSERT INTO musings_prompts_fts (musings_prompts_fts) VALUES ('delete-all')")
    assert cli.main(["doctor", "--deep", "--config", str(settings.file)]) == 1
    assert "FAILURE  database: " in capsys.readouterr().out
    assert cli.main(["doctor", "--repair", "--config", str(settings.file)]) == 0
    lock = RunnerLock(path)
    lock.acquire()
    assert cli.main(["doctor", "--repair", "--config", str(settings.file)]) == 75
    lock.release()
