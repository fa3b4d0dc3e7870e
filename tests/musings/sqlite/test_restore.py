"""Restoring: checked before anything is replaced, and what is replaced is kept."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from musings.errors import CorruptError, PathError, StoreError
from musings.files import media_files
from musings.sqlite import copying
from musings.sqlite.database import open_database
from tests.musings.sqlite import old_databases as old
from tests.musings.sqlite.installations import NOW, back_up, furnished, gallery_of, put_back, state_of


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An installation: musings.db and media/."""
    return furnished(tmp_path / "home")


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


@pytest.mark.parametrize(
    "line", ["{", "[]", "7", '{"path": "a"}', '{"path": 1, "bytes": 1, "sha256": "00"}', "[" * 100_000]
)
def test_a_malformed_list_of_media_is_told_in_words(home: Path, tmp_path: Path, line: str) -> None:
    made = back_up(home, tmp_path / "backup")
    lines = made.folder / "media.jsonl"
    lines.write_text(line + "\n")
    manifest = json.loads((made.folder / "manifest.json").read_text())
    manifest["media_list"]["sha256"] = media_files.described("", lines).sha256
    (made.folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(CorruptError, match="Line 1 of"):
        put_back(tmp_path / "backup", home)


@pytest.mark.parametrize("text", ["{", "[]", "7", '{"format": 1}', "[" * 100_000])
def test_a_malformed_manifest_is_told_in_words(home: Path, tmp_path: Path, text: str) -> None:
    made = back_up(home, tmp_path / "backup")
    (made.folder / "manifest.json").write_text(text)
    with pytest.raises(CorruptError, match="cannot be read as a manifest"):
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
