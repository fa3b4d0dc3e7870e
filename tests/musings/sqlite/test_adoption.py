"""Every state of the owner's database is adopted without losing a byte, or refused in words and left as it was."""

import hashlib
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from musings.errors import BusyError, DiskFullError, LockedError, StoreError
from musings.locate import lock_path
from musings.models import Kind, NewPrompt, Writing
from musings.sqlite import adoption, copying, recognition, schema
from musings.sqlite.database import open_database, sqlite_of
from musings.sqlite.lock import RunnerLock
from musings.store.gallery import prompts
from musings.store.queue import claims, endings, stages, submission
from musings.store.queue.admission import admit
from musings.store.writings import writings
from tests.disks import as_nobody
from tests.musings.sqlite import old_databases as old
from tests.musings.sqlite.adopting import adopt, recognition_columns, untouched


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


def test_other_triggers_stay_silent_and_work_afterwards(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.forgotten_things)
    adopt(path)
    with old.opened(path) as connection:
        silent = connection.execute("SELECT count(*) FROM audit").fetchone()
        connection.execute("UPDATE prompts SET status = 'pending' WHERE id = 1")
        spoken = connection.execute("SELECT count(*) FROM audit").fetchone()
    assert (silent, spoken) == ((0,), (1,))


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
