"""Backup and restore: a round trip loses nothing, and nothing is replaced that was not checked."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from musings.errors import ConflictError, DiskFullError, NotFoundError, SchemaError
from musings.sqlite import backup, restore, schema
from tests.musings.sqlite import old_databases as old
from tests.musings.sqlite.installations import NOW, back_up, furnished, gallery_of, put_back, state_of


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An installation: musings.db and media/."""
    return furnished(tmp_path / "home")


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
