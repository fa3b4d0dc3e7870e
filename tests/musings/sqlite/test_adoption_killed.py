"""Killed at any moment of an adoption, the file opens in the old or the new state."""

import shutil
from pathlib import Path

from musings.sqlite import copying, recognition, schema
from musings.sqlite.database import open_database
from tests.musings.sqlite import old_databases as old
from tests.musings.sqlite.killing import kill_at_many_moments


def adopt(folder: Path) -> None:
    database = open_database(folder / "owner.db")
    schema.ensure(database)
    database.close()


def test_a_kill_leaves_the_old_or_the_new_database(tmp_path: Path) -> None:
    pattern, folder = tmp_path / "pattern.db", tmp_path / "home"
    path = folder / "owner.db"
    with old.opened(pattern) as connection:
        old.forgotten_things(connection)
        connection.executescript("DELETE FROM prompts; DELETE FROM writings; DELETE FROM audit;")
        old.fill(connection, 1500)
    shape, before = old.schema_of(pattern), old.contents(pattern)
    states = set()

    def prepare() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        shutil.copy(pattern, path)

    def judge() -> None:
        assert copying.integrity(path) == ()
        version = recognition.version_of(path)
        states.add(version)
        if version is None:
            assert (old.schema_of(path), old.contents(path)) == (shape, before)
        for copy in folder.glob("owner.before-*.db"):  # a copy that has its name is whole
            assert old.contents(copy) == before
        adopt(folder)
        assert recognition.version_of(path) == schema.HEAD
        assert not list(folder.glob(".*"))

    kill_at_many_moments(adopt, folder, 50, prepare, judge)

    assert states == {None, schema.HEAD}
