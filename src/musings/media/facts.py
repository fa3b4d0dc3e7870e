"""From what a pipeline made to what is kept: facts, previews and sums of every file.

Runs in the attempt, before the files are moved into place, so that nothing is computed at view time.
"""

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from musings.files.digests import sha256_of
from musings.late import importing
from musings.models import ArtifactType, MadeFile, NewArtifact, Outcome

PREVIEWS = "previews"
EXCERPT_CHARACTERS = 400

Facts = dict[str, Any]


def artifacts_of(outcome: Outcome, directory: Path, place: str, check: Callable[[], None]) -> list[NewArtifact]:
    """The rows-to-be of an outcome whose files will stand in ``place`` below the media root.

    Previews are written into ``directory`` beside the files; what no row will name is removed from it. Raises
    ``AttemptError`` for a file that cannot be read as what it should be.
    """
    found = []
    for made in outcome.files:
        check()
        preview, facts = _FACTS[made.artifact_type](made, directory)
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


def _remove_all_but(directory: Path, kept: Sequence[str | None], place: str) -> None:
    """Scratch files of a pipeline would otherwise stand in the media root for ever, named by nobody."""
    named = {directory / path.removeprefix(f"{place}/") for path in kept if path}
    for path in sorted(directory.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            with contextlib.suppress(OSError):
                path.rmdir()  # stays when it is not empty
        elif path not in named:
            path.unlink()


def _image(made: MadeFile, directory: Path) -> tuple[Path | None, Facts]:
    with importing():
        from musings.media import pictures

    facts = pictures.read_picture(made.path)
    preview = _preview_path(made, directory)
    pictures.write_thumbnail(made.path, preview)
    return preview, {
        "width": facts.width,
        "height": facts.height,
        "thumbhash": pictures.thumbhash_of(preview),
        "pixels_sha256": pictures.pixels_sha256(made.path),
    }


def _audio(made: MadeFile, directory: Path) -> tuple[Path | None, Facts]:
    with importing():
        from musings.media import sounds, waveform

    facts = sounds.read_sound(made.path)
    peaks = sounds.peaks(made.path)
    preview = _preview_path(made, directory)
    waveform.write_waveform(peaks, preview)
    return preview, {
        "duration": round(facts.duration, 3),
        "sample_rate": facts.sample_rate,
        "channels": facts.channels,
        "codec": facts.codec,
        "loudness_lufs": sounds.loudness_lufs(made.path),
        "peaks": peaks,
    }


def _video(made: MadeFile, directory: Path) -> tuple[Path | None, Facts]:
    with importing():
        from musings.media import pictures, videos

    facts = videos.read_video(made.path)
    preview = _preview_path(made, directory)
    videos.write_poster(made.path, preview)
    return preview, {
        "width": facts.width,
        "height": facts.height,
        "duration": facts.duration,
        "codec": facts.codec,
        "thumbhash": pictures.thumbhash_of(preview),
    }


def _text(made: MadeFile, _directory: Path) -> tuple[Path | None, Facts]:
    text = made.path.read_text(encoding="utf-8", errors="replace")
    return None, {"excerpt": text[:EXCERPT_CHARACTERS], "characters": len(text)}


def _other(_made: MadeFile, _directory: Path) -> tuple[Path | None, Facts]:
    return None, {}


_FACTS: dict[ArtifactType, Callable[[MadeFile, Path], tuple[Path | None, Facts]]] = {
    ArtifactType.IMAGE: _image,
    ArtifactType.AUDIO: _audio,
    ArtifactType.VIDEO: _video,
    ArtifactType.TEXT: _text,
    ArtifactType.OTHER: _other,
}


def _preview_path(made: MadeFile, directory: Path) -> Path:
    path = directory / PREVIEWS / made.path.relative_to(directory).with_suffix(made.path.suffix + ".webp")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
