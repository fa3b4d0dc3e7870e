"""One directory, by its descriptor: whatever is laid under a name meanwhile, nothing outside of it is touched.

No link is followed, only regular files are read, and nothing of somebody else's is replaced.
"""

import contextlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

PARTIAL = ".partial"
# Not blocking: to open a pipe would wait for somebody who writes into it.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True)
class FileLooks:
    """What a file looks like from outside; another content shows in one of them."""

    bytes: int
    modified: int
    inode: int


class Stumbles:
    """What went wrong with one file of many, told when the others had their turn."""

    def __init__(self) -> None:
        self._first: OSError | None = None

    @contextmanager
    def over(self) -> Iterator[None]:
        """Go on behind a file that the system does not let us touch."""
        try:
            yield
        except OSError as error:
            self._first = self._first or error

    def tell(self) -> None:
        """Raises the first ``OSError`` that there was."""
        if self._first is not None:
            raise self._first


class Directory:
    """Methods raise ``OSError``: the caller knows in which words to pass it on."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def names(self) -> list[str]:
        return sorted(os.listdir(self._descriptor))  # noqa: PTH208 (of a descriptor)

    def looks_of(self, name: str) -> FileLooks | None:
        """Of a regular file; None for anything else, and for what has gone."""
        try:
            found = os.stat(name, dir_fd=self._descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return None
        return _looks(found) if stat.S_ISREG(found.st_mode) else None

    def is_there(self, name: str) -> bool:
        try:
            os.stat(name, dir_fd=self._descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return True

    def read(self, name: str, most: int) -> tuple[bytes, FileLooks] | None:
        """A regular file, with one byte more than ``most`` of one that is longer; None for anything else."""
        try:
            descriptor = os.open(name, _READ, dir_fd=self._descriptor)
        except OSError:  # a link, a socket, or gone: nothing that anybody dropped for us
            return None
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            return (file.read(most + 1), _looks(found)) if stat.S_ISREG(found.st_mode) else None

    def rename(self, name: str, new: str) -> None:
        """Raises ``FileExistsError`` where something stands under the new name."""
        self._refuse_taken(new)
        os.rename(name, new, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)
        os.fsync(self._descriptor)

    def write(self, name: str, content: bytes) -> None:
        """Write a file whole, in place of one of the same name."""
        partial = f".{name}{PARTIAL}"
        self.remove(partial)
        self._create(partial, lambda file: file.write(content))
        os.rename(partial, name, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)
        os.fsync(self._descriptor)

    def remove(self, name: str) -> None:
        """A file or a link, which may be gone already."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self._descriptor)

    def fill(self, name: str, files: dict[str, Callable[[BinaryIO], object]]) -> None:
        """Make a folder of these files, each by its writer; it has its name when all of it is on the disk."""
        self._refuse_taken(name)
        partial = f".{name}{PARTIAL}"
        # What a kill left; ``rmtree`` follows no link.
        shutil.rmtree(partial, ignore_errors=True, dir_fd=self._descriptor)
        os.mkdir(partial, dir_fd=self._descriptor)
        try:
            with opened(partial, self._descriptor) as inner:
                for each, writer in files.items():
                    inner._create(each, writer)
                os.fsync(inner._descriptor)
            os.rename(partial, name, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True, dir_fd=self._descriptor)
            raise
        os.fsync(self._descriptor)

    def move_into(self, name: str, folder: str, new: str) -> None:
        """Move a file into a folder beside it, in place of one of that name."""
        with opened(folder, self._descriptor) as inner:
            os.rename(name, new, src_dir_fd=self._descriptor, dst_dir_fd=inner._descriptor)
            os.fsync(inner._descriptor)

    def _create(self, name: str, writer: Callable[[BinaryIO], object]) -> None:
        descriptor = os.open(name, _NEW, 0o666, dir_fd=self._descriptor)
        with os.fdopen(descriptor, "wb") as file:
            writer(file)
            file.flush()
            os.fsync(descriptor)

    def _refuse_taken(self, name: str) -> None:
        # Looked at and then taken: who else writes here are people, and ours is the only program (see ``watch``).
        if self.is_there(name):
            raise FileExistsError(f"{name} is there already")


@contextmanager
def opened(folder: Path | str, within: int | None = None) -> Iterator[Directory]:
    """A folder by its path, which may be a link, or one by its name in another, which may not."""
    flags = _FOLDER if within is not None else _FOLDER & ~os.O_NOFOLLOW
    descriptor = os.open(folder, flags, dir_fd=within)
    try:
        yield Directory(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def inside(directory: Directory, name: str) -> Iterator[Directory | None]:
    """A folder in a directory; None for anything else."""
    try:
        descriptor = os.open(name, _FOLDER, dir_fd=directory._descriptor)
    except OSError:  # a file, a link, or gone
        yield None
        return
    try:
        yield Directory(descriptor)
    finally:
        os.close(descriptor)


def _looks(found: os.stat_result) -> FileLooks:
    return FileLooks(found.st_size, found.st_mtime_ns, found.st_ino)
