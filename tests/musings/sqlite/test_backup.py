"""Backup and restore: a round trip loses nothing, and nothing is replaced that was not checked."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from musings.errors import ConflictError, CorruptError, DiskFullError, NotFoundError, PathError, SchemaError, StoreError
from musings.files import media_files
from musings.sqlite import backup, copying, restore, schema
from musings.sqlite.database import open_database
from tests.musings.sqlite import old_databases as old
from tests.musings.sqlite.installations import furnish, gallery_of, state_of

pytest_plugins = ("tests.musings.store.small_disk",)
NOW = datetime(2026, 11, 22, 10, 15, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An installation: musings.db and media/."""
    folder = tmp_path / "home"
    folder.mkdir()
    furnish(folder / "musings.db", folder / "media")
    return folder


def back_up(home: Path, destination: Path, *, media: bool = True) -> backup.Made:
    return backup.make(home / "musings.db", home / "media", destination, media=media, now=NOW)


def put_back(source: Path, home: Path) -> restore.Restored:
    home.mkdir(exist_ok=True)
    return restore.restore(restore.check(source, schema.HEAD), home / "musings.db", home / "media", NOW)


def test_a_round_trip_on_an_empty_machine_loses_nothing(home: Path, tmp_path: Path) -> None:
    made = back_up(home, tmp_path / "backup")

    done = put_back(tmp_path / "backup", tmp_path / "new")

    assert (made.files, made.rows["prompts"], made.missing) == (6, 8, ())
    assert (done.copied, done.already_there, done.replaced, done.missing) == (6, 0, None, ())
    assert state_of(tmp_path / "new/musings.db") == state_of(home / "musings.db")
    shown = gallery_of(tmp_path / "new/musings.db", tmp_path / "new/media")
    assert shown == gallery_of(home / "musings.db", home / "media")
    assert len(shown) == 6


def test_a_backup_says_what_it_holds(home: Path, tmp_path: Path) -> None:
    made = back_up(home, tmp_path / "backup", media=False)

    manifest = json.loads((made.folder / "manifest.json").read_text())
    lines = [json.loads(line) for line in (made.folder / "media.jsonl").read_text().splitlines()]
    assert manifest["media"] == {"included": False, "files": 6, "bytes": made.media_bytes, "missing": 0}
    assert manifest["schema"] == schema.HEAD
    assert {line["path"]: line["sha256"] for line in lines} == gallery_of(home / "musings.db", home / "media")
    assert sorted(path.name for path in made.folder.iterdir()) == ["manifest.json", "media.jsonl", "musings.db"]


def test_an_existing_folder_takes_a_backup_of_each_time_and_the_newest_counts(home: Path, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    first = back_up(home, tmp_path / "disk")
    with old.opened(home / "musings.db") as connection:
        connection.execute("INSERT INTO prompts (prompt_text) VALUES ('later')")
    later = datetime(2026, 11, 23, tzinfo=UTC)
    second = backup.make(home / "musings.db", home / "media", tmp_path / "disk", media=False, now=later)

    assert (first.folder.name, second.folder.name) == ("musings-20261122T101500Z", "musings-20261123T000000Z")
    assert restore.check(tmp_path / "disk", schema.HEAD).database == second.folder / "musings.db"
    with pytest.raises(ConflictError, match="is there already"):
        back_up(home, tmp_path / "disk")


def test_the_replaced_database_is_kept(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "backup")
    with old.opened(home / "musings.db") as connection:
        connection.execute("DELETE FROM prompts WHERE id < 4")
    changed = state_of(home / "musings.db")

    done = put_back(tmp_path / "backup", home)

    assert done.replaced == home / "musings.replaced-20261122T101500Z.db"
    assert state_of(done.replaced) == changed
    assert state_of(home / "musings.db") == state_of(tmp_path / "backup/musings.db")
    assert (done.copied, done.already_there) == (0, 6)


def test_who_has_the_database_open_sees_the_restored_one(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "backup")
    with closing(open_database(home / "musings.db")) as server:
        with server.write() as connection:
            connection.exec_driver_sql("DELETE FROM prompts")
        seen = server.version_of_data()

        put_back(tmp_path / "backup", home)

        assert server.version_of_data() != seen
        with server.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM prompts").scalar() == 8
    assert copying.integrity(home / "musings.db") == ()


def test_files_of_other_content_are_kept(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "backup")
    [first, *_] = sorted((home / "media").rglob("*.png"))
    first.write_bytes(b"painted over")

    done = put_back(tmp_path / "backup", home)

    assert done.kept is not None
    assert [path.read_bytes() for path in done.kept.rglob("*.png")] == [b"painted over"]
    assert gallery_of(home / "musings.db", home / "media") == gallery_of(tmp_path / "backup/musings.db", home / "media")


def test_without_its_media_a_backup_tells_what_is_missing(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "backup", media=False)
    gone = sorted((home / "media").rglob("*.png"))[0]
    gone.unlink()

    done = put_back(tmp_path / "backup", home)

    assert done.missing == (gone.relative_to(home / "media").as_posix(),)
    assert done.already_there == 5


def test_files_that_are_gone_are_told_in_the_backup(home: Path, tmp_path: Path) -> None:
    gone = sorted((home / "media").rglob("*.png"))[0]
    gone.unlink()

    made = back_up(home, tmp_path / "backup")

    assert made.missing == (gone.relative_to(home / "media").as_posix(),)
    put_back(tmp_path / "backup", tmp_path / "new")


def test_hidden_files_and_links_are_left_out(home: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (home / "media/.attempts/9-1").mkdir(parents=True)
    (home / "media/.attempts/9-1/half.png").write_text("half")
    (home / "media/link.png").symlink_to(tmp_path / "secret")
    assert back_up(home, tmp_path / "backup").files == 6


@pytest.mark.parametrize("part", ["musings.db", "media.jsonl", "manifest.json", "a file", "a file away"])
def test_a_backup_that_was_changed_is_refused_and_nothing_is_replaced(home: Path, tmp_path: Path, part: str) -> None:
    made = back_up(home, tmp_path / "backup")
    [file, *_] = made.folder.rglob("*.png")
    broken = file if part.startswith("a file") else made.folder / part
    if part == "a file away":
        broken.unlink()
    else:
        broken.write_bytes(broken.read_bytes()[:-9] + b"something")
    before = state_of(home / "musings.db")

    with pytest.raises((CorruptError, StoreError)):
        put_back(tmp_path / "backup", home)

    assert state_of(home / "musings.db") == before
    assert not list(home.glob("*replaced*"))


def test_a_manifest_cannot_lead_out_of_the_media_root(home: Path, tmp_path: Path) -> None:
    made = back_up(home, tmp_path / "backup")
    lines = made.folder / "media.jsonl"
    lines.write_text(json.dumps({"path": "../../outside", "bytes": 1, "sha256": "00"}) + "\n")
    manifest = json.loads((made.folder / "manifest.json").read_text())
    manifest["media_list"]["sha256"] = media_files.described("", lines).sha256
    (made.folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(PathError, match="no path of a media file"):
        put_back(tmp_path / "backup", home)


def test_a_bare_file_can_be_restored(home: Path, tmp_path: Path) -> None:
    copy = copying.copy_aside(home / "musings.db", "before-9999", NOW)
    with old.opened(home / "musings.db") as connection:
        connection.execute("DELETE FROM prompts")

    put_back(copy, home)

    assert state_of(home / "musings.db") == state_of(copy)


def test_pages_of_another_size_are_restored_too(home: Path, tmp_path: Path) -> None:
    small = old.build(tmp_path / "small.db", old.small_pages)
    put_back(small, home)
    assert old.contents(home / "musings.db") == old.contents(small)


def test_a_damaged_database_is_replaced_and_kept(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "backup")
    (home / "musings.db").write_text("Dear diary, " * 900)
    (home / "musings.db-wal").write_text("left over")

    done = put_back(tmp_path / "backup", home)

    assert done.replaced is not None
    assert done.replaced.read_text().startswith("Dear diary")
    assert state_of(home / "musings.db") == state_of(tmp_path / "backup/musings.db")


def test_a_log_left_by_a_deleted_database_is_not_replayed(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "backup")
    with closing(sqlite3.connect(home / "musings.db")) as writer:
        writer.execute("DELETE FROM prompts")
        writer.commit()
        log = (home / "musings.db-wal").read_bytes()
    (home / "musings.db").unlink()
    (home / "musings.db-wal").write_bytes(log)

    put_back(tmp_path / "backup", home)

    assert state_of(home / "musings.db") == state_of(tmp_path / "backup/musings.db")


def test_what_cannot_be_restored_is_said(home: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no backup in"):
        put_back(tmp_path, home)
    with pytest.raises(ConflictError, match="from itself"):
        put_back(home / "musings.db", home)
    with pytest.raises(NotFoundError, match="no database"):
        back_up(tmp_path / "nowhere", tmp_path / "backup")
    made = back_up(home, tmp_path / "backup")
    with old.opened(made.folder / "musings.db") as connection:
        connection.execute("UPDATE musings_schema SET version_num = '9999'")
    with pytest.raises(SchemaError, match="newer Musings"):
        restore.check(made.folder / "musings.db", schema.HEAD)


def test_a_full_disk_is_told_before_anything_is_written(home: Path, small_disk: Path) -> None:
    with pytest.raises(DiskFullError, match="MB are needed"):
        back_up(home, small_disk / "backup")
    assert list(small_disk.iterdir()) == []


def test_what_a_killed_backup_left_goes(home: Path, tmp_path: Path) -> None:
    left = tmp_path / ".backup.partial"
    (left / "media").mkdir(parents=True)
    back_up(home, tmp_path / "backup")
    assert not left.exists()
    assert (tmp_path / "backup/manifest.json").exists()


def test_an_old_database_is_backed_up_as_it_is(tmp_path: Path) -> None:
    path = old.build(tmp_path / "musings.db", old.forgotten_things)
    before = old.contents(path)
    made = backup.make(path, tmp_path / "media", tmp_path / "backup", media=True, now=NOW)
    assert old.contents(path) == before == old.contents(made.folder / "musings.db")
    assert sorted(made.missing) == ["image/3_20260107T164314/output.png", "poets/image/4_20260107T164314/output.png"]
