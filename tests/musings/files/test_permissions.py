"""Other users of the machine can read nothing of it, but the media where the owner lets them."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from musings.files.media_root import MediaRoot
from musings.files.permissions import Readers
from tests.paths import ROOT

UMASK = 0o022
"""What most systems give to programs: everybody may read."""
CONFIG = '{"processing": {"backoff_seconds": 0.1}, "media": {"readable_by": "%s"}}'


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def musings(folder: Path, *words: str) -> None:
    """The program as a person types it, whatever the umask of these tests is."""
    subprocess.run(
        ["/bin/sh", "-c", f"umask {UMASK:03o}; exec \"$@\"", "sh", sys.executable, "-m", "musings", *words],
        cwd=folder, check=True, capture_output=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "MUSINGS_CONFIG": str(folder / "poets_cron_config.json")},
    )  # fmt: skip


def made_by(folder: Path, readers: str) -> list[Path]:
    """Everything that a prompt, a worker, a backup and an export leave in a folder."""
    (folder / "poets_cron_config.json").write_text(CONFIG % readers)
    config = ("--config", str(folder / "poets_cron_config.json"))
    musings(folder, "submit", *config, "--type", "image", "--set", "width=64", "--set", "height=64", "a fox")
    musings(folder, "worker", *config, "--drain")
    musings(folder, "backup", *config, "--media")
    musings(folder, "export", *config, str(folder / "all.zip"))
    return [path for path in folder.rglob("*") if path.name != "poets_cron_config.json"]


def test_what_is_made_is_for_its_owner(tmp_path: Path) -> None:
    made = made_by(tmp_path, "owner")
    assert {"musings.db", "all.zip"} <= {path.name for path in made}
    assert any(path.suffix == ".log" for path in made)
    assert any(path.suffix == ".png" for path in made)
    assert {str(path): oct(mode(path)) for path in made if mode(path) & 0o077} == {}


def test_media_alone_are_opened_to_those_whom_the_owner_names(tmp_path: Path) -> None:
    made = made_by(tmp_path, "group")
    media = tmp_path / "GeneratedMedia"
    shown = [path for path in (media / "image").rglob("*") if path.is_file()]
    assert shown
    assert {mode(path) for path in shown} == {0o640}
    for path in shown:
        assert all(mode(folder) & 0o050 == 0o050 for folder in path.parents if folder.is_relative_to(media))
    others = [path for path in made if not path.is_relative_to(media)]
    assert {str(path): oct(mode(path)) for path in others if mode(path) & 0o077} == {}


@pytest.mark.parametrize("readers", Readers)
def test_an_attempt_is_opened_before_it_has_its_place(tmp_path: Path, readers: Readers) -> None:
    """Also what a script left with permissions of its own, and never through a link."""
    root, outside = MediaRoot(tmp_path / "media", readers), tmp_path / "outside"
    root.prepare()
    outside.write_text("x")
    outside.chmod(0o604)
    made = root.attempt_directory(1, 1)
    (made / "01").mkdir(mode=0o777)
    (made / "01" / "a.png").write_text("x")
    (made / "01" / "a.png").chmod(0o666)
    (made / "link").symlink_to(outside)
    root.place(made, "image/1_20261122T101500")
    placed = tmp_path / "media" / "image" / "1_20261122T101500"
    assert (mode(placed / "01" / "a.png"), mode(placed / "01")) == readers.modes
    assert mode(outside) == 0o604
    root.put(_received(root), "uploads/ab/x.png")
    assert mode(tmp_path / "media" / "uploads" / "ab" / "x.png") == readers.modes[0]


def _received(root: MediaRoot) -> Path:
    path = root.receiving()
    path.write_text("x")
    return path
