"""From what a pipeline made to what is kept: facts, previews and sums of every file (DESIGN D10, D11).

Runs in the attempt, before the files are moved into place, so that nothing is computed at view time.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from musings.models import ArtifactType, MadeFile, NewArtifact, Outcome

PREVIEWS = "previews"
EXCERPT_CHARACTERS = 400
CHUNK = 1 << 20

Facts = dict[str, Any]


def artifacts_of(outcome: Outcome, directory: Path, place: str, check: Callable[[], None]) -> list[NewArtifact]:
    """The rows-to-be of an outcome whose files will stand in ``place`` below the media root.

    Previews are written into ``directory`` beside the files. Raises ``AttemptError`` for a file that is empty or
    cannot be read as what it should be.
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
                    "sha256": _sha256(made.path),
                },
            )
        )
    return found


def _image(made: MadeFile, directory: Path) -> tuple[Path | None, Facts]:
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


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
