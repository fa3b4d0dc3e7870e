"""The fake's output, temp and input folders: how names are chosen and who may read what.

Source: the names that ComfyUI 0.8.0 was observed to give. A prefix ``dir/name`` makes
``dir/name_00001_.png``; the counter is the highest number present plus one, so a deleted number is used
again.
"""

import posixpath
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

KINDS = ("output", "temp", "input")


@dataclass(frozen=True)
class Place:
    """Where the next files of a prefix go: ``name`` and the first free ``number`` in ``folder``."""

    folder: Path
    subfolder: str
    name: str
    number: int


class Folders:
    """Three folders below ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clean()
        for kind in KINDS:
            self.of(kind).mkdir(parents=True, exist_ok=True)

    def of(self, kind: str) -> Path:
        return self.root / kind

    def clean(self) -> None:
        """Empty the temporary folder, as every start does."""
        shutil.rmtree(self.of("temp"), ignore_errors=True)
        self.of("temp").mkdir(parents=True, exist_ok=True)

    def place(self, kind: str, prefix: str) -> Place:
        """Raises ``RuntimeError`` when the prefix leaves the folder."""
        base = self.of(kind).resolve()
        # As the real server takes it apart: a slash at the end makes no folder.
        above, name = posixpath.split(posixpath.normpath(prefix))
        folder = (base / above).resolve()
        if not folder.is_relative_to(base):
            raise RuntimeError("Saving image outside the output folder is not allowed.")
        folder.mkdir(parents=True, exist_ok=True)
        pattern = re.compile(re.escape(name) + r"_(\d+)_?\.")
        numbers = [int(found[1]) for file in folder.iterdir() if (found := pattern.match(file.name))]
        subfolder = str(folder.relative_to(base))
        return Place(folder, "" if subfolder == "." else subfolder, name, max(numbers, default=0) + 1)

    def read(self, kind: str, subfolder: str, filename: str) -> tuple[int, Path | None]:
        """The HTTP status of a ``/view``, with the file when it is 200."""
        if not filename or filename.startswith("/") or ".." in filename or kind not in KINDS:
            return 400, None
        base = self.of(kind).resolve()
        folder = (base / subfolder).resolve()
        if not folder.is_relative_to(base):
            return 403, None
        path = folder / Path(filename).name
        return (200, path) if path.is_file() else (404, None)

    def keep(self, kind: str, subfolder: str, name: str, data: bytes, *, overwrite: bool) -> tuple[int, str]:
        """Store an upload: the HTTP status and the name it got."""
        base = self.of(kind).resolve()
        folder = (base / subfolder).resolve()
        if not folder.is_relative_to(base) or ".." in name:
            return 400, ""
        folder.mkdir(parents=True, exist_ok=True)
        stem, suffix = Path(name).stem, Path(name).suffix
        number = 0
        while not overwrite and (folder / name).exists() and (folder / name).read_bytes() != data:
            number += 1
            name = f"{stem} ({number}){suffix}"
        (folder / name).write_bytes(data)
        return 200, name

    def input(self, value: str) -> Path | None:
        """The file that a Load node's value names: ``a/b.png``, or ``x.png [output]``."""
        found = re.fullmatch(r"(.*?)(?: \[(input|output|temp)\])?", value, re.DOTALL)
        name, kind = (found[1], found[2] or "input") if found else (value, "input")
        path = self.of(kind) / name
        return path if path.is_file() else None

    def uploads(self, *suffixes: str) -> list[str]:
        """Names in the input folder that end so."""
        return sorted(file.name for file in self.of("input").iterdir() if file.suffix.lower() in suffixes)
