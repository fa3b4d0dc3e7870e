"""Whether the database is whole, of this version, and of this time."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from musings.config.settings import Settings
from musings.doctor import Level
from musings.sqlite import examination, schema
from musings.sqlite.database import open_database
from musings.store import times
from tests.musings.doctor.looking import change, filled, found, problems


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
