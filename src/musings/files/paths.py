"""Relative paths of files: which of them are safe, and what old rows mean that spell theirs otherwise.

Every path that a row, a request or a manifest names is relative to the media root, with ``/``. Met in old databases: a
stray ``poets/`` before the path, and files that are gone.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

# A tool of the owner wrote paths relative to its own parent folder.
STRAY_PREFIX = "poets/"
LONGEST = 4096  # what Linux takes as a path
KINDS = ("image", "music", "voice", "audio", "text", "video")


def is_safe(relative: str, *, hidden: bool = False) -> bool:
    """Whether a path that somebody else wrote names something below the folder that it is relative to.

    Refused are ``..``, ``.`` and empty parts (so absolute paths too), NUL, backslashes, more than 4,096 characters, and
    hidden parts unless ``hidden``. Links are not looked at: that is for the code that opens the file.
    """
    # A backslash is a separator elsewhere: the path would mean another file there.
    if "\0" in relative or "\\" in relative or len(relative) > LONGEST:
        return False
    parts = relative.split("/")
    return not any(part in ("", ".", "..") or (part.startswith(".") and not hidden) for part in parts)


def repaired(path: str, root: Path, exists: Callable[[str], bool]) -> str:
    """The path that this row should have; the same one when nothing better is known.

    ``exists`` says whether a relative path is a file in the root. A path that names a file is never changed.
    """
    # A path that works is never touched, however odd it looks.
    if not path or exists(path):
        return path
    found = next((candidate for candidate in _candidates(path, root) if exists(candidate)), None)
    if found is not None:
        return found
    # Nothing found: the stray prefix is removed all the same, because no media root has it.
    return path.removeprefix(STRAY_PREFIX) or path


def is_file(root: Path, relative: str) -> bool:
    """Whether a relative path plainly names a file inside the root."""
    try:
        # Hidden ones count here: the question is only whether the row's file exists.
        return is_safe(relative, hidden=True) and (root / relative).is_file()
    except OSError:
        return False


# From the most plausible spelling to the least: the first that names a file wins.
def _candidates(path: str, root: Path) -> Iterator[str]:
    plain = path.replace("\\", "/")
    yield plain.removeprefix("./")
    yield plain.removeprefix(STRAY_PREFIX)
    yield plain.removeprefix(root.as_posix() + "/")
    for prefix in (f"{root.name}/", "media/", "api/media/"):
        before, found, after = plain.partition(prefix)
        if found and (before == "" or before.endswith("/")):
            yield after
    parts = plain.split("/")
    # The last resort: whatever stands before the folder of a kind was the root of another machine.
    yield from ("/".join(parts[n:]) for n, part in enumerate(parts) if part in KINDS)
