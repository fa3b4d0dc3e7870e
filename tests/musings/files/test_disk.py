"""Room on a disk."""

import shutil
import sys
from pathlib import Path

import pytest

from musings.files.disk import disk_error_in, free_bytes


def test_a_folder_that_is_not_made_yet_is_on_the_disk_of_those_above_it(tmp_path: Path) -> None:
    free, total = free_bytes(tmp_path / "not" / "yet"), shutil.disk_usage(tmp_path).total
    assert free is not None
    assert 0 <= free <= total


def test_nobody_can_tell_of_what_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert free_bytes(tmp_path / "loop" / "below") is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a file whose reading fails with EIO is Linux's")
def test_eio_without_the_name_of_a_file_is_told_by_who_met_it(tmp_path: Path) -> None:
    # Nothing is at the address 0, so that the system says EIO; and of an open file it says no name.
    with Path("/proc/self/mem").open("rb", buffering=0) as broken, (tmp_path / "copy").open("wb") as copy:
        with pytest.raises(OSError, match="Input/output error") as met_by_a_copy:
            shutil.copyfileobj(broken, copy)
        with pytest.raises(OSError, match="Input/output error") as met_here:
            broken.read(1)
    assert disk_error_in(met_by_a_copy.value) is met_by_a_copy.value
    assert disk_error_in(met_here.value) is None
    assert met_by_a_copy.value.filename is None
