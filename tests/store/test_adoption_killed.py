"""Killed at any moment of an adoption, the file opens in the old or the new state."""

import multiprocessing
import time
from pathlib import Path

from musings.store import copying, recognition, schema
from musings.store.database import Database
from tests.store import old_databases as old

KILLS = 50


def test_a_kill_leaves_the_old_or_the_new_database(tmp_path: Path) -> None:
    start = multiprocessing.get_context("forkserver")
    start.set_forkserver_preload(["tests.store.test_adoption_killed", "alembic.command", "alembic.script"])
    pattern = tmp_path / "pattern.db"
    with old.opened(pattern) as connection:
        old.forgotten_things(connection)
        connection.executescript("DELETE FROM prompts; DELETE FROM writings; DELETE FROM audit;")
        old.fill(connection, 3000)
    shape, before = old.schema_of(pattern), old.contents(pattern)
    path = tmp_path / "owner.db"
    seconds = max(_adopted_within(start, pattern, path) for _ in range(2))
    states = set()

    for number in range(KILLS):
        _fresh_copy(pattern, path)
        child = start.Process(target=_adopt, args=(path,))
        child.start()
        _wait_for(path.with_suffix(".begun"), child)
        child.join(seconds * 1.1 * number / KILLS)
        child.kill()
        child.join()
        assert copying.integrity(path) == ()
        version = recognition.version_of(path)
        states.add(version)
        if version is None:
            assert (old.schema_of(path), old.contents(path)) == (shape, before)
        else:
            assert version == schema.HEAD
        for copy in tmp_path.glob("owner.before-*.db"):  # a copy that has its name is whole
            assert old.contents(copy) == before
        _adopt(path)
        assert recognition.version_of(path) == schema.HEAD

    assert states == {None, schema.HEAD}


def _adopt(path: Path) -> None:
    path.with_suffix(".begun").touch()
    database = Database(path)
    schema.ensure(database)
    database.close()


def _adopted_within(start: multiprocessing.context.ForkServerContext, pattern: Path, path: Path) -> float:
    _fresh_copy(pattern, path)
    child = start.Process(target=_adopt, args=(path,))
    child.start()
    _wait_for(path.with_suffix(".begun"), child)
    began = time.monotonic()
    child.join()
    assert child.exitcode == 0
    return time.monotonic() - began


def _wait_for(mark: Path, child: multiprocessing.context.ForkServerProcess) -> None:
    while not mark.exists():
        assert child.is_alive() or mark.exists()
        child.join(0.001)


def _fresh_copy(pattern: Path, path: Path) -> None:
    for left in (*path.parent.glob("owner.*"), *path.parent.glob(".owner.*")):
        left.unlink()
    path.write_bytes(pattern.read_bytes())
