"""The seam for where artifacts live: what the worker, the API, housekeeping, the archive and the backup need of it.

Paths are relative, with ``/``, and are stored in rows; they mean the same whatever the store. Finished files come in by
:meth:`ArtifactStore.place` (a whole attempt) or :meth:`ArtifactStore.put` (one file), before the row that names them.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from musings.errors import DiskFullError


@dataclass(frozen=True)
class FileFacts:
    """``modified`` is in nanoseconds since 1970."""

    bytes: int
    modified: int


@dataclass(frozen=True)
class Deleted:
    files: int = 0
    bytes: int = 0


class ArtifactStore(Protocol):
    """Every method may raise ``StoreError``: ``DiskFullError`` for want of room, ``PathError`` for a wrong path."""

    @property
    def name(self) -> str:
        """What people call it, such as ``media root /path``."""

    def prepare(self) -> None:
        """Make what is missing and check that it can be written."""

    def expect(self) -> None:
        """It was prepared once: where its mark is missing from now on, its disk is away, and nothing is written."""
        return

    def require_there(self) -> None:
        """Raise ``DiskError`` where the mark of a store that is expected is missing."""
        return

    def is_there(self) -> bool:
        """Whether the store can be reached; a disk that is not mounted looks as if every file had gone."""

    def free_bytes(self) -> int | None:
        """Room that is left; None where there is no bound, or it is not known."""

    def full(self) -> DiskFullError:
        """The error for a write that found no room, in words of this store."""

    # An attempt makes its files in a folder on this machine, then they are placed together.

    def attempt_directory(self, prompt_id: int, attempt: int) -> Path:
        """A fresh, empty local folder for one attempt."""

    def placement(self, kind: str, prompt_id: int, attempt: int) -> str:
        """A place that no other attempt gets, such as ``image/12_20261122T101500``."""

    # Durable before it returns: the row that names the files is written next.
    def place(self, made: Path, place: str) -> None:
        """Move a local folder of finished files into its place: durable and whole, or not at all."""

    def discard_place(self, place: str) -> None:
        """Remove a place whose rows were never written; anything that has not our form is left alone."""

    def discard(self, directory: Path) -> None:
        """Remove the local folder of an attempt."""

    def clear_attempts(self, living: Collection[str] = ()) -> int:
        """Remove what dead attempts left; ``living`` are names such as ``12-1``. Returns how many went."""

    # Files that people send.

    def receiving(self) -> Path:
        """A local name of its own for a file that is about to be received."""

    def put(self, received: Path, relative: str) -> None:
        """Move one finished local file into its place, durable; one that stands there is replaced."""

    # By age, because another process may be receiving right now.
    def clear_received(self, before: datetime) -> None:
        """Remove what broken transfers left and that was not touched since ``before``."""

    # Reading.

    def find(self, relative: str) -> Path:
        """A local file with these bytes, for reading: the file itself or a copy. ``PathError`` when there is none."""

    def stat(self, relative: str) -> FileFacts:
        """``PathError`` when there is no such file."""

    def open(self, relative: str) -> BinaryIO:
        """The bytes of a file, seekable, so that a range can be read. ``PathError`` when there is none."""

    def listing(self) -> Iterator[str]:
        """Every file in its place, sorted by folder; hidden ones are left out."""

    def presign(self, relative: str, seconds: float) -> str | None:  # noqa: ARG002 (what most stores do)
        """An address from which anybody can fetch the file for so long; None where the store has no addresses."""
        return None

    # Removing.

    def delete(self, paths: Iterable[str], on_deleted: Callable[[], None] = lambda: None) -> Deleted:
        """Remove files for good, and the folders that this leaves empty; what is gone already is passed over.

        Durable on return. ``on_deleted`` is called after each file.
        """

    def set_aside(self, relative: str) -> None:
        """Keep a file that no row names where nothing finds it and its owner can."""
