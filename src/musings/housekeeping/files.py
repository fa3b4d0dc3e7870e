"""Files below the media root, as housekeeping handles them."""

import os
from collections.abc import Iterator
from pathlib import Path

from musings.errors import PathError
from musings.store.media_root import MediaRoot


def size_of(root: MediaRoot, path: str) -> int | None:
    """The bytes of the file that a row names; None when it is not there."""
    try:
        return root.find(path).stat().st_size
    except (PathError, OSError):
        return None


def walk(root: MediaRoot) -> Iterator[str]:
    """Every file outside of hidden folders, relative to the root, with ``/``."""
    for folder, folders, names in os.walk(root.folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield (Path(folder) / name).relative_to(root.folder).as_posix()


def clear_empty(root: Path, folder: Path) -> None:
    """Remove a folder if it is empty, and those above it that this leaves empty, but not the folder of their kind."""
    while folder != root and folder.parent != root and folder.is_relative_to(root):
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def sync(folder: Path) -> None:
    """Have changes of a folder on the disk before we go on."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
