"""From what a pipeline made to what is kept: facts, previews and sums of every file.

Runs in the attempt, before the files are moved into place, so that nothing is computed at view time.
"""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from musings.files.digests import sha256_of
from musings.files.marking import marking
from musings.files.marking.xmp import mark_of
from musings.media import decoder
from musings.models import ArtifactType, MadeFile, NewArtifact, Outcome

PREVIEWS = "previews"
EXCERPT_CHARACTERS = 400
PIECE_CHARACTERS = 1 << 20

Facts = Mapping[str, Any]
Check = Callable[[], None]


def artifacts_of(
    outcome: Outcome, directory: Path, place: str, check: Check, *, marks: bool = True
) -> list[NewArtifact]:
    """The rows-to-be of an outcome whose files will stand in ``place`` below the media root.

    Previews are written into ``directory`` beside the files; what no row will name is removed from it. With ``marks``
    previews, and files of ours, say that a machine made them. Raises ``AttemptError`` for a file that cannot be read as
    what it should be.
    """
    found = []
    for made in outcome.files:
        check()
        if marks and made.is_ours:
            _mark(made)
        preview, facts = _FACTS[made.artifact_type](made, directory, check)
        if marks and preview is not None:
            # Without the words: a preview is seen by who may not read the recipe.
            marking.write(preview, mark_of(made.metadata.get("engine")))
        found.append(
            NewArtifact(
                artifact_type=made.artifact_type,
                file_path=f"{place}/{made.path.relative_to(directory).as_posix()}",
                preview_path=f"{place}/{preview.relative_to(directory).as_posix()}" if preview else None,
                metadata={
                    **made.metadata,
                    **facts,
                    "bytes": made.path.stat().st_size,
                    "sha256": sha256_of(made.path),
                },
            )
        )
    _remove_all_but(directory, [path for each in found for path in (each.file_path, each.preview_path)], place)
    return found


def _mark(made: MadeFile) -> None:
    """Before its facts are found: what is kept of a file is of the file as it stays."""
    words = made.metadata.get("prompt")
    marking.write(made.path, mark_of(made.metadata.get("engine"), words if isinstance(words, str) else None))


def _remove_all_but(directory: Path, kept: Sequence[str | None], place: str) -> None:
    """Scratch files of a pipeline would otherwise stand in the media root for ever, named by nobody."""
    named = {directory / path.removeprefix(f"{place}/") for path in kept if path}
    for path in sorted(directory.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            with contextlib.suppress(OSError):
                path.rmdir()  # stays when it is not empty
        elif path not in named:
            path.unlink()


def _decoded(made: MadeFile, directory: Path, check: Check) -> tuple[Path | None, Facts]:
    """What the decoder finds in a picture, a sound or a film, and the preview that it has written."""
    preview = _preview_path(made, directory)
    return preview, decoder.ask(made.artifact_type.value, made.path, check, preview=str(preview.absolute()))


def _text(made: MadeFile, _directory: Path, _check: Check) -> tuple[Path | None, Facts]:
    # In pieces: what a server calls a text may have gigabytes.
    with made.path.open(encoding="utf-8", errors="replace") as file:
        excerpt = file.read(EXCERPT_CHARACTERS)
        characters = len(excerpt)
        while piece := file.read(PIECE_CHARACTERS):
            characters += len(piece)
    return None, {"excerpt": excerpt, "characters": characters}


def _other(_made: MadeFile, _directory: Path, _check: Check) -> tuple[Path | None, Facts]:
    return None, {}


_FACTS: dict[ArtifactType, Callable[[MadeFile, Path, Check], tuple[Path | None, Facts]]] = {
    ArtifactType.IMAGE: _decoded,
    ArtifactType.AUDIO: _decoded,
    ArtifactType.VIDEO: _decoded,
    ArtifactType.TEXT: _text,
    ArtifactType.OTHER: _other,
}


def _preview_path(made: MadeFile, directory: Path) -> Path:
    path = directory / PREVIEWS / made.path.relative_to(directory).with_suffix(made.path.suffix + ".webp")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
