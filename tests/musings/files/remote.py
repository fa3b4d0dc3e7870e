"""An artifact store without a folder of its own: files are values under keys, as in an object store."""

import io
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from musings.errors import PathError, StoreError
from musings.files.artifact_store import ArtifactStore, Deleted, FileFacts
from musings.files.media_root import PLACED
from musings.files.paths import is_safe


@dataclass
class RemoteStore(ArtifactStore):
    """``scratch`` is a local folder for attempts, for what is received, and for copies of what is read."""

    scratch: Path
    objects: dict[str, bytes] = field(default_factory=dict)
    aside: dict[str, bytes] = field(default_factory=dict)
    hands_out: bool = False
    reachable: bool = True

    @property
    def name(self) -> str:
        return "bucket"

    def is_there(self) -> bool:
        return self.reachable

    def free_bytes(self) -> int | None:
        return None

    def prepare(self) -> None:
        if not self.reachable:
            raise StoreError("The bucket does not answer.")

    def attempt_directory(self, prompt_id: int, attempt: int) -> Path:
        path = self.scratch / "attempts" / f"{prompt_id}-{attempt}"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    def placement(self, kind: str, prompt_id: int, attempt: int) -> str:
        return f"{kind}/{prompt_id}_20261122T101500{attempt:06}"

    def place(self, made: Path, place: str) -> None:
        if any(key.startswith(f"{place}/") for key in self.objects):
            raise StoreError(f"its place is taken: {place}")
        files = {f"{place}/{path.relative_to(made).as_posix()}": path for path in made.rglob("*") if path.is_file()}
        self.objects |= {key: path.read_bytes() for key, path in files.items()}
        shutil.rmtree(made)

    def discard_place(self, place: str) -> None:
        if PLACED.fullmatch(place):
            self.objects = {key: value for key, value in self.objects.items() if not key.startswith(f"{place}/")}

    def discard(self, directory: Path) -> None:
        shutil.rmtree(directory, ignore_errors=True)

    def clear_attempts(self, living: Collection[str] = ()) -> int:
        left = [path for path in (self.scratch / "attempts").glob("*") if path.name not in living]
        for path in left:
            shutil.rmtree(path)
        return len(left)

    def receiving(self) -> Path:
        folder = self.scratch / "received"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / str(len(list(folder.iterdir())))

    def put(self, received: Path, relative: str) -> None:
        self.objects[relative] = received.read_bytes()
        received.unlink()

    def clear_received(self, before: datetime) -> None:
        for path in (self.scratch / "received").glob("*"):
            if path.stat().st_mtime < before.timestamp():
                path.unlink()

    def find(self, relative: str) -> Path:
        content = self._get(relative)
        copy = self.scratch / "copies" / relative
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(content)
        return copy

    def stat(self, relative: str) -> FileFacts:
        return FileFacts(len(self._get(relative)), 0)

    def open(self, relative: str) -> BinaryIO:
        return io.BytesIO(self._get(relative))

    def listing(self) -> Iterator[str]:
        return iter(sorted(self.objects))

    def presign(self, relative: str, seconds: float) -> str | None:
        return f"https://bucket.example/{relative}?seconds={seconds:g}" if self.hands_out else None

    def delete(self, paths: Iterable[str], on_deleted: Callable[[], None] = lambda: None) -> Deleted:
        sizes = []
        for path in paths:
            if path in self.objects:
                sizes.append(len(self.objects.pop(path)))
                on_deleted()
        return Deleted(len(sizes), sum(sizes))

    def set_aside(self, relative: str) -> None:
        self.aside[relative] = self.objects.pop(relative)

    def _get(self, relative: str) -> bytes:
        if not is_safe(relative) or relative not in self.objects:
            raise PathError(f"There is no object {relative}.")
        return self.objects[relative]
