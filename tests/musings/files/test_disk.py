"""Room on a disk."""

import shutil
from pathlib import Path

from musings.files.disk import free_bytes


def test_a_folder_that_is_not_made_yet_is_on_the_disk_of_those_above_it(tmp_path: Path) -> None:
    free, total = free_bytes(tmp_path / "not" / "yet"), shutil.disk_usage(tmp_path).total
    assert free is not None
    assert 0 <= free <= total


def test_nobody_can_tell_of_what_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert free_bytes(tmp_path / "loop" / "below") is None
