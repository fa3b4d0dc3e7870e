"""Files and folders that have their name only when they are whole and on the disk.

Everything is written under another name beside the target, put on the disk, renamed, and the rename is put on the
disk. A process that dies in between leaves a hidden file that ends in ``.partial``, and never half a target; the next
writer of the same target removes it. What the system says (no space, no right) leaves here as ``OSError``: the caller
knows in which words to pass it on.
"""

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PARTIAL = ".partial"
LONGEST_NAME_BYTES = 215  # of the 255 that file systems take, the rest is for the ending


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A name for the caller to write a file or a folder under; it becomes ``target`` when the block ends well.

    The folder of the target must be there. A file that stands under its name is replaced, a folder is not
    (``OSError``). When the block raises, what was written is removed and the target is as it was.
    """
    partial = _partial_of(target)
    try:
        yield partial
        move(partial, target)
    finally:
        # In every case: after a success there is nothing under the partial name any more.
        remove(partial)


def write(target: Path, content: bytes, *, mode: int | None = None, replace: bool = True) -> None:
    """Write a small file whole. ``mode`` are its permissions, whatever the umask; None leaves them to the umask.

    Raises ``FileExistsError`` when the target exists and may not be replaced: of two who come first, one wins.
    """
    with replacing(target) if replace else _linking(target) as partial:
        # ``O_EXCL``: a link that somebody laid under the name is not followed. Never wider than its owner until it is
        # complete.
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else mode & 0o600)
        with os.fdopen(descriptor, "wb") as file:
            if mode is not None:
                # Set on the open file, because the umask has taken bits from the mode above.
                os.fchmod(descriptor, mode)
            file.write(content)


def move(made: Path, target: Path) -> None:
    """Give a finished file or folder its name: its contents are put on the disk first, then the name.

    Both are on one file system. When the name cannot be put on the disk, a folder that was moved is removed again.
    """
    # Contents before the name: otherwise a power cut could leave the name with an empty file.
    sync_all(made)
    is_folder = made.is_dir()
    made.replace(target)
    try:
        # The rename itself is only in memory until its folder is synced.
        sync(target.parent)
    except OSError:
        if is_folder:  # its rows are not written then; a file may have replaced one that others name
            shutil.rmtree(target, ignore_errors=True)
        raise


def make_folder(folder: Path) -> None:
    """Make a folder where it is missing, and those above it, with their names on the disk."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in reversed(missing):
        sync(each.parent)


def sync(path: Path) -> None:
    """Have the system put a file, or the names in a folder, on the disk before we go on."""
    # Read-only suffices for fsync, and is the only way to open a folder.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_all(path: Path) -> None:
    """The same for a file, or for a folder with everything in it."""
    for inner in path.rglob("*") if path.is_dir() else ():
        if inner.is_file() or inner.is_dir():  # opening a pipe would hang, and a link to nowhere has nothing to sync
            sync(inner)
    sync(path)


def remove(path: Path) -> None:
    """Remove a file or a folder that may not be there; what cannot be removed is left."""
    with contextlib.suppress(OSError):
        # A link to a folder is removed itself, and never what it points to.
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@contextmanager
def _linking(target: Path) -> Iterator[Path]:
    """As :func:`replacing`, but never replaces: a second name for a file cannot be given where one is taken."""
    partial = _partial_of(target)
    try:
        yield partial
        sync(partial)
        # A hard link fails where the name is taken, in one step; looking first would leave a gap between two writers.
        os.link(partial, target)
        sync(target.parent)
    finally:
        remove(partial)


def _partial_of(target: Path) -> Path:
    """A hidden name of its own beside the target; it holds the id of the process."""
    # A long name is shortened: with the ending it would pass what file systems take.
    name = target.name if len(os.fsencode(target.name)) <= LONGEST_NAME_BYTES else target.name[:50]
    _clear_left(target.parent, name)
    # The number for finding dead writers, the random part for two threads of one process.
    return target.with_name(f".{name}.{os.getpid()}-{secrets.token_hex(4)}{PARTIAL}")


def _clear_left(folder: Path, name: str) -> None:
    """Remove what writers of this target left that died, with the files that SQLite keeps beside its own."""
    form = re.compile(rf"\.{re.escape(name)}\.(\d+)-[0-9a-f]{{8}}{re.escape(PARTIAL)}.*", re.DOTALL)
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            match = form.fullmatch(entry.name)
            # Only of dead writers: a living one is still busy with its own.
            if match is not None and not _runs(int(match[1])):
                remove(Path(entry.path))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        # It exists, but belongs to another user; a number that is too large is none that we could ask about.
        return True
    return True
