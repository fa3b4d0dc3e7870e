"""A file that somebody sends: judged by what it holds, never by its name, then kept under its sum."""

from collections.abc import Callable, Mapping
from pathlib import Path

from musings.errors import AttemptError, Fault, InvalidInputError, PassingFault
from musings.files.artifact_store import ArtifactStore
from musings.files.digests import sha256_of
from musings.media import decoder
from musings.media.kinds import kind_of
from musings.models import ArtifactType, JsonObject, Upload
from musings.store.database import Database
from musings.store.gallery import uploads

MOST_SECONDS = 4 * 3600.0
"""Longer sounds and films are refused: a small file can hold days of silence."""

FORMATS: Mapping[str, tuple[str, str]] = {
    "PNG": (".png", "image/png"),
    "JPEG": (".jpg", "image/jpeg"),
    "MPO": (".jpg", "image/jpeg"),
    "WEBP": (".webp", "image/webp"),
    "GIF": (".gif", "image/gif"),
    "BMP": (".bmp", "image/bmp"),
    "TIFF": (".tiff", "image/tiff"),
    "AVIF": (".avif", "image/avif"),
}
"""Pillow's name of a format: the suffix and the media type under which it is kept."""

MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"fLaC", ".flac", "audio/flac"),
    (b"OggS", ".ogg", "audio/ogg"),
    (b"RIFF", ".wav", "audio/wav"),
    (b"ID3", ".mp3", "audio/mpeg"),
    (b"\xff\xfb", ".mp3", "audio/mpeg"),
    (b"\xff\xf3", ".mp3", "audio/mpeg"),
    (b"\xff\xf2", ".mp3", "audio/mpeg"),
    (b"\xff\xf1", ".aac", "audio/aac"),
    (b"\xff\xf9", ".aac", "audio/aac"),
    (b"\x1aE\xdf\xa3", ".webm", "audio/webm"),
)
KNOWN = "PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF; FLAC, WAV, MP3, Ogg, AAC, M4A; MP4, MOV, WebM, AVI"
HEAD_BYTES = 12


def take(database: Database, root: ArtifactStore, received: Path) -> Upload:
    """Check a file that was received below the media root (``ArtifactStore.receiving``) and keep it.

    Raises ``InvalidInputError`` for what is no picture, sound or film, and for one that is damaged or out of bounds,
    ``PassingFault`` where it cannot be looked at now.
    """
    content_type, suffix, facts = examine(received)
    digest = sha256_of(received)
    size = received.stat().st_size
    found = Upload(digest, content_type, size, uploads.path_of(digest, suffix), facts)
    return database.writing(uploads.keep, root, received, found)


def examine(path: Path) -> tuple[str, str, JsonObject]:
    """The media type, the suffix and the facts of a file, which is decoded to be sure. Raises as :func:`take`."""
    read = _READERS.get(kind_of(path))
    if read is None:
        raise InvalidInputError([Fault("file", f"is no picture, sound or film that is known here ({KNOWN})")])
    try:
        return read(path)
    except PassingFault:
        raise
    except AttemptError as error:
        message = str(error).replace(path.name, "it").rstrip(".")
        raise InvalidInputError([Fault("file", f"cannot be taken: {message}")]) from error


def _picture(path: Path) -> tuple[str, str, JsonObject]:
    found = decoder.ask("read_picture", path)
    if found["format"] not in FORMATS:
        raise AttemptError(f"its format is {found['format'] or 'unknown'}")
    suffix, content_type = FORMATS[found["format"]]
    return content_type, suffix, {"width": found["width"], "height": found["height"]}


def _sound(path: Path) -> tuple[str, str, JsonObject]:
    found = decoder.ask("read_sound", path, most_seconds=MOST_SECONDS)
    head = _head(path)
    known = ((kind, suffix) for start, suffix, kind in MAGIC if head.startswith(start))
    content_type, suffix = next(known, ("audio/mp4", ".m4a"))
    return content_type, suffix, {"duration": found["duration"]}


def _film(path: Path) -> tuple[str, str, JsonObject]:
    found = decoder.ask("read_video", path)
    if found["duration"] > MOST_SECONDS:
        raise AttemptError(f"it is too long ({found['duration']:g} s)")
    head = _head(path)
    if head.startswith(b"\x1aE\xdf\xa3"):
        content_type, suffix = "video/webm", ".webm"
    elif head.startswith(b"RIFF"):
        content_type, suffix = "video/x-msvideo", ".avi"
    else:
        is_quicktime = head[8:10] == b"qt"
        content_type, suffix = ("video/quicktime", ".mov") if is_quicktime else ("video/mp4", ".mp4")
    return content_type, suffix, {name: found[name] for name in ("width", "height", "duration")}


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


_READERS: Mapping[ArtifactType, Callable[[Path], tuple[str, str, JsonObject]]] = {
    ArtifactType.IMAGE: _picture,
    ArtifactType.AUDIO: _sound,
    ArtifactType.VIDEO: _film,
}
