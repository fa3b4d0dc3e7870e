"""Paths of artifacts as old rows spell them, brought to the one form: relative to the media root, with ``/``.

Met in the owner's database (LEGACY): a stray ``poets/`` before the path, and files that are gone.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

STRAY = "poets/"
KINDS = ("image", "music", "voice", "audio", "text", "video")


def repaired(path: str, root: Path, exists: Callable[[str], bool]) -> str:
    """The path that this row should have; the same one when nothing better is known.

    ``exists`` says whether a relative path is a file in the root. A path that names a file is never changed.
    """
    if not path or exists(path):
        return path
    found = next((candidate for candidate in _candidates(path, root) if exists(candidate)), None)
    if found is not None:
        return found
    return path.removeprefix(STRAY) or path


def is_file(root: Path, relative: str) -> bool:
    """Whether a relative path plainly names a file inside the root."""
    parts = relative.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\0" in relative or "\\" in relative:
        return False
    try:
        return (root / relative).is_file()
    except OSError:
        return False


def _candidates(path: str, root: Path) -> Iterator[str]:
    plain = path.replace("\\", "/")
    yield plain.removeprefix("./")
    yield plain.removeprefix(STRAY)
    yield plain.removeprefix(root.as_posix() + "/")
    for prefix in (f"{root.name}/", "media/", "api/media/"):
        before, found, after = plain.partition(prefix)
        if found and (before == "" or before.endswith("/")):
            yield after
    parts = plain.split("/")
    yield from ("/".join(parts[n:]) for n, part in enumerate(parts) if part in KINDS)
