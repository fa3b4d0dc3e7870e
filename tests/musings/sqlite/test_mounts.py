"""Which disks can hold a write-ahead log."""

from pathlib import Path

import pytest

from musings.sqlite.mounts import file_system, wal_is_safe

MOUNTS = """\
/dev/vda / ext4 rw,relatime 0 0
host /srv/shared\\040things virtiofs rw 0 0
//nas/home /mnt/nas cifs rw 0 0
/dev/vdb /mnt/nas/local ext4 rw 0 0
/dev/vdc /data ext4 rw 0 0
nas:/data /data nfs4 rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/x/musings.db", "ext4"),
        ("/srv/shared things/musings.db", "virtiofs"),
        ("/mnt/nas/musings.db", "cifs"),
        ("/mnt/nas/local/musings.db", "ext4"),
        ("/data/musings.db", "nfs4"),
        ("/database/musings.db", "ext4"),
    ],
)
def test_the_file_system_under_a_path_is_told_by_its_deepest_latest_mount(path: str, kind: str) -> None:
    assert file_system(MOUNTS, Path(path)) == kind


def test_no_mount_tells_nothing() -> None:
    assert file_system("", Path("/x")) is None
    assert file_system("nonsense\n", Path("/x")) is None


def test_wal_is_used_where_it_is_safe(tmp_path: Path) -> None:
    assert wal_is_safe(tmp_path / "musings.db")
