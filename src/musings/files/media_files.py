"""The files below a media root, as a manifest tells them: path, bytes, sha256; and copies that are checked."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from musings.errors import CorruptError, PathError
from musings.files.digests import sha256_of
from musings.files.paths import is_safe


@dataclass(frozen=True)
class MediaFile:
    """A line of a manifest. ``sha256`` is None for a file that a row names and that is not there."""

    path: str
    bytes: int
    sha256: str | None


def walk(root: Path) -> Iterator[tuple[str, Path]]:
    """Every plain file below the root with its relative path, in order; hidden ones and links are left out."""
    if not root.is_dir():
        return
    for folder, folders, files in os.walk(root):
        # In place: ``os.walk`` goes down only into what stays in the list.
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder) / name
            # A link could lead out of the root, and a pipe would block the reader.
            if not name.startswith(".") and not path.is_symlink() and path.is_file():
                yield path.relative_to(root).as_posix(), path


def described(relative: str, path: Path) -> MediaFile:
    """The line of a manifest for a file."""
    return MediaFile(relative, path.stat().st_size, sha256_of(path))


def copied(relative: str, source: Path, target: Path) -> MediaFile:
    """Copy a file with its times; returns the line of the manifest for what was written.

    The caller sees to it that a half-written copy never has a name that counts (:mod:`musings.files.atomic`).
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    facts = source.stat()
    # The times are kept, because pages sort and caches compare by them.
    os.utime(target, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    # Read back from the target: the sum is of what was written, not of what should have been.
    return described(relative, target)


def place(root: Path, relative: str) -> Path:
    """Where a path of a manifest is below a root. Raises ``PathError`` for one that leads anywhere else."""
    if not is_safe(relative):
        raise PathError(f"The manifest names {relative[:200]!r}, which is no path of a media file.")
    return root / relative


def require_same(wanted: MediaFile, found: MediaFile, where: Path) -> None:
    if (wanted.bytes, wanted.sha256) != (found.bytes, found.sha256):
        raise CorruptError(f"{where} is not the file that was backed up: its sum differs.", hint="Use another backup.")
