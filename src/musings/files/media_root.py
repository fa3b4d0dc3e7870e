"""The media root: a local folder as the store of artifacts, and the one place where a path is checked against it.

Files are made in ``.attempts/{prompt}-{attempt}/`` and moved by one rename to ``{kind}/{prompt}_{UTC stamp}/`` before
the rows that name them (docs/architecture.md, invariant 3). ``.attempts`` is also the mark of a root: where it is
missing from a root that had one, a disk is not mounted, and nothing is written into the folder that is there instead.
"""

import contextlib
import errno
import os
import re
import shutil
import stat
import threading
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from musings.errors import DiskError, DiskFullError, PathError, StoreError
from musings.files import atomic
from musings.files.artifact_store import ArtifactStore, Deleted, FileFacts
from musings.files.disk import FULL, UNUSABLE, free_bytes
from musings.files.media_files import walk
from musings.files.paths import STRAY_PREFIX, is_safe
from musings.files.permissions import Readers, open_folder, open_to

# Hidden, so that listings and backups pass over what is not finished; inside the root, so that placing is a rename.
WORK = ".attempts"
RECEIVED = ".received"
ORPHANS = ".orphans"
# More than a file system keeps within a name's own entry: it has to find room for it.
PROBE = b"musings " * 2048
# The form of our own places; nothing else is ever removed by the name that stands in a row.
PLACED = re.compile(r"[a-z]+/\d+_\d{8}T\d{6}(\d{6})?(_\d+)?", re.ASCII)


class MediaReaders(Protocol):
    """The section ``media`` of the settings."""

    @property
    def readable_by(self) -> str: ...


class NamedRoot(Protocol):
    """The settings, as far as they are of the media root."""

    @property
    def media_root(self) -> Path: ...

    @property
    def media(self) -> MediaReaders: ...


class MediaRoot(ArtifactStore):
    """A folder of artifacts. Every path that comes in or goes out is relative to it, with ``/``."""

    def __init__(self, folder: Path, readers: str = Readers.OWNER) -> None:
        self.folder = folder
        self._readers = Readers(readers)
        self._is_expected = False

    @property
    def name(self) -> str:
        return f"media root {self.folder}"

    def is_there(self) -> bool:
        return self.folder.is_dir()

    def free_bytes(self) -> int | None:
        return free_bytes(self.folder)

    def full(self) -> DiskFullError:
        return disk_full(self.folder)

    @property
    def is_marked(self) -> bool:
        """Whether this is a root that was prepared once, and not the bare place of a disk that is not mounted."""
        return (self.folder / WORK).is_dir()

    def expect(self) -> None:
        """It was prepared once: from now on nothing is written where its mark is missing."""
        self._is_expected = True

    def prepare(self) -> None:
        """Make the folder where it is missing and check that it can be written; raises ``StoreError``."""
        self.require_there()
        with _explained(self.folder):
            atomic.make_folder(self.folder / WORK)
            # Written for real: permissions alone do not tell of a read-only mount or a full disk.
            probe = self.folder / WORK / f".probe-{os.getpid()}-{threading.get_ident()}"
            try:
                probe.write_bytes(PROBE)
            finally:
                # A full disk takes the name and not the words: the name must not stay.
                with contextlib.suppress(FileNotFoundError):
                    probe.unlink()
        self.expect()

    def require_there(self) -> None:
        if self._is_expected and not self.is_marked:
            raise DiskError(
                f"The media root {self.folder} is not there: it has no folder {WORK} any more.",
                hint="Mount its disk; nothing is written meanwhile. If its files are lost: "
                "`musings check-files --repair` makes it anew.",
            )

    def attempt_directory(self, prompt_id: int, attempt: int) -> Path:
        """A fresh, empty directory for one attempt."""
        # Absolute: scripts run in this folder and are told of it.
        path = (self.folder / WORK / f"{prompt_id}-{attempt}").absolute()
        self.require_there()
        with _explained(self.folder):
            # A killed attempt of an earlier life of the database may have left one of the same name.
            shutil.rmtree(path, ignore_errors=True)
            path.mkdir(parents=True)
        return path

    def placement(self, kind: str, prompt_id: int, attempt: int) -> str:
        """A place for the files of an attempt, relative to the root, such as ``image/12_20261122T101500``.

        A later attempt has its number behind the stamp, so that no two attempts ever name the same place: one that
        was given up on may still be running, and its clean-up must not meet another's files.
        """
        now = datetime.now(UTC)
        place = f"{kind}/{prompt_id}_{now:%Y%m%dT%H%M%S}"
        later = f"_{attempt}" if attempt > 1 else ""
        taken = (self.folder / f"{place}{later}").exists()  # by files of an earlier life of this id
        return f"{place}{now:%f}{later}" if taken else f"{place}{later}"

    def place(self, made: Path, place: str) -> None:
        """Move a directory of finished files into place: on disk, whole, or not at all."""
        target = self.folder / place
        self.require_there()
        with _explained(self.folder):
            target.parent.mkdir(parents=True, exist_ok=True)
            # ``rename`` would replace an empty folder without a word.
            if target.exists():
                raise FileExistsError(errno.EEXIST, "its place is taken", str(target))
            self._move(made, target)

    @property
    def received(self) -> Path:
        """Where files that people send are written before they have their place."""
        return self.folder / RECEIVED

    def receiving(self) -> Path:
        """A name of its own for a file that is about to be received."""
        self.require_there()
        with _explained(self.folder):
            self.received.mkdir(parents=True, exist_ok=True)
        return self.received / uuid.uuid4().hex

    def clear_received(self, before: datetime) -> None:
        for left in self.received.glob("*"):
            with contextlib.suppress(FileNotFoundError):  # another process has moved it into its place just now
                if left.stat().st_mtime < before.timestamp():
                    atomic.remove(left)

    def put(self, received: Path, relative: str) -> None:
        """Move one finished file into its place, on disk; what stands there under this name is the same file."""
        target = self.folder / relative
        self.require_there()
        with _explained(self.folder):
            target.parent.mkdir(parents=True, exist_ok=True)
            self._move(received, target)

    def discard(self, path: Path) -> None:
        """Remove an attempt's directory, wherever it got to."""
        shutil.rmtree(path, ignore_errors=True)

    def discard_place(self, place: str) -> None:
        """Remove a placed directory whose rows were never written. Anything else than our own form is left alone."""
        # The place comes from a row, which other programs can write: what has not our form is not removed.
        if PLACED.fullmatch(place):
            shutil.rmtree(self.folder / place, ignore_errors=True)

    def clear_attempts(self, living: Collection[str] = ()) -> int:
        """Remove what dead attempts left behind; ``living`` are names such as ``12-1``. Returns how many went."""
        with _explained(self.folder):
            left = [p for p in (self.folder / WORK).glob("*") if p.name not in living] if self.folder.exists() else []
        for path in left:
            shutil.rmtree(path, ignore_errors=True)
        return len(left)

    def find(self, relative: str) -> Path:
        """The file that a relative path names. Raises ``PathError`` for every path that is not plainly a file inside.

        Hidden parts (the attempts' work), absolute paths, ``..``, NUL, backslashes and links out of the root are
        refused.
        """
        if not is_safe(relative):
            raise PathError("That is not the path of a media file.")
        # As it stands first: a folder may really be called like the stray prefix.
        for candidate in (relative, relative.removeprefix(STRAY_PREFIX)):
            found = self._inside(candidate)
            if found is not None:
                return found
        raise PathError(f"There is no media file {relative}.")

    def stat(self, relative: str) -> FileFacts:
        try:
            found = self.find(relative).stat()
        except OSError as error:
            raise PathError(f"The media file {relative} cannot be read: {error.strerror}.") from error
        return FileFacts(found.st_size, found.st_mtime_ns)

    def open(self, relative: str) -> BinaryIO:
        try:
            return self.find(relative).open("rb")
        except OSError as error:
            raise PathError(f"The media file {relative} cannot be read: {error.strerror}.") from error

    def listing(self) -> Iterator[str]:
        return (relative for relative, _ in walk(self.folder))

    def delete(self, paths: Iterable[str], on_deleted: Callable[[], None] = lambda: None) -> Deleted:
        files = size = 0
        folders: set[Path] = set()
        for path in paths:
            try:
                found = self.find(path)
            except PathError:
                continue  # gone already, or never a path of ours
            size += _unlink(found)
            files += 1
            folders.add(found.parent)
            on_deleted()
        # All files first, then each folder once: a sync for every file would take seconds for a large deletion.
        for folder in folders:
            atomic.sync(folder)
        for folder in folders:
            _clear_empty(self.folder.resolve(), folder)
        return Deleted(files, size)

    def set_aside(self, relative: str) -> None:
        source, target = self.folder / relative, self.folder / ORPHANS / relative
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            # A number before the name where one is taken: nothing that was set aside is replaced.
            names = (target if n == 1 else target.with_name(f"{n}_{target.name}") for n in range(1, 10_000))
            source.rename(next(name for name in names if not name.exists()))
        except FileNotFoundError:
            return  # it went its own way meanwhile
        except OSError as error:
            raise StoreError(f"The file {source} cannot be moved to {ORPHANS}: {error.strerror}.") from error
        _clear_empty(self.folder, source.parent)

    def _move(self, made: Path, target: Path) -> None:
        open_to(self._readers, made)  # before it has its name: whoever finds it may read it, or never could
        above = [self.folder / each for each in reversed(target.relative_to(self.folder).parents)]
        for folder in above:
            open_folder(self._readers, folder)
        # The folder of a kind may be new: its own name must not be missing when what is in it is on the disk. Whoever
        # made it may not have come to that, so that it is done each time; it costs nothing where nothing changed.
        for folder in above[:-1]:
            atomic.sync(folder)
        atomic.move(made, target)

    def _inside(self, relative: str) -> Path | None:
        try:
            # Strict: a root that is not there must not turn into an answer about another folder.
            root = self.folder.resolve(strict=True)
            found = (root / relative).resolve(strict=True)
            # Only plain files: a pipe or a device would block who opens it.
            regular = stat.S_ISREG(found.stat().st_mode)
        except (OSError, RuntimeError, ValueError):
            return None
        # After links are resolved: a link inside may lead outside or to hidden work.
        inside = found.is_relative_to(root) and not any(p.startswith(".") for p in found.relative_to(root).parts)
        return found if regular and inside else None


def media_root_of(settings: NamedRoot) -> MediaRoot:
    """The media root that the settings name, for those who they say may read it."""
    return MediaRoot(settings.media_root, settings.media.readable_by)


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise disk_full(folder) from error
        raise (DiskError if error.errno in UNUSABLE else StoreError)(
            f"The media root {folder} cannot be written: {error.strerror}.",
            hint="Check that the folder exists, that its disk is there and that this user may write to it.",
        ) from error


def disk_full(folder: Path) -> DiskFullError:
    return DiskFullError(f"The disk that holds {folder} is full.", hint="Free some space; the prompt is tried again.")


def _unlink(file: Path) -> int:
    """Remove a file; returns how many bytes it had."""
    try:
        size = file.stat().st_size
        file.unlink()
    except OSError as error:
        raise StoreError(
            f"The file {file} cannot be removed: {error.strerror}.",
            hint="Give this user the right to change the media root; the next run goes on.",
        ) from error
    return size


def _clear_empty(root: Path, folder: Path) -> None:
    """Remove a folder if it is empty, and those above it that this leaves empty, but not the folder of their kind."""
    while folder != root and folder.parent != root and folder.is_relative_to(root):
        try:
            folder.rmdir()
        # Not empty, or used by somebody just now: both are reasons to leave it.
        except OSError:
            return
        folder = folder.parent
