"""What the doctor finds, with a mend for each."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from fake_comfyui.server import FakeComfy
from musings import cli
from musings.config.settings import Settings
from musings.doctor import Finding, Level
from musings.doctor import test_configuration as examine
from musings.files.media_root import MediaRoot
from musings.sqlite import examination, schema
from musings.sqlite.database import open_database
from musings.sqlite.lock import RunnerLock
from musings.store import times
from musings.store.database import Database
from musings.store.queue import changes
from tests.conftest import MakeSettings
from tests.musings.housekeeping.stock import Stock
from tests.musings.makers.comfyui.graphs import painting


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
    database = open_database(settings.database.path)
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


def problems(settings: Settings, *, deep: bool = False) -> dict[str, Finding]:
    """What is wrong, by what it is about."""
    return {each.what: each for each in examine(settings, deep=deep) if each.level is not Level.OK}


def filled(settings: Settings, rows: int = 300) -> Path:
    """A database with prompts in it, closed."""
    database = open_database(settings.database.path)
    schema.ensure(database)
    with database.write() as connection:
        for n in range(rows):
            connection.exec_driver_sql("INSERT INTO prompts (prompt_text) VALUES (?)", (f"fox {n}",))
    database.close()
    return settings.database.path


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as plain, plain:
        for statement in statements:
            plain.execute(statement)


class TestDatabase:
    def test_an_index_that_is_broken_is_told_and_mended(self, settings: Settings) -> None:
        path = filled(settings)
        with closing(sqlite3.connect(path)) as plain, plain:
            plain.execute("PRAGMA writable_schema = ON")
            sql = "CREATE INDEX musings_prompts_type ON prompts (prompt_type, id)"
            plain.execute(
                "UPDATE sqlite_schema SET sql = ? WHERE name = 'musings_prompts_type'", (f"{sql} WHERE id > 5",)
            )
        found = problems(settings, deep=True)["database"]
        assert (found.level, "has a damaged index" in found.detail) == (Level.FAILURE, True)
        assert "musings doctor --repair" in found.mend
        examination.rebuild(path)
        assert "database" not in problems(settings, deep=True)

    def test_a_full_text_index_that_lost_touch_is_told_and_mended(self, settings: Settings) -> None:
        path = filled(settings)
        change(path, "INSERT INTO musings_prompts_fts (musings_prompts_fts) VALUES ('delete-all')")
        assert "database" not in problems(settings), "only a deep look can tell"
        found = problems(settings, deep=True)["database"]
        assert "full-text index musings_prompts_fts does not agree" in found.detail
        examination.rebuild(path)
        assert "database" not in problems(settings, deep=True)

    def test_asking_changes_nothing(self, settings: Settings) -> None:
        path = filled(settings)
        with closing(sqlite3.connect(path)) as plain:
            before = list(plain.iterdump())
            problems(settings, deep=True)
            assert list(plain.iterdump()) == before

    def test_rows_without_their_parent_are_told(self, settings: Settings) -> None:
        path = filled(settings)
        change(path, "INSERT INTO prompt_artifacts (prompt_id, file_path) VALUES (9999, 'image/x.png')")
        assert "prompt_artifacts without their prompts" in problems(settings, deep=True)["database"].detail

    @pytest.mark.parametrize(("hours", "ahead"), [(-1, False), (0.5, False), (2, True)])
    def test_a_clock_that_was_set_back(self, settings: Settings, hours: float, ahead: bool) -> None:
        path = filled(settings, 1)
        when = (times.now() + timedelta(hours=hours)).strftime(times.FORMAT)
        change(path, f"UPDATE prompts SET completed_at = '{when}'")
        found = problems(settings).get("clock")
        assert (found is not None) is ahead
        if found is not None:
            assert "is in the future" in found.detail
            assert "Set this machine's clock" in found.mend


class TestPermissions:
    def test_secrets_that_others_can_read(self, make_settings: MakeSettings, tmp_path: Path) -> None:
        settings = make_settings()
        secrets = tmp_path / ".env"
        secrets.write_text("MUSINGS_SECRET_LLM_API_KEY=x\n")
        secrets.chmod(0o640)
        assert f"chmod 600 {secrets}" in problems(settings)["permissions"].mend
        secrets.chmod(0o600)
        assert "permissions" not in problems(settings)

    @pytest.mark.parametrize(("mode", "wrong"), [(0o644, False), (0o664, True), (0o600, False)])
    def test_a_configuration_that_others_can_write(self, make_settings: MakeSettings, mode: int, wrong: bool) -> None:
        settings = make_settings()
        assert settings.file is not None
        settings.file.chmod(mode)
        assert ("permissions" in problems(settings)) is wrong

    def test_an_address_with_a_secret_in_a_file_for_all(self, make_settings: MakeSettings) -> None:
        settings = make_settings(alerts={"urls": ["mailto://me:s3cret-word@example.org"]})
        assert settings.file is not None
        settings.file.chmod(0o644)
        found = problems(settings)["permissions"]
        assert "holds addresses with secrets" in found.detail
        assert "s3cret" not in str(examine(settings))
        settings.file.chmod(0o600)
        assert "permissions" not in problems(settings)


def test_a_disk_that_is_nearly_full(make_settings: MakeSettings) -> None:
    settings = make_settings(media={"retention": {"min_free_gigabytes": 10**9}})
    found = problems(settings)["media root"]
    assert (found.level, "media prompts wait" in found.detail) == (Level.WARNING, True)


def test_a_deep_look_counts_what_rows_and_files_lack(settings: Settings, database: Database) -> None:
    stock = Stock(database, MediaRoot(settings.media_root))
    stock.root.prepare()
    stock.add()
    assert any(each.detail == "2 files and 1 rows agree" for each in examine(settings, deep=True))
    (stock.root.folder / stock.files()[0]).unlink()
    assert problems(settings, deep=True)["files"].detail == "1 rows have lost their file"
    assert "files" not in problems(settings)


def test_with_comfyui_away_it_warns_and_goes_on(make_settings: MakeSettings) -> None:
    settings = make_settings(media={"comfyui": {"host": "http://127.0.0.1:9"}})
    found = examine(settings)
    assert problems(settings)["ComfyUI (comfyui)"].level is Level.WARNING
    assert Level.FAILURE not in {each.level for each in found}
    assert found[-1].what == "worker"


def test_a_workflow_is_held_against_the_server(make_settings: MakeSettings) -> None:
    with FakeComfy() as fake:
        settings = make_settings(media={"comfyui": {"host": fake.url}})
        settings.media.workflows.mkdir()
        wrong = {key: dict(each) for key, each in painting().items()}
        wrong["9"] = {"class_type": "NobodyHasThis", "inputs": {}}
        for name, graph in (("fox", painting()), ("hare", wrong)):
            (settings.media.workflows / f"{name}.json").write_text(json.dumps(graph))
        found = {each.what: each for each in examine(settings)}
        assert found["workflow fox"].level is Level.OK
        assert found["workflow hare"].level is Level.WARNING
        assert "NobodyHasThis" in found["workflow hare"].detail
        assert found["ComfyUI (comfyui)"].level is Level.OK


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


@pytest.mark.parametrize(
    ("runs", "level", "said"),
    [
        ([0], Level.OK, "none runs now; a schedule works on the queue; its next look is due at"),
        ([60, 55], Level.WARNING, "none runs, and the schedule has not run since"),
        ([60], Level.WARNING, "none runs"),
    ],
)
def test_the_schedule_that_works_on_the_queue(
    settings: Settings, database: Database, runs: list[float], level: Level, said: str
) -> None:
    begun = [(times.now() - timedelta(minutes=minutes)).strftime(times.FORMAT) for minutes in runs]
    database.writing(changes.put, "schedule", json.dumps({"runs": begun}))
    [told] = found(settings, "worker")
    assert (told.level, told.detail[: len(said)]) == (level, said)
