"""Files as clients of ComfyUI name them: in its input folder what they sent, in its output folder what was made."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from musings.comfyui_api.refusals import GraphRefusal, complaint
from musings.models import ArtifactType
from musings.store.database import Database
from musings.store.gallery import artifacts, comfyui_files

FOLDERS = ("input", "output", "temp")
ANNOTATED = re.compile(r"(?P<name>.*\S)\s*\[(?P<folder>input|output|temp)\]", re.DOTALL)
"""How a Load node names a file that is not in the input folder."""
TYPES = (ArtifactType.IMAGE, ArtifactType.AUDIO, ArtifactType.VIDEO)
"""What a parameter of ours takes."""
LONGEST_NAME = 300


@dataclass(frozen=True)
class NamedFile:
    """``ref`` is what a parameter of ours takes; ``file_path`` is relative to the media root; ``sha256`` if known."""

    ref: str
    file_path: str
    artifact_type: str
    sha256: str | None = None


def find(database: Database, value: str) -> NamedFile | None:
    """The file that a Load node names: ``name``, ``folder/name`` or ``name [output]``; None where we have none."""
    annotated = ANNOTATED.fullmatch(value)
    folder, name = (annotated["folder"], annotated["name"]) if annotated else ("input", value)
    path = PurePosixPath(name.replace("\\", "/"))
    parent = str(path.parent)
    found = in_folder(database, folder, "" if parent == "." else parent, path.name)
    return found if found is not None and found.artifact_type in TYPES else None


def in_folder(database: Database, folder: str, subfolder: str, name: str) -> NamedFile | None:
    """The file of a name in one of ``FOLDERS``; None where we have none."""
    sent = database.reading(comfyui_files.find, kept_in(folder, subfolder), name)
    if sent is not None:
        return NamedFile(sent.ref, sent.file_path, sent.artifact_type, sent.sha256)
    if folder == "input":
        return None
    made = database.reading(artifacts.at, f"{subfolder}/{name}" if subfolder else name)
    if made is None:
        return None
    digest = made.metadata.get("sha256")
    return NamedFile(
        f"artifact:{made.id}", made.file_path, made.artifact_type, digest if isinstance(digest, str) else None
    )


def kept_in(folder: str, subfolder: str) -> str:
    """Where the names of a folder are kept: the input folder's as they are, which nearly all are."""
    return subfolder if folder == "input" else f"{folder}:{subfolder}"


def checked_folder(folder: str) -> str:
    """One of ``FOLDERS``, or ``GraphRefusal``."""
    if folder not in FOLDERS:
        raise GraphRefusal(400, complaint("invalid_type", "type must be input, output or temp"))
    return folder


def checked_name(filename: str) -> str:
    """A plain file name, as ComfyUI checks it. Raises ``GraphRefusal``."""
    if not filename or filename.startswith("/") or ".." in filename or len(filename) > LONGEST_NAME:
        raise GraphRefusal(400, complaint("invalid_filename", "filename must be the plain name of a file"))
    if not filename.isprintable():
        raise GraphRefusal(400, complaint("invalid_filename", "filename must be of characters that can be printed"))
    return filename


def checked_subfolder(subfolder: str, status: int = 403) -> str:
    """A folder below ComfyUI's own, normalised. Raises ``GraphRefusal`` with ``status`` for one outside."""
    path = PurePosixPath(subfolder.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or len(subfolder) > LONGEST_NAME or not subfolder.isprintable():
        raise GraphRefusal(
            status, complaint("invalid_subfolder", "subfolder must be a folder below the folder of its type")
        )
    return "" if str(path) == "." else str(path)
