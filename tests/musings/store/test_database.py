"""How the database is opened, and what its errors become. Real files; other programs are real processes."""

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from musings.errors import BusyError, CorruptError, DiskFullError, RefusedError, StoreError
from musings.sqlite import schema
from musings.sqlite.database import open_database, sqlite_of
from musings.sqlite.errors import explained
from musings.sqlite.mounts import file_system, wal_is_safe
from musings.store.database import Database

MOUNTS = """\
/dev/vda / ext4 rw,relatime 0 0
host /srv/shared\\040things virtiofs rw 0 0
//nas/home /mnt/nas cifs rw 0 0
/dev/vdb /mnt/nas/local ext4 rw 0 0
/dev/vdc /data ext4 rw 0 0
nas:/data /data nfs4 rw 0 0
"""


@contextmanager
def holding(path: Path, statement: str) -> Iterator[None]:
    """Another process that has run ``statement`` on the database and keeps its transaction open meanwhile."""
    program = (
        "import sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute(sys.argv[2])\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(path), statement], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        yield


def test_every_connection_has_the_same_pragmas(database: Database) -> None:
    wanted = {"foreign_keys": 1, "synchronous": 2, "journal_mode": "wal", "busy_timeout": 15_000, "temp_store": 2}
    with database.read() as one, database.read() as two, database.write() as three:
        for connection in (one, two, three):
            found = {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in wanted}
            assert found == wanted


def test_a_relaxed_write_leaves_nothing_behind(database: Database) -> None:
    said = text("PRAGMA synchronous")
    for relaxed, wanted in ((True, 1), (False, 2), (True, 1), (False, 2)):
        with database.write(relaxed=relaxed) as connection:
            assert connection.execute(said).scalar_one() == wanted
    sqlite_of(database).journal_mode = "delete"  # where it could damage the file
    with database.write(relaxed=True) as connection:
        assert connection.execute(said).scalar_one() == 2


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/x/musings.db", "ext4"),
        ("/srv/shared things/musings.db", "virtiofs"),
        ("/mnt/nas/musings.db", "cifs"),
        ("/mnt/nas/local/musings.db", "ext4"),
        ("/data/musings.db", "nfs4"),
        ("/database/musings.db", "ext4"),
    ],
)
def test_the_file_system_under_a_path_is_told_by_its_deepest_latest_mount(path: str, kind: str) -> None:
    assert file_system(MOUNTS, Path(path)) == kind


def test_no_mount_tells_nothing() -> None:
    assert file_system("", Path("/x")) is None
    assert file_system("nonsense\n", Path("/x")) is None


def test_wal_is_used_where_it_is_safe(tmp_path: Path) -> None:
    assert wal_is_safe(tmp_path / "musings.db")


def test_a_rollback_journal_is_used_where_wal_is_not(tmp_path: Path) -> None:
    database = open_database(tmp_path / "musings.db")
    sqlite_of(database).journal_mode = "delete"  # what a network mount decides
    schema.ensure(database)
    with database.read() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "delete"
    assert sqlite_of(database).journal_mode == "delete"
    database.close()


@pytest.mark.parametrize("name", ["a b.db", "what?.db", "100%25.db", "#1.db", "ünï.db", "file:x.db"])
def test_any_file_name_is_the_name_of_that_file(tmp_path: Path, name: str) -> None:
    database = open_database(tmp_path / name)
    schema.ensure(database)
    database.close()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_database_held_by_another_process_is_busy_within_its_time(database: Database) -> None:
    path = database.path
    assert path is not None
    impatient = open_database(path, busy_seconds=0.05)
    with holding(path, "BEGIN IMMEDIATE"):
        with pytest.raises(BusyError, match="held by another program"), impatient.write():
            pass
        with impatient.read() as connection:  # WAL: readers go on
            assert connection.execute(text("SELECT count(*) FROM prompts")).scalar_one() == 0
    with impatient.write():
        pass
    impatient.close()


def test_a_transaction_happens_whole_or_not_at_all(database: Database) -> None:
    def half() -> None:
        with database.write() as connection:
            connection.execute(text("INSERT INTO prompts (prompt_text) VALUES ('x')"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM prompts")).scalar_one() == 0


def test_a_read_does_not_see_what_comes_after_it_began(database: Database) -> None:
    count = text("SELECT count(*) FROM prompts")
    with database.read() as connection:
        assert connection.execute(count).scalar_one() == 0
        with database.write() as other:
            other.execute(text("INSERT INTO prompts (prompt_text) VALUES ('x')"))
        assert connection.execute(count).scalar_one() == 0


def test_a_database_that_may_only_be_read(database: Database) -> None:
    with database.read() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")  # root could write to any file
    with pytest.raises(StoreError, match="cannot be written") as caught, database.write() as connection:
        connection.execute(text("INSERT INTO prompts (prompt_text) VALUES ('x')"))
    assert "right to write" in caught.value.explained


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "musings.db"
    path.write_bytes(b"this is a shopping list, not a database\n" * 100)
    before = path.read_bytes()
    with pytest.raises(CorruptError, match="not an SQLite database"):
        schema.ensure(open_database(path))
    assert path.read_bytes() == before


def test_a_damaged_file_is_told_with_its_mend(tmp_path: Path) -> None:
    path = tmp_path / "musings.db"
    made = open_database(path)
    schema.ensure(made)
    with made.write() as connection:
        for _ in range(200):
            connection.execute(text("INSERT INTO prompts (prompt_text) VALUES (:words)"), {"words": "x" * 500})
    made.close()
    with sqlite3.connect(path) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = plain.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'prompts'").fetchone()[0]
    plain.close()
    whole = bytearray(path.read_bytes())
    whole[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    path.write_bytes(whole)
    damaged = open_database(path)
    with pytest.raises(CorruptError, match="damaged") as caught, damaged.read() as connection:
        connection.execute(text("SELECT sum(length(prompt_text)) FROM prompts")).all()
    assert "restore the latest backup" in caught.value.explained
    damaged.close()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    missing = open_database(tmp_path / "none" / "musings.db")
    with pytest.raises(StoreError, match=r"The database file /.*none/musings\.db cannot be opened"), missing.read():
        pass


def test_a_full_disk_has_its_own_error() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA max_page_count = 2")
    with pytest.raises(sqlite3.OperationalError) as caught:
        connection.execute("CREATE TABLE a (b)").execute("INSERT INTO a VALUES (zeroblob(100000))")
    connection.close()
    assert isinstance(explained(caught.value), DiskFullError)


def test_our_own_mistakes_are_not_passed_off_as_the_databases(database: Database) -> None:
    with pytest.raises(RefusedError, match="NOT NULL constraint failed") as refused, database.write() as connection:
        connection.execute(text("INSERT INTO prompts (prompt_text) VALUES (NULL)"))
    with pytest.raises(sqlite3.Error) as mistake, database.read() as connection:
        connection.execute(text("SELECT :thing"), {"thing": object()})
    assert not isinstance(refused.value, StoreError), "trying again would not help"
    assert not isinstance(mistake.value, StoreError)


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        ("INSERT INTO prompts (prompt_text) VALUES (NULL) RETURNING id", {}),
        ("INSERT INTO nowhere (a_secret) VALUES (:word)", {"word": "s3cret"}),
        ("INSERT INTO prompts (prompt_text) VALUES (:word)", {"word": object()}),
        ("INSERT INTO prompts (prompt_text) VALUES (:word)", {}),
    ],
)
def test_no_statement_and_no_value_is_in_an_error(
    database: Database, statement: str, values: dict[str, object]
) -> None:
    """Neither in its words nor in the report of how it came about, which attempts keep."""
    with pytest.raises(Exception) as caught, database.write() as connection:
        connection.execute(text(statement), values)
    told = [str(each) for each in chain_of(caught.value)]
    assert told[0]
    for each in told:
        assert not any(word in each for word in ("INSERT", "SQL:", "s3cret", "VALUES"))


def chain_of(error: BaseException) -> list[BaseException]:
    """An error and what Python would print as its reasons."""
    reason = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return [error, *(chain_of(reason) if reason is not None else [])]


def test_the_version_of_the_data_changes_with_every_foreign_commit(database: Database) -> None:
    first = database.version_of_data()
    assert database.version_of_data() == first
    with contextlib.closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.execute("INSERT INTO prompts (prompt_text) VALUES ('x')")
    assert database.version_of_data() != first


def test_our_own_writers_take_turns(database: Database) -> None:
    """None of them sleeps in SQLite's busy handler, so none is told that the database is busy."""
    hurried = open_database(database.path or "", busy_seconds=60)
    with hurried.write() as connection:
        connection.exec_driver_sql("CREATE TABLE foxes (id INTEGER)")

    def write(number: int) -> None:
        with hurried.write() as connection:
            connection.exec_driver_sql(f"INSERT INTO foxes VALUES ({number})")

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(write, range(200)))
    with hurried.read() as connection:
        assert connection.exec_driver_sql("SELECT count(DISTINCT id) FROM foxes").scalar_one() == 200
    hurried.close()


def test_one_store_function_in_a_transaction_of_its_own(database: Database) -> None:
    def add(connection: Connection, words: str) -> int:
        connection.execute(text("INSERT INTO prompts (prompt_text) VALUES (:words)"), {"words": words})
        if words == "wrong":
            raise ValueError(words)
        return count(connection)

    def count(connection: Connection) -> int:
        return int(connection.execute(text("SELECT count(*) FROM prompts")).scalar_one())

    assert database.writing(add, "a fox") == 1
    with pytest.raises(ValueError, match="wrong"):
        database.writing(add, words="wrong")
    assert database.reading(count) == 1
