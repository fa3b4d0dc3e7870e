"""Files below the media root, as housekeeping handles them."""

from pathlib import Path

from musings.errors import PathError
from musings.files.media_root import MediaRoot


def size_of(root: MediaRoot, path: str) -> int | None:
    """The bytes of the file that a row names; None when it is not there."""
    try:
        return root.find(path).stat().st_size
    except (PathError, OSError):
        return None


def clear_empty(root: Path, folder: Path) -> None:
    """Remove a folder if it is empty, and those above it that this leaves empty, but not the folder of their kind."""
    while folder != root and folder.parent != root and folder.is_relative_to(root):
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
