"""Every state of the owner's database is adopted without losing a byte, or refused in words and left as it was."""

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from musings.errors import BusyError, CorruptError, DiskFullError, LockedError, SchemaError, StoreError
from musings.locate import lock_path
from musings.models import Kind, NewPrompt, Writing
from musings.sqlite import adoption, copying, recognition, schema
from musings.sqlite.adoption_report import AdoptionReport
from musings.sqlite.database import open_database, sqlite_of
from musings.sqlite.lock import RunnerLock
from musings.sqlite.upgrade import upgrade
from musings.store.gallery import prompts
from musings.store.queue import claims, endings, stages, submission
from musings.store.queue.admission import admit
from musings.store.writings import writings
from tests.musings.sqlite import old_databases as old

CHANGED = {"prompts": {"status", "artifact_status", "artifact_metadata"}, "prompt_artifacts": {"file_path"}}


def adopt(path: Path, media_root: Path | None = None) -> AdoptionReport:
    database = open_database(path)
    try:
        return schema.migrate(database, media_root, rehearse=False)
    finally:
        database.close()


def untouched(path: Path, columns: dict[str, set[str]]) -> dict[str, str]:
    """Contents of the tables and columns of ``columns`` but for those that adoption may change."""
    now = recognition_columns(path)
    added = {table: set(now[table]) - columns[table] for table in columns if table in now}
    return {
        table: said
        for table, said in old.contents(path, {t: added.get(t, set()) | CHANGED.get(t, set()) for t in now}).items()
        if table.casefold() in columns
    }


def recognition_columns(path: Path) -> dict[str, set[str]]:
    with old.opened(path) as connection:
        found = recognition.columns_of(connection)
    return {table.casefold(): {column.casefold() for column in columns} for table, columns in found.items()}


@pytest.mark.parametrize("state", old.ADOPTED, ids=lambda state: state.__name__)
def test_adopts_every_state_and_loses_nothing(tmp_path: Path, state: Callable[[sqlite3.Connection], None]) -> None:
    path = old.build(tmp_path / "owner.db", state)
    columns = recognition_columns(path)
    columns.pop("musings_schema", None)
    before, shape, everything = untouched(path, columns), old.schema_of(path), old.contents(path)

    report = adopt(path)

    assert report.changed
    assert untouched(path, columns) == before
    shape_now = old.schema_of(path)
    kept = {name: sql for name, sql in shape.items() if not sql.startswith("CREATE TABLE")}
    assert {name: shape_now.get(name) for name in kept} == kept
    assert copying.integrity(path) == ()
    assert recognition.version_of(path) == schema.HEAD
    assert report.backup is not None
    assert old.contents(report.backup) == everything
    assert old.schema_of(report.backup) == shape


@pytest.mark.parametrize("state", old.ADOPTED, ids=lambda state: state.__name__)
def test_twice_is_harmless(tmp_path: Path, state: Callable[[sqlite3.Connection], None]) -> None:
    path = old.build(tmp_path / "owner.db", state)
    adopt(path)
    everything, files = old.contents(path), sorted(tmp_path.iterdir())

    report = adopt(path)

    assert not report.changed
    assert (report.backup, old.contents(path), sorted(tmp_path.iterdir())) == (None, everything, files)


@pytest.mark.parametrize("state", old.ADOPTED, ids=lambda state: state.__name__)
def test_a_rehearsal_tells_the_same_and_changes_nothing(
    tmp_path: Path, state: Callable[[sqlite3.Connection], None]
) -> None:
    path = old.build(tmp_path / "owner.db", state)
    raw, media = path.read_bytes(), tmp_path / "media"
    media.mkdir()

    told = adoption.rehearse(path, schema.HEAD, media).as_json()

    assert path.read_bytes() == raw
    assert {f for f in tmp_path.iterdir() if not f.name.endswith(copying.SIDE_FILES)} == {path, media}
    done = adopt(path, media).as_json()
    differ = {key for key in told if told[key] != done[key]}
    assert differ == {"changed", "would_change", "dry_run", "backup"}


@pytest.mark.parametrize("version", sorted(recognition.known_versions()))
def test_adopts_every_earlier_version(tmp_path: Path, version: str) -> None:
    path = tmp_path / "musings.db"
    database = open_database(path)
    with database.write() as connection:
        upgrade(connection, version)
        connection.exec_driver_sql("INSERT INTO prompts (prompt_text, status) VALUES ('a fox', 'processing')")
    database.close()
    columns = recognition_columns(path)
    del columns["musings_schema"]
    before = untouched(path, columns)

    report = adopt(path)

    assert (report.version_before, report.recovered) == (version, ())
    assert (report.changed, report.backup is not None) == (version != schema.HEAD, version != schema.HEAD)
    assert untouched(path, columns) == before
    assert recognition.version_of(path) == schema.HEAD == max(recognition.known_versions())


def test_stuck_prompts_are_queued_again(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)
    with old.opened(path) as connection:
        stuck = [row[0] for row in connection.execute("SELECT id FROM prompts WHERE status = 'processing' ORDER BY id")]

    report = adopt(path)

    assert stuck
    assert list(report.recovered) == stuck
    with old.opened(path) as connection:
        found = connection.execute(
            f"SELECT DISTINCT status FROM prompts WHERE id IN ({', '.join(map(str, stuck))})"
        ).fetchall()
    assert found == [("pending",)]


def test_media_prompts_get_their_artifact_status(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.plain)
    with old.opened(path) as connection:
        connection.execute("DELETE FROM prompts WHERE status = 'processing'")

    adopt(path)

    with old.opened(path) as connection:
        found = set(
            connection.execute(
                "SELECT status, artifact_status FROM prompts WHERE prompt_type IN ('image', 'music', 'lyrics_prompt')"
            )
        )
        texts = set(connection.execute("SELECT artifact_status FROM prompts WHERE prompt_type IN ('text', 'song')"))
    assert found == {("unprocessed", "pending"), ("completed", "pending"), ("failed", "error")}
    assert texts == {(None,)}


def test_what_was_completed_is_ready_only_with_its_artifacts(tmp_path: Path) -> None:
    """And without them nothing makes it again by surprise."""
    path = old.build(tmp_path / "owner.db", old.plain)
    with old.opened(path) as connection:
        connection.execute("DELETE FROM prompts")
        connection.executescript(old.ARTIFACTS)
        connection.executemany(
            "INSERT INTO prompts (id, prompt_text, prompt_type, status, output_reference) VALUES (?, 'x', ?, ?, ?)",
            [
                (1, "image", "completed", None),
                (2, "music", "completed", 1),
                (3, "image", "completed", None),
                (4, "image_prompt", "completed", None),
                (5, "image_prompt", "completed", 1),
            ],
        )
        connection.execute("INSERT INTO prompt_artifacts (prompt_id, file_path) VALUES (3, 'image/3.png')")

    report = adopt(path)

    with old.opened(path) as connection:
        found = dict(connection.execute("SELECT id, artifact_status FROM prompts"))
    assert found == {1: "pending", 2: "pending", 3: "ready", 4: "pending", 5: "pending"}
    assert any(each.startswith("3 completed media prompts have no artifacts") for each in report.notices)
    assert any(each.startswith("1 image_prompt and lyrics_prompt rows have their words") for each in report.notices)
    database = open_database(path)
    assert database.writing(admit, 3) == 0
    assert database.writing(stages.take_up, 3) == 1
    claimed = [database.writing(claims.claim, list(Kind)) for _ in range(2)]
    database.close()
    assert [each.id for each in claimed if each] == [5], "its words are there: its media are made"


@pytest.mark.parametrize(
    "constraint", ["UNIQUE", "UNIQUE ON CONFLICT REPLACE", "UNIQUE ON CONFLICT ROLLBACK", "UNIQUE ON CONFLICT IGNORE"]
)
def test_the_same_words_again_are_a_writing_of_their_own(tmp_path: Path, constraint: str) -> None:
    path = tmp_path / "owner.db"
    with old.opened(path) as connection:
        connection.executescript(old.PROMPTS.format(more="") + ";" + old.WRITINGS.replace("UNIQUE", constraint))
    rehearsed = adoption.rehearse(path, schema.HEAD)
    assert any("writings.content_hash is UNIQUE here" in each for each in rehearsed.notices)
    adopt(path)
    database = open_database(path)
    for number in range(4):
        prompt, _ = database.writing(submission.add, NewPrompt("a fox", "poem"))
        claimed = database.writing(claims.claim, [Kind.TEXT])
        assert claimed is not None
        text = Writing("A fox", "a fox in the snow", "poem")
        assert database.writing(endings.complete, claimed, artifacts=[], writing=text, seconds=1, log="")
        assert database.reading(prompts.get, prompt.id).output_reference == number + 1
    database.close()
    with old.opened(path) as connection:
        kept = connection.execute("SELECT id, content, content_hash FROM writings ORDER BY id").fetchall()
    digest = hashlib.sha256(b"a fox in the snow").hexdigest()
    assert [row[2] for row in kept] == [digest, f"{digest}-2", f"{digest}-3", f"{digest}-4"]
    assert {row[1] for row in kept} == {"a fox in the snow"}


def test_titles_that_may_be_there_only_once(tmp_path: Path) -> None:
    path = tmp_path / "owner.db"
    with old.opened(path) as connection:
        connection.executescript(old.PROMPTS.format(more="") + ";" + old.WRITINGS)
        connection.execute("CREATE UNIQUE INDEX one_title ON writings (title, content_type)")
        connection.execute("CREATE UNIQUE INDEX odd ON writings (lower(mood))")
    adopt(path)
    database = open_database(path)
    with database.write() as connection:
        for words in ("one", "two"):
            writings.insert_writing(connection, Writing("A fox", words, "poem"))
        writings.insert_writing(connection, Writing("A fox", "three", "prose"))
    database.close()
    with old.opened(path) as connection:
        titles = [row[0] for row in connection.execute("SELECT title FROM writings ORDER BY id")]
    assert titles == ["A fox", "A fox (2)", "A fox"]


def test_prompts_between_the_stages_still_wait(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)

    adopt(path)

    with old.opened(path) as connection:
        found = connection.execute(
            "SELECT status, artifact_status, output_reference FROM prompts WHERE prompt_text = 'a harbour'"
        ).fetchall()
    assert found == [("completed", "pending", 1)]


def test_unknown_statuses_and_types_are_told(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.nulls)

    said = adopt(path).as_words()

    assert "1 prompts have the status 'archived'" in said
    assert "1 prompts are of the type 'haiku'" in said


def test_other_triggers_stay_silent_and_work_afterwards(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.forgotten_things)
    adopt(path)
    with old.opened(path) as connection:
        silent = connection.execute("SELECT count(*) FROM audit").fetchone()
        connection.execute("UPDATE prompts SET status = 'pending' WHERE id = 1")
        spoken = connection.execute("SELECT count(*) FROM audit").fetchone()
    assert (silent, spoken) == ((0,), (1,))


def test_paths_are_repaired_and_missing_files_are_told(tmp_path: Path) -> None:
    path, media = old.build(tmp_path / "owner.db", old.with_artifacts), tmp_path / "GeneratedMedia"
    (media / "image/4_20260107T164314").mkdir(parents=True)
    (media / "image/4_20260107T164314/output.png").write_bytes(b"a picture")
    with old.opened(path) as connection:
        connection.execute(
            "UPDATE prompts SET artifact_metadata = ? WHERE id = 4",
            ('{"count": 1, "primary": "poets/image/4_20260107T164314/output.png"}',),
        )

    report = adopt(path, media)

    assert report.paths_repaired == (
        ("poets/image/4_20260107T164314/output.png", "image/4_20260107T164314/output.png"),
    )
    assert [(m.prompt_id, m.path) for m in report.missing_files] == [(3, "image/3_20260107T164314/output.png")]
    assert "image/3_20260107T164314/output.png" in report.as_words()
    with old.opened(path) as connection:
        [(summary,)] = connection.execute("SELECT artifact_metadata FROM prompts WHERE id = 4").fetchall()
    assert summary == '{"count": 1, "primary": "image/4_20260107T164314/output.png"}'


def test_paths_that_come_in_later_are_repaired_by_the_next_run(tmp_path: Path) -> None:
    path, media = old.build(tmp_path / "owner.db", old.with_artifacts), tmp_path / "GeneratedMedia"
    media.mkdir()
    adopt(path, media)
    with old.opened(path) as connection:
        connection.execute("INSERT INTO prompt_artifacts (prompt_id, file_path) VALUES (5, 'poets/image/5/a.png')")

    report = adopt(path, media)

    assert report.paths_repaired == (("poets/image/5/a.png", "image/5/a.png"),)
    assert report.backup is not None
    assert not adopt(path, media).changed


def test_a_media_root_that_is_away_hides_nothing(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)

    report = adopt(path, tmp_path / "unplugged")

    assert report.missing_files == ()
    assert "is not there, so its files were not looked for" in report.as_words()


def test_a_fresh_file_needs_no_copy(tmp_path: Path) -> None:
    for name, made in (("absent.db", None), ("empty.db", b"")):
        path = tmp_path / name
        if made is not None:
            path.write_bytes(made)
        report = adopt(path)
        assert (report.origin, report.backup, report.changed) == (recognition.Origin.FRESH, None, True)


def test_works_where_there_is_no_write_ahead_log(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.forgotten_things)
    everything = old.contents(path)
    database = open_database(path)
    sqlite_of(database).journal_mode = "delete"  # as on a network or container mount

    report = schema.migrate(database, None, rehearse=False)

    database.close()
    assert report.backup is not None
    assert old.contents(report.backup) == everything
    assert recognition.version_of(path) == schema.HEAD


def test_a_hundred_thousand_rows(tmp_path: Path) -> None:
    def many(connection: sqlite3.Connection) -> None:
        connection.executescript(old.PROMPTS.format(more="") + ";" + old.WRITINGS)
        old.fill(connection, 100_000)

    path = old.build(tmp_path / "owner.db", many)
    columns = recognition_columns(path)
    before = untouched(path, columns)

    report = adopt(path)

    assert untouched(path, columns) == before
    assert report.rows["prompts"] == 100_000
    with old.opened(path) as connection:
        assert connection.execute("SELECT count(*) FROM prompt_events").fetchone()[0] <= len(report.recovered)


def test_a_damaged_index_is_rebuilt(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.forgotten_things)
    damage_index(path, "by_status")
    assert copying.integrity(path)

    report = adopt(path)

    assert "by_status" in report.indexes_rebuilt
    assert copying.integrity(path) == ()
    assert report.backup is not None
    assert copying.integrity(report.backup) != ()


def test_a_damaged_index_of_an_adopted_database_is_rebuilt_too(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.forgotten_things)
    adopt(path)
    damage_index(path, "musings_prompts_queue")

    report = adopt(path)

    assert "musings_prompts_queue" in report.indexes_rebuilt
    assert copying.integrity(path) == ()


def test_a_unique_index_over_rows_that_are_not_is_refused(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)
    with old.opened(path) as connection:
        connection.execute("CREATE INDEX once ON writings (content_type)")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = 'CREATE UNIQUE INDEX once ON writings (content_type)' WHERE name = 'once'"
        )
    refused(path, CorruptError, "once")


def damage_index(path: Path, name: str) -> None:
    """Take one entry out of an index by writing over the page that holds it, as a broken disk would."""
    with old.opened(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        page_size = connection.execute("PRAGMA page_size").fetchone()[0]
        [(root,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchall()
    with path.open("r+b") as file:
        file.seek((root - 1) * page_size)
        page = bytearray(file.read(page_size))
        cells = int.from_bytes(page[3:5], "big")
        assert cells > 1
        assert page[0] == 10  # a leaf of an index
        page[3:5] = (cells - 1).to_bytes(2, "big")
        page[8 + 2 * (cells - 1) : 8 + 2 * cells] = b"\0\0"
        file.seek((root - 1) * page_size)
        file.write(page)


def refused(path: Path, kind: type[StoreError], words: str) -> None:
    """The adoption is refused with these words, and neither the file nor its folder changed."""
    raw, files = path.read_bytes(), sorted(path.parent.iterdir())
    with pytest.raises(kind, match=words) as caught:
        adopt(path)
    assert caught.value.hint
    left = [f for f in path.parent.iterdir() if not f.name.endswith(copying.SIDE_FILES)]
    assert (path.read_bytes(), sorted(left)) == (raw, files)


def test_damage_to_a_table_is_refused(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)
    with old.opened(path) as connection:
        page_size = connection.execute("PRAGMA page_size").fetchone()[0]
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'writings'").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((root - 1) * page_size)
        file.write(os.urandom(page_size))
    refused(path, CorruptError, "damaged")


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "owner.db"
    path.write_text("Dear diary, " * 500)
    refused(path, CorruptError, "not an SQLite database")


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    refused(path, CorruptError, "damaged")


def test_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)
    adopt(path)
    with old.opened(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("UPDATE musings_schema SET version_num = '9999'")
    refused(path, SchemaError, "newer Musings")


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ("CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url TEXT)", "belongs to another program"),
        ("CREATE VIEW prompts AS SELECT 1 AS id, 'x' AS prompt_text", "is a view"),
        ("CREATE TABLE prompts (id INTEGER PRIMARY KEY, words TEXT)", "no column prompt_text"),
        ("CREATE TABLE prompts (id INTEGER, prompt_text TEXT)", "not the primary key"),
        (
            "CREATE TABLE prompts (id INTEGER PRIMARY KEY, prompt_text TEXT);"
            "CREATE TABLE workers (name TEXT, wages REAL)",
            "the table workers has no column",
        ),
        (
            "CREATE TABLE prompts (id INTEGER PRIMARY KEY, prompt_text TEXT, status TEXT CHECK (status IN ('todo')))",
            "refuse what Musings writes: CHECK constraint failed",
        ),
        (
            "CREATE TABLE prompts (id INTEGER PRIMARY KEY, prompt_text TEXT, owner TEXT NOT NULL)",
            "refuse what Musings writes: NOT NULL",
        ),
        (
            "CREATE TABLE prompts (id INTEGER PRIMARY KEY, prompt_text TEXT, status TEXT CHECK (status <> 'pending'));"
            "INSERT INTO prompts VALUES (1, 'a fox', 'processing')",
            "owner.db refuse what Musings writes: CHECK constraint failed",
        ),
        (
            "CREATE TABLE prompts (id INTEGER PRIMARY KEY, prompt_text TEXT, status TEXT);"
            "CREATE TABLE gone (a); CREATE TRIGGER tell AFTER UPDATE ON prompts BEGIN INSERT INTO gone VALUES (1); END;"
            "DROP TABLE gone",
            "refuse what Musings writes: no such table",
        ),
    ],
)
def test_what_cannot_work_is_refused(tmp_path: Path, made: str, words: str) -> None:
    path = tmp_path / "owner.db"
    with old.opened(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")  # so that opening it alone changes no byte
        connection.executescript(made)
    refused(path, SchemaError, words)
    with pytest.raises(SchemaError, match=words) as rehearsed:
        adoption.rehearse(path, schema.HEAD)
    assert "copy.db" not in str(rehearsed.value), "it names the file that is asked about"


def test_a_file_that_cannot_be_written_is_refused() -> None:
    with tempfile.TemporaryDirectory(prefix="musings-test-") as name:
        folder = Path(name)
        path = old.build(folder / "owner.db", old.with_artifacts)
        raw = path.read_bytes()
        path.chmod(0o444)
        folder.chmod(0o555)
        with as_nobody(), pytest.raises(StoreError, match="cannot be written"):
            adopt(path)
        with as_nobody():
            told = adoption.rehearse(path, schema.HEAD)
        assert path.read_bytes() == raw
        assert list(folder.iterdir()) == [path]
        folder.chmod(0o755)
    assert "cannot be written by this user" in told.as_words()


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the right of root to write everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_locked_database_is_told(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)
    with old.opened(path) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(BusyError, match="held by another program"):
            copying.pour(path, tmp_path / "copy.db", seconds=0.1)


def test_it_waits_for_no_worker_of_another_version(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)
    lock = RunnerLock(path)
    lock.acquire()
    try:
        with pytest.raises(LockedError, match="worker of another version"):
            adopt(path)
    finally:
        lock.release()
    Path(lock_path(str(path))).unlink()
    assert [f.name for f in tmp_path.iterdir()] == ["owner.db"]


def test_there_must_be_room_for_the_copy(tmp_path: Path) -> None:
    with pytest.raises(DiskFullError, match="MB are needed"):
        copying.require_room(tmp_path, 1 << 60)


def test_whoever_opens_an_old_database_adopts_it(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)
    database = open_database(path)
    try:
        done = schema.ensure(database, tmp_path)
        assert done is not None
        assert done.backup is not None
        assert schema.ensure(database, tmp_path) is None
        assert database.writing(admit, 3) > 0
    finally:
        database.close()
