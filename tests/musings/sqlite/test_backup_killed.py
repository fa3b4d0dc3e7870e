"""A SIGKILL in the middle of backup, restore or export leaves the originals whole, and nothing half-made has a name."""

import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from musings.archive import export
from musings.files.media_root import MediaRoot
from musings.sqlite import backup, copying, restore, schema
from tests.musings.sqlite import old_databases as old
from tests.musings.sqlite.installations import furnish, gallery_of, state_of
from tests.musings.sqlite.killing import kill_at_many_moments

NOW = datetime(2026, 11, 22, 10, 15, tzinfo=UTC)
KILLS = 12


def back_up(folder: Path) -> None:
    backup.make(folder / "musings.db", folder / "media", folder / "backup", media=True, now=NOW)


def put_back(folder: Path) -> None:
    checked = restore.check(folder.with_name("pattern") / "backup", schema.HEAD)
    restore.restore(checked, folder / "musings.db", folder / "media", datetime.now(UTC))


def write_archive(folder: Path) -> None:
    export.export(folder / "musings.db", MediaRoot(folder / "media"), folder / "a.zip", NOW)


def test_killed_backups_and_archives(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    furnish(home / "musings.db", home / "media", 60)
    state, shown = state_of(home / "musings.db"), gallery_of(home / "musings.db", home / "media")
    whole = {"backup": 0, "a.zip": 0}

    def prepare() -> None:
        shutil.rmtree(home / "backup", ignore_errors=True)
        (home / "a.zip").unlink(missing_ok=True)

    def judge() -> None:
        assert copying.integrity(home / "musings.db") == ()
        assert state_of(home / "musings.db") == state
        assert gallery_of(home / "musings.db", home / "media") == shown
        if (home / "backup").exists():
            whole["backup"] += 1
            restore.check(home / "backup", schema.HEAD)
        if (home / "a.zip").exists():
            whole["a.zip"] += 1
            with zipfile.ZipFile(home / "a.zip") as archive:
                assert archive.testzip() is None

    kill_at_many_moments(back_up, home, KILLS, prepare, judge)
    kill_at_many_moments(write_archive, home, KILLS, prepare, judge)

    assert all(count < KILLS for count in whole.values())
    prepare()
    back_up(home)
    write_archive(home)
    assert not list(home.glob(".*"))  # what the killed ones left is gone


def test_killed_restores(tmp_path: Path) -> None:
    pattern, home = tmp_path / "pattern", tmp_path / "home"
    pattern.mkdir()
    furnish(pattern / "musings.db", pattern / "media", 60)
    back_up(pattern)
    restored = state_of(pattern / "musings.db")
    with old.opened(pattern / "musings.db") as connection:
        connection.execute("DELETE FROM prompts WHERE id % 2")
    with old.opened(pattern / "musings.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    original = state_of(pattern / "musings.db")
    seen = set()

    def prepare() -> None:
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        shutil.copy(pattern / "musings.db", home)
        shutil.copytree(pattern / "media", home / "media")
        next((home / "media").rglob("*.png")).unlink()

    def judge() -> None:
        assert copying.integrity(home / "musings.db") == ()
        state = state_of(home / "musings.db")
        assert state in (original, restored)
        seen.add(state == restored)
        if state == restored:  # its files came before it
            gallery_of(home / "musings.db", home / "media")

    kill_at_many_moments(put_back, home, KILLS, prepare, judge)

    assert seen == {False, True}
