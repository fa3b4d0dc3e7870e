"""The two-way check: has every row its file, and every file its row? With repair, on request.

Nothing is deleted: a file that no row names is moved to ``.orphans/``; a row whose file is gone is marked
``"missing": true`` in its metadata, and unmarked when the file is back.
"""

import os
import shutil
import time
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from musings.errors import MusingsError, PathError, StoreError
from musings.files.artifact_store import ArtifactStore
from musings.files.digests import sha256_of
from musings.files.paths import STRAY_PREFIX, is_safe
from musings.models import Artifact, ArtifactType, NewArtifact, Upload
from musings.store.database import Database
from musings.store.gallery import inventory, uploads

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
class CheckReport:
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


def check(
    database: Database, root: ArtifactStore, *, verify: bool = False, repair: Describe | None = None
) -> CheckReport:
    """Compare rows and files; ``verify`` reads every file and compares its sha256.

    With ``repair`` what can be mended is. Raises ``StoreError`` when there is no media root.
    """
    if not root.is_there():
        raise StoreError(f"The {root.name} is not there.", hint="Is its disk mounted?")
    # The files first: what is placed after this look has its row, or is announced, by the time the rows are read.
    files = list(root.listing())
    announced = database.reading(inventory.announced)
    entries = database.reading(inventory.entries)
    sent = database.reading(uploads.everything)
    report = CheckReport(rows=len(entries) + len(sent), files=len(files), repaired=repair is not None)
    report.orphans = _orphans(files, entries, announced, {each.file_path for each in sent})
    report.orphans = [path for path in report.orphans if not _is_coming(root, path)]
    report.lost_uploads = [each.file_path for each in sent if not _is_whole(root, each, verify)]
    for entry in entries:
        _check_entry(root, entry, report, verify)
    if repair is not None:
        _repair(database, root, {entry.id: entry for entry in entries}, report, repair)
    return report


def _is_coming(root: ArtifactStore, path: str) -> bool:
    """Whether a file was sent so recently that its row may be about to be written."""
    if not path.startswith(f"{uploads.FOLDER}/"):
        return False
    try:
        return time.time() - root.stat(path).modified / 1e9 < COMING_SECONDS
    except PathError:
        return True


def _is_whole(root: ArtifactStore, upload: Upload, verify: bool) -> bool:
    """Whether the file of an upload is there, and what it was. It cannot be made again; its owner may send it again."""
    file = _found(root, upload.file_path)
    if file is None or not verify:
        return file is not None
    try:
        return sha256_of(file) == upload.sha256
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


def _check_entry(root: ArtifactStore, entry: Artifact, report: CheckReport, verify: bool) -> None:
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
        found = sha256_of(file)
    except OSError as error:
        report.failed.append(Lack(entry.id, entry.prompt_id, entry.file_path, f"cannot be read: {error.strerror}"))
        return
    if found != wanted:
        words = f"its sha256 is {found[:12]}…, recorded was {wanted[:12]}…"
        report.changed.append(Lack(entry.id, entry.prompt_id, entry.file_path, words))


def _found(root: ArtifactStore, path: str) -> Path | None:
    try:
        return root.find(path)
    except PathError:
        return None


def _repair(
    database: Database, root: ArtifactStore, entries: dict[int, Artifact], report: CheckReport, describe: Describe
) -> None:
    root.prepare()
    for path in report.orphans:
        root.set_aside(path)
    for lack in report.missing:
        if not entries[lack.artifact].metadata.get("missing"):
            database.writing(inventory.mark_missing, lack.artifact, True)
    for lack in report.back:
        database.writing(inventory.mark_missing, lack.artifact, False)
    for lack in report.without_preview:
        try:
            _make_preview(database, root, entries[lack.artifact], describe)
        except (MusingsError, OSError, ValueError) as error:
            report.failed.append(Lack(lack.artifact, lack.prompt, lack.path, f"has no preview: {error}"))


def _make_preview(database: Database, root: ArtifactStore, entry: Artifact, describe: Describe) -> None:
    """Make a preview in a folder of its own, move it to where the row names it, or beside the file, and name it."""
    file = root.find(entry.file_path)
    beside = PurePosixPath(entry.file_path.removeprefix(STRAY_PREFIX)).parent / "previews" / f"{file.name}.webp"
    wanted = entry.preview_path or beside.as_posix()
    if not is_safe(wanted):
        raise PathError(f"the row names {wanted!r}, which leads out of the media root.")
    folder = root.receiving()
    folder.mkdir()
    try:
        alone = folder / file.name
        try:
            os.link(file, alone)
        except OSError:  # a file system without links
            shutil.copyfile(file, alone)
        made = describe(alone, ArtifactType(entry.artifact_type))
        if made.preview_path is None:
            raise PathError("none could be made.")
        root.put(folder / made.preview_path, wanted)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    database.writing(inventory.set_preview, entry.id, wanted, made.metadata)
