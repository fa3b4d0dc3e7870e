"""What the doctor finds, with a mend for each."""

import sqlite3
from contextlib import closing
from pathlib import Path

from musings.config import Settings
from musings.doctor import Finding, Level
from musings.doctor import test_configuration as examine
from musings.store import schema
from musings.store.database import Database
from musings.worker.lock import RunnerLock
from tests.conftest import MakeSettings


def found(settings: Settings, what: str) -> list[Finding]:
    return [finding for finding in examine(settings) if finding.what == what]


def test_a_healthy_house(settings: Settings, database: Database) -> None:
    lock = RunnerLock(settings.database.path)
    lock.acquire()
    findings = examine(settings)
    lock.release()
    sound = {finding.what for finding in findings if finding.level is Level.OK}
    assert {"configuration", "database", "media root", "worker"} <= sound
    assert Level.FAILURE not in {finding.level for finding in findings}


def test_every_fault_has_its_mend(make_settings: MakeSettings, tmp_path: Path) -> None:
    (tmp_path / "musings.db").write_text("this is no database")
    (tmp_path / "GeneratedMedia").write_text("in the way")
    settings = make_settings(media={"scripts": {"image": "none.py"}}, databse={})
    bad = [finding for finding in examine(settings) if finding.level is not Level.OK]
    assert {each.what for each in bad} >= {"configuration", "database", "media root", "image workflow", "worker"}
    assert all(each.mend for each in bad)
    assert [each.level for each in bad if each.what in ("database", "media root")] == [Level.FAILURE] * 2


def test_no_database_yet_is_fine(settings: Settings) -> None:
    [finding] = found(settings, "database")
    assert (finding.level, "first start" in finding.detail) == (Level.OK, True)
    assert not settings.database.path.exists()


def test_an_old_database_is_to_be_migrated(settings: Settings) -> None:
    with closing(sqlite3.connect(settings.database.path)) as plain, plain:
        plain.execute("CREATE TABLE prompts (id INTEGER PRIMARY KEY, prompt_text TEXT NOT NULL)")
    assert "musings migrate" in found(settings, "database")[0].mend


def test_a_damaged_database_is_told(settings: Settings) -> None:
    database = Database(settings.database.path)
    schema.ensure(database)
    with database.write() as connection:
        for n in range(300):
            connection.exec_driver_sql("INSERT INTO prompts (prompt_text) VALUES (?)", (f"{n}" * 200,))
    database.close()
    path = settings.database.path
    with closing(sqlite3.connect(path)) as plain:
        page = plain.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'musings_prompts_queue'").fetchone()[0]
    whole = bytearray(path.read_bytes())
    whole[(page - 1) * 4096 + 100 : page * 4096] = b"\xff" * 3996
    path.write_bytes(whole)
    [finding] = found(settings, "database")
    assert finding.level is Level.FAILURE
    assert "damaged" in finding.detail
    assert "backup" in finding.mend
