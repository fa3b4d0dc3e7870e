"""Who may read the files that we make: their owner alone, and of media those whom the owner names."""

import contextlib
import errno
from enum import StrEnum
from pathlib import Path

UNSUPPORTED = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)
"""Of a file system without permissions of its own, such as exFAT or a share: its mount decides."""


class Readers(StrEnum):
    """Who may read media files."""

    OWNER = "owner"
    GROUP = "group"
    EVERYONE = "everyone"

    @property
    def modes(self) -> tuple[int, int]:
        """The permissions of a file and of a folder."""
        return {"owner": (0o600, 0o700), "group": (0o640, 0o750), "everyone": (0o644, 0o755)}[self.value]


def open_to(readers: Readers, path: Path) -> None:
    """Give a file, or a folder with everything in it, the permissions of media; a link is left alone."""
    found = [path, *path.rglob("*")] if path.is_dir() else [path]
    for each in found:
        if not each.is_symlink():
            _set(each, readers.modes[each.is_dir()])


def open_folder(readers: Readers, folder: Path) -> None:
    """The same for a folder alone, where it is closed to those who may read what is in it; nothing is closed."""
    mode = folder.stat().st_mode & 0o777
    if mode | readers.modes[1] != mode:
        _set(folder, mode | readers.modes[1])


def _set(path: Path, mode: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        try:
            path.chmod(mode)
        except OSError as error:
            if error.errno not in UNSUPPORTED:
                raise
