"""What a file is, by its content and never by its name: a picture, a sound, a film, a text or something else."""

from collections.abc import Callable
from pathlib import Path

from musings.errors import AttemptError
from musings.media import pictures, sounds, videos
from musings.models import ArtifactType

HEAD_BYTES = 4096
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*")
SOUNDS = (b"fLaC", b"OggS", b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9")
FILMS = (b"\x1aE\xdf\xa3",)


def kind_of(path: Path) -> ArtifactType:
    """The kind that the first bytes say; a container that can hold both is a film when it has pictures."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    form = head[8:12]
    if head.startswith(PICTURES) or (head[4:8] == b"ftyp" and form in (b"avif", b"avis", b"heic")):
        return ArtifactType.IMAGE
    if head.startswith(b"RIFF"):
        return {b"WEBP": ArtifactType.IMAGE, b"WAVE": ArtifactType.AUDIO}.get(form, ArtifactType.VIDEO)
    if head.startswith(SOUNDS):
        return ArtifactType.AUDIO
    if head[4:8] == b"ftyp" or head.startswith(FILMS):
        return _film_or_sound(path)
    return ArtifactType.TEXT if _is_text(head) else ArtifactType.OTHER


def decodable(path: Path) -> None:
    """Read the whole file as what it is. Raises ``ValueError`` when it is cut off or damaged."""
    readers: dict[ArtifactType, Callable[[Path], object]] = {
        ArtifactType.IMAGE: pictures.read_picture,
        ArtifactType.AUDIO: sounds.read_sound,
        ArtifactType.VIDEO: videos.read_video,
    }
    read = readers.get(kind_of(path))
    if read is not None:
        try:
            read(path)
        except AttemptError as error:
            raise ValueError(str(error)) from error


def _film_or_sound(path: Path) -> ArtifactType:
    try:
        videos.read_video(path)
    except AttemptError:
        return ArtifactType.AUDIO
    return ArtifactType.VIDEO


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 4 and len(head) == HEAD_BYTES
    return True
