"""A database that can only be read: what is in it can be read, whoever else writes it, and why it is so is said."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from musings.errors import BusyError, DiskError, DiskFullError, StoreError
from musings.models import NewPrompt
from musings.sqlite import copying, schema, unwritable
from musings.sqlite.database import open_database
from musings.store.database import Database
from musings.store.gallery import lists
from musings.store.queue import submission
from tests.disks import NOBODY, as_nobody, as_somebody, fill, remount

WORDS = "a fox in the snow"


def filled(folder: Path, fresh_database: Path) -> Path:
    """A database with one prompt, closed by its last user: nothing is left beside it."""
    path = folder / "musings.db"
    shutil.copy(fresh_database, path)
    with closing(open_database(path)) as database:
        database.writing(submission.add, NewPrompt(WORDS, "text"))
    assert list(folder.glob("musings.db-*")) == []
    return path


def texts(database: Database) -> list[str]:
    return [each.prompt_text for each in database.reading(lists.listing, lists.PromptFilter(), 9, None).items]


def add(database: Database) -> None:
    database.writing(submission.add, NewPrompt("another", "text"))


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that other users may enter."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


def mode_of_the_file(path: Path) -> None:
    path.chmod(0o444)
    path.parent.chmod(0o777)


def mode_of_the_folder(path: Path) -> None:
    path.chmod(0o666)
    path.parent.chmod(0o555)


def mode_of_both(path: Path) -> None:
    path.chmod(0o444)
    path.parent.chmod(0o555)


@contextmanager
def owner_writes(path: Path) -> Iterator[None]:
    """Within ``as_nobody``: its owner may write the file for a moment."""
    with as_somebody(os.getuid()):
        path.parent.chmod(0o755)
        path.chmod(0o644)
        yield
        mode_of_both(path)


@pytest.mark.parametrize("make", [mode_of_the_file, mode_of_the_folder, mode_of_both])
def test_what_this_user_may_not_write_can_be_read_and_who_may_is_said(
    shared: Path, fresh_database: Path, make: Callable[[Path], None]
) -> None:
    path = filled(shared, fresh_database)
    make(path)
    with as_nobody(), closing(open_database(path)) as database:
        assert texts(database) == [WORDS]
        assert schema.ensure(database) is None
        with pytest.raises(DiskError, match=f"{path} cannot be written: ") as caught:
            add(database)
        assert texts(database) == [WORDS]
    assert ("belongs to the user root" if os.geteuid() == 0 else "the mode of") in str(caught.value)
    assert "Meanwhile it can only be read" in caught.value.explained


def test_the_mode_is_named_where_the_file_is_the_users_own(shared: Path, fresh_database: Path) -> None:
    path = filled(shared, fresh_database)
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)
    mode_of_both(path)
    with as_nobody(), closing(open_database(path)) as database, pytest.raises(DiskError, match="the mode of"):
        add(database)


@pytest.mark.parametrize(("folder", "file"), [(0o700, 0o600), (0o755, 0o600)])
def test_what_this_user_may_not_even_read_is_told_with_its_owner(
    shared: Path, fresh_database: Path, folder: int, file: int
) -> None:
    if os.geteuid() != 0:
        pytest.skip("it takes root to make a file that belongs to somebody else")
    path = filled(shared, fresh_database)
    path.chmod(file)
    shared.chmod(folder)
    with as_nobody(), closing(open_database(path)) as database:
        for ask in (schema.ensure, texts):
            with pytest.raises(DiskError, match=r"cannot be opened: .* belongs to the user root"):
                ask(database)
        with pytest.raises(DiskError, match=r"cannot be opened: .* belongs to the user root"):
            copying.write_copy(path, Path(tempfile.gettempdir()) / "never")


def test_on_a_read_only_disk(small_disk: Path, fresh_database: Path) -> None:
    path = filled(small_disk, fresh_database)
    remount(small_disk, "ro")
    with closing(open_database(path)) as database:
        assert (texts(database), schema.version(database)) == ([WORDS], schema.HEAD)
        with pytest.raises(DiskError, match="its disk is mounted read-only"):
            add(database)
        version = database.version_of_data()
        assert database.version_of_data() == version
        remount(small_disk, "rw")
        add(database)  # nobody has to open it again
        assert texts(database) == ["another", WORDS]


def test_on_a_full_disk(small_disk: Path, fresh_database: Path) -> None:
    path = filled(small_disk, fresh_database)
    ballast = fill(small_disk)
    with closing(open_database(path)) as database:
        assert texts(database) == [WORDS]
        with pytest.raises(DiskFullError, match="disk that holds the database is full"):
            add(database)
        ballast.unlink()
        add(database)
        assert texts(database) == ["another", WORDS]


@pytest.mark.parametrize("left", [("-wal", "-shm"), ("-wal",)])
def test_what_a_killed_writer_left_in_its_log_is_read_too(
    small_disk: Path, fresh_database: Path, tmp_path: Path, left: tuple[str, ...]
) -> None:
    path = filled(tmp_path, fresh_database)
    with closing(open_database(path)) as writer:
        add(writer)
        for end in ("", *left):  # as a kill leaves them; a backup of files may have no -shm
            shutil.copy(f"{path}{end}", small_disk)
    remount(small_disk, "ro")
    read_only = small_disk / path.name
    with closing(open_database(read_only)) as database:
        assert texts(database) == ["another", WORDS]
    copying.write_copy(read_only, tmp_path / "copy.db")
    with closing(open_database(tmp_path / "copy.db")) as copied:
        assert texts(copied) == ["another", WORDS]


def test_what_a_killed_writer_had_half_done_is_undone_for_the_reader(
    small_disk: Path, fresh_database: Path, tmp_path: Path
) -> None:
    path = filled(tmp_path, fresh_database)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = DELETE")
        writer.execute("PRAGMA cache_size = 1")  # so that what is half done reaches the file
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE prompts SET prompt_text = 'half done'")
        writer.execute("CREATE TABLE filler AS SELECT zeroblob(200000) AS x")
        for end in ("", "-journal"):
            shutil.copy(f"{path}{end}", small_disk)
        writer.execute("ROLLBACK")
    remount(small_disk, "ro")
    with closing(open_database(small_disk / path.name)) as database:
        assert texts(database) == [WORDS]


def test_who_reads_while_another_user_writes_is_told_to_try_again(shared: Path, fresh_database: Path) -> None:
    path = filled(shared, fresh_database)
    mode_of_both(path)

    def read(connection: Connection) -> None:
        connection.execute(text("SELECT count(*) FROM prompts")).one()
        with owner_writes(path), closing(sqlite3.connect(path)) as writer, writer:
            writer.execute("UPDATE prompts SET prompt_text = 'changed'")

    with as_nobody(), closing(open_database(path)) as database:
        with pytest.raises(BusyError, match="was written while it was read"):
            database.reading(read)
        assert texts(database) == ["changed"]


def test_a_watcher_sees_that_the_file_was_written(shared: Path, fresh_database: Path) -> None:
    path = filled(shared, fresh_database)
    mode_of_both(path)
    with as_nobody(), closing(open_database(path)) as database:
        before = database.version_of_data()
        assert database.version_of_data() == before
        with owner_writes(path):
            os.utime(path)
        assert database.version_of_data() != before


def test_what_is_not_there_or_no_database_is_told_as_ever(tmp_path: Path) -> None:
    database = open_database(tmp_path / "no" / "musings.db")
    with closing(database), pytest.raises(StoreError, match="cannot be opened"):
        texts(database)
    assert unwritable.why_not(tmp_path / "no" / "musings.db") is None
    assert unwritable.why_not(tmp_path / "musings.db") is None
