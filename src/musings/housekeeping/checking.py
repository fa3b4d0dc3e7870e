"""The two-way check: has every row its file, and every file its row? With repair, on request.

Nothing is deleted: a file that no row names is moved to ``.orphans/``; a row whose file is gone is marked
``"missing": true`` in its metadata, and unmarked when the file is back.
"""

import os
import shutil
import tempfile
import time
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from musings.errors import MusingsError, PathError, StoreError
from musings.files.media_files import described, walk
from musings.files.media_root import STRAY_PREFIX, WORK, MediaRoot
from musings.housekeeping.files import clear_empty
from musings.models import Artifact, ArtifactType, NewArtifact, Upload
from musings.store.database import Database
from musings.store.gallery import inventory, uploads

ORPHANS = ".orphans"
COMING_SECONDS = 3600
WITH_PREVIEW = (ArtifactType.IMAGE, ArtifactType.AUDIO, ArtifactType.VIDEO)

Describe = Callable[[Path, ArtifactType], NewArtifact]
"""Looks at a file that is alone in its folder, makes its preview below that folder, and says both."""


@dataclass(frozen=True)
class Lack:
    """Something wrong with one artifact."""

    artifact: int
    prompt: int
    path: str
    words: str = ""


@dataclass
class Report:
    """What was found; with ``repaired`` also mended, but for ``changed`` and ``failed``."""

    rows: int
    files: int
    repaired: bool
    orphans: list[str] = field(default_factory=list)
    missing: list[Lack] = field(default_factory=list)
    back: list[Lack] = field(default_factory=list)
    without_preview: list[Lack] = field(default_factory=list)
    changed: list[Lack] = field(default_factory=list)
    failed: list[Lack] = field(default_factory=list)
    lost_uploads: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong, or nothing any more."""
        wrong = bool(self.missing or self.changed or self.failed or self.lost_uploads)
        return not wrong and (self.repaired or not (self.orphans or self.back or self.without_preview))


def check(database: Database, root: MediaRoot, *, verify: bool = False, repair: Describe | None = None) -> Report:
    """Compare rows and files; ``verify`` reads every file and compares its sha256.

    With ``repair`` what can be mended is. Raises ``StoreError`` when there is no media root.
    """
    if not root.folder.is_dir():
        raise StoreError(f"The media root {root.folder} is not there.", hint="Is its disk mounted?")
    # The files first: what is placed after this look has its row, or is announced, by the time the rows are read.
    files = [path for path, _ in walk(root.folder)]
    announced = inventory.announced(database)
    entries = inventory.entries(database)
    sent = database.reading(uploads.everything)
    report = Report(rows=len(entries) + len(sent), files=len(files), repaired=repair is not None)
    report.orphans = _orphans(files, entries, announced, {each.file_path for each in sent})
    report.orphans = [path for path in report.orphans if not _is_coming(root, path)]
    report.lost_uploads = [each.file_path for each in sent if not _is_whole(root, each, verify)]
    for entry in entries:
        _check_entry(root, entry, report, verify)
    if repair is not None:
        _repair(database, root, {entry.id: entry for entry in entries}, report, repair)
    return report


def _is_coming(root: MediaRoot, path: str) -> bool:
    """Whether a file was sent so recently that its row may be about to be written."""
    if not path.startswith(f"{uploads.FOLDER}/"):
        return False
    try:
        return time.time() - (root.folder / path).stat().st_mtime < COMING_SECONDS
    except OSError:
        return True


def _is_whole(root: MediaRoot, upload: Upload, verify: bool) -> bool:
    """Whether the file of an upload is there, and what it was. It cannot be made again; its owner may send it again."""
    file = _found(root, upload.file_path)
    if file is None or not verify:
        return file is not None
    try:
        return described(upload.file_path, file).sha256 == upload.sha256
    except OSError:
        return False


def _orphans(
    files: Sequence[str], entries: Sequence[Artifact], announced: Sequence[str], sent: Collection[str]
) -> list[str]:
    named = {_plain(path) for path in sent} | {
        form
        for entry in entries
        for path in (entry.file_path, entry.preview_path)
        if path
        for form in (_plain(path), _plain(path.removeprefix(STRAY_PREFIX)))
    }
    coming = tuple(f"{directory}/" for directory in announced)
    return [path for path in files if _plain(path) not in named and not path.startswith(coming)]


def _plain(path: str) -> str:
    """One spelling for names that some file systems store decomposed."""
    return unicodedata.normalize("NFC", path)


def _check_entry(root: MediaRoot, entry: Artifact, report: Report, verify: bool) -> None:
    lack = Lack(entry.id, entry.prompt_id, entry.file_path)
    file = _found(root, entry.file_path)
    if file is None:
        report.missing.append(lack)
        return
    if entry.metadata.get("missing"):
        report.back.append(lack)
    if entry.artifact_type in WITH_PREVIEW and (not entry.preview_path or _found(root, entry.preview_path) is None):
        report.without_preview.append(lack)
    wanted = entry.metadata.get("sha256")
    if not verify or not isinstance(wanted, str):
        return
    try:
        found = described(entry.file_path, file).sha256 or ""
    except OSError as error:
        report.failed.append(Lack(entry.id, entry.prompt_id, entry.file_path, f"cannot be read: {error.strerror}"))
        return
    if found != wanted:
        words = f"its sha256 is {found[:12]}…, recorded was {wanted[:12]}…"
        report.changed.append(Lack(entry.id, entry.prompt_id, entry.file_path, words))


def _found(root: MediaRoot, path: str) -> Path | None:
    try:
        return root.find(path)
    except PathError:
        return None


def _repair(
    database: Database, root: MediaRoot, entries: dict[int, Artifact], report: Report, describe: Describe
) -> None:
    root.prepare()
    for path in report.orphans:
        _move_aside(root, path)
    for lack in report.missing:
        if not entries[lack.artifact].metadata.get("missing"):
            inventory.mark_missing(database, lack.artifact, True)
    for lack in report.back:
        inventory.mark_missing(database, lack.artifact, False)
    for lack in report.without_preview:
        try:
            _make_preview(database, root, entries[lack.artifact], describe)
        except (MusingsError, OSError, ValueError) as error:
            report.failed.append(Lack(lack.artifact, lack.prompt, lack.path, f"has no preview: {error}"))


def _move_aside(root: MediaRoot, path: str) -> None:
    source = root.folder / path
    target = root.folder / ORPHANS / path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        names = (target if n == 1 else target.with_name(f"{n}_{target.name}") for n in range(1, 10_000))
        source.rename(next(name for name in names if not name.exists()))
    except FileNotFoundError:
        return  # it went its own way meanwhile
    except OSError as error:
        raise StoreError(f"The file {source} cannot be moved to {ORPHANS}: {error.strerror}.") from error
    clear_empty(root.folder, source.parent)


def _make_preview(database: Database, root: MediaRoot, entry: Artifact, describe: Describe) -> None:
    """Make a preview in a folder of its own, move it to where the row names it, or beside the file, and name it."""
    file = root.find(entry.file_path)
    with tempfile.TemporaryDirectory(dir=root.folder / WORK, prefix="preview-") as name:
        folder = Path(name)
        alone = folder / file.name
        try:
            os.link(file, alone)
        except OSError:  # a file system without links
            shutil.copyfile(file, alone)
        made = describe(alone, ArtifactType(entry.artifact_type))
        if made.preview_path is None:
            raise PathError("none could be made.")
        beside = file.relative_to(root.folder.resolve()).parent / "previews" / f"{file.name}.webp"
        wanted = entry.preview_path or beside.as_posix()
        if any(part in ("", ".", "..") or part.startswith(".") for part in wanted.split("/")):
            raise PathError(f"the row names {wanted!r}, which leads out of the media root.")
        target = root.folder / wanted
        target.parent.mkdir(parents=True, exist_ok=True)
        (folder / made.preview_path).replace(target)
    inventory.set_preview(database, entry.id, wanted, made.metadata)
