"""Files and folders that have their name only when they are whole and on the disk.

Everything is written under another name beside the target, put on the disk, renamed, and the rename is put on the
disk. A process that dies in between leaves a hidden file that ends in ``.partial``, and never half a target. What the
system says (no space, no right) leaves here as ``OSError``: the caller knows in which words to pass it on.
"""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PARTIAL = ".partial"
LONGEST_NAME_BYTES = 230  # of the 255 that file systems take, the rest is for the ending


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A name for the caller to write a file or a folder under; it becomes ``target`` when the block ends well.

    The folder of the target must be there. A file that stands under its name is replaced, a folder is not
    (``OSError``). When the block raises, what was written is removed and the target is as it was.
    """
    partial = partial_of(target)
    try:
        yield partial
        move(partial, target)
    finally:
        remove(partial)


def write(target: Path, content: bytes, *, mode: int | None = None, replace: bool = True) -> None:
    """Write a small file whole. ``mode`` are its permissions, whatever the umask; None leaves them to the umask.

    Raises ``FileExistsError`` when the target exists and may not be replaced: of two who come first, one wins.
    """
    with replacing(target) if replace else _linking(target) as partial:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else mode & 0o600)
        with os.fdopen(descriptor, "wb") as file:
            if mode is not None:
                os.fchmod(descriptor, mode)
            file.write(content)


def move(made: Path, target: Path) -> None:
    """Give a finished file or folder its name: its contents are put on the disk first, then the name.

    Both are on one file system. When the name cannot be put on the disk, a folder that was moved is removed again.
    """
    sync_all(made)
    is_folder = made.is_dir()
    made.replace(target)
    try:
        sync(target.parent)
    except OSError:
        if is_folder:  # its rows are not written then; a file may have replaced one that others name
            shutil.rmtree(target, ignore_errors=True)
        raise


def sync(path: Path) -> None:
    """Have the system put a file, or the names in a folder, on the disk before we go on."""
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


def partial_of(target: Path) -> Path:
    """A hidden name beside the target that nobody else uses."""
    name = target.name if len(os.fsencode(target.name)) <= LONGEST_NAME_BYTES else target.name[:50]
    return target.with_name(f".{name}.{secrets.token_hex(4)}{PARTIAL}")


def remove(path: Path) -> None:
    """Remove a file or a folder that may not be there; what cannot be removed is left."""
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@contextmanager
def _linking(target: Path) -> Iterator[Path]:
    """As :func:`replacing`, but never replaces: a second name for a file cannot be given where one is taken."""
    partial = partial_of(target)
    try:
        yield partial
        sync(partial)
        os.link(partial, target)
        sync(target.parent)
    finally:
        remove(partial)
