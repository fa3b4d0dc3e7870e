"""Whole under its name, or not there: also when the writer is killed, and when the disk is full."""

import os
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from musings.files import atomic

KILLED = """
import os, signal, sys
from pathlib import Path
from musings.files import atomic

def die(*_): os.kill(os.getpid(), signal.SIGKILL)

target, step = Path(sys.argv[1]), sys.argv[2]
if step in ("sync", "replace"):  # instead of the step: what a kill just before it leaves behind
    if step == "sync": atomic.sync = die
    else: Path.replace = die
with atomic.replacing(target) as partial:
    partial.write_bytes(b"new" * 1000)
    if step == "written": die()
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestReplacing:
    def test_a_file_appears_whole(self, tmp_path: Path) -> None:
        target = tmp_path / "file"
        with atomic.replacing(target) as partial:
            partial.write_text("new")
            assert not target.exists()
        assert target.read_text() == "new"
        assert names(target.parent) == ["file"]

    def test_what_stood_there_stays_until_the_end(self, tmp_path: Path) -> None:
        target = tmp_path / "file"
        target.write_text("old")
        with atomic.replacing(target) as partial:
            partial.write_text("new")
            assert target.read_text() == "old"
        assert target.read_text() == "new"

    def test_an_error_changes_nothing_and_leaves_nothing(self, tmp_path: Path) -> None:
        target = tmp_path / "file"
        target.write_text("old")
        with pytest.raises(UnicodeEncodeError), atomic.replacing(target) as partial:
            partial.write_text("half \ud800", encoding="utf-8")
        assert target.read_text() == "old"
        assert names(tmp_path) == ["file"]

    def test_a_folder_appears_whole(self, tmp_path: Path) -> None:
        with atomic.replacing(tmp_path / "backup") as partial:
            (partial / "media").mkdir(parents=True)
            (partial / "media" / "file").write_text("new")
        assert (tmp_path / "backup" / "media" / "file").read_text() == "new"
        assert names(tmp_path) == ["backup"]

    def test_a_folder_replaces_none(self, tmp_path: Path) -> None:
        (tmp_path / "backup").mkdir()
        (tmp_path / "backup" / "old").touch()
        with pytest.raises(OSError, match="not empty"), atomic.replacing(tmp_path / "backup") as partial:
            partial.mkdir()
        assert names(tmp_path) == ["backup"]
        assert (tmp_path / "backup" / "old").exists()

    @pytest.mark.parametrize("name", ["x" * 255, "ü" * 127, "😀" * 63])
    def test_the_longest_names_that_a_disk_takes(self, tmp_path: Path, name: str) -> None:
        atomic.write(tmp_path / name, b"new")
        assert (tmp_path / name).read_bytes() == b"new"

    @pytest.mark.parametrize("step", ["written", "sync", "replace"])
    def test_a_kill_leaves_the_old_file(self, tmp_path: Path, step: str) -> None:
        target = tmp_path / "file"
        target.write_text("old")
        ended = subprocess.run([sys.executable, "-c", KILLED, str(target), step], check=False)
        assert ended.returncode == -signal.SIGKILL
        assert target.read_text() == "old"
        left = [name for name in names(tmp_path) if name != "file"]
        assert all(name.startswith(".file.") and name.endswith(atomic.PARTIAL) for name in left)
        atomic.write(target, b"newest")
        assert names(tmp_path) == ["file"]

    def test_what_others_are_writing_stays(self, tmp_path: Path) -> None:
        with atomic.replacing(tmp_path / "file.zip") as other, atomic.replacing(tmp_path / "file") as same:
            other.touch()
            same.touch()
            atomic.write(tmp_path / "file", b"new")
            assert (other.exists(), same.exists()) == (True, True)

    def test_a_full_disk_leaves_the_old_file(self, small_disk: Path) -> None:
        target = small_disk / "file"
        target.write_text("old")
        with pytest.raises(OSError, match="No space left"):
            atomic.write(target, b"x" * 3_000_000)
        assert target.read_text() == "old"
        assert names(small_disk) == ["file"]


class TestWrite:
    def test_permissions_are_those_that_were_asked_for(self, tmp_path: Path) -> None:
        atomic.write(tmp_path / "key", b"secret", mode=0o600)
        assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
        atomic.write(tmp_path / "unit", b"unit", mode=0o644)
        assert stat.S_IMODE((tmp_path / "unit").stat().st_mode) == 0o644

    def test_without_any_the_umask_decides(self, tmp_path: Path) -> None:
        atomic.write(tmp_path / "ours", b"new")
        (tmp_path / "plain").write_bytes(b"new")
        assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode

    def test_of_many_first_ones_one_wins(self, tmp_path: Path) -> None:
        def first(number: int) -> bool:
            try:
                atomic.write(tmp_path / "key", b"%d" % number, replace=False)
            except FileExistsError:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(first, range(40)))
        assert sum(won) == 1
        assert (tmp_path / "key").read_bytes() == b"%d" % won.index(True)
        assert names(tmp_path) == ["key"]

    def test_many_who_replace_leave_one_whole_file(self, tmp_path: Path) -> None:
        contents = [bytes([number]) * 50_000 for number in range(20)]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda content: atomic.write(tmp_path / "file", content), contents))
        assert (tmp_path / "file").read_bytes() in contents
        assert names(tmp_path) == ["file"]


def test_a_pipe_or_a_link_to_nowhere_holds_nobody(tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.mkdir()
    os.mkfifo(made / "pipe")
    (made / "link").symlink_to(made / "gone")
    atomic.move(made, tmp_path / "target")
    assert names(tmp_path / "target") == ["link", "pipe"]
