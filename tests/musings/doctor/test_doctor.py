"""What the doctor finds, with a mend for each."""

from pathlib import Path

from musings.config.settings import Settings
from musings.doctor import Level
from musings.doctor import test_configuration as examine
from musings.sqlite.lock import RunnerLock
from musings.store.database import Database
from tests.conftest import MakeSettings


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
