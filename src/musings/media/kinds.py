"""What a file is: a picture, a sound, a film, a text or something else. By its content, and never by its name.

But for 3D files: some are plain text (``.obj``, ``.ply``), others bare numbers (``.splat``) that begin as anything may.
"""

from collections.abc import Callable
from pathlib import Path

from musings.errors import AttemptError, Cancelled, PassingFault, Stopping, UserFault
from musings.media import decoder
from musings.models import ArtifactType

HEAD_BYTES = 4096
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")
SOUNDS = (
    b"fLaC",
    b"OggS",
    b"ID3\2",
    b"ID3\3",
    b"ID3\4",
    b"\xff\xfb",
    b"\xff\xf3",
    b"\xff\xf2",
    b"\xff\xf1",
    b"\xff\xf9",
)
FILMS = (b"\x1aE\xdf\xa3",)
RIFFS = {b"WEBP": ArtifactType.IMAGE, b"WAVE": ArtifactType.AUDIO, b"AVI ": ArtifactType.VIDEO}
BITMAP_HEADERS = (12, 16, 40, 52, 56, 64, 108, 124)
"""The sizes of the second header of a BMP; its first two letters alone begin many a text."""
SCENES = (
    *(".glb", ".gltf", ".obj", ".mtl", ".ply", ".stl", ".fbx", ".dae", ".3mf", ".usd", ".usda", ".usdc", ".usdz"),
    *(".splat", ".ksplat", ".spz", ".sog", ".vox"),
)
"""Endings of 3D files, which are kept as they are."""

READERS = {ArtifactType.IMAGE: "read_picture", ArtifactType.AUDIO: "read_sound", ArtifactType.VIDEO: "read_video"}


def kind_of(path: Path) -> ArtifactType:
    """The kind that the first bytes say; a container that can hold both is a film when it has pictures."""
    if path.suffix.lower() in SCENES:
        return ArtifactType.OTHER
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    form = head[8:12]
    if head.startswith(PICTURES) or _is_bitmap(head) or (head[4:8] == b"ftyp" and form in (b"avif", b"avis", b"heic")):
        return ArtifactType.IMAGE
    if head.startswith(b"RIFF") and form in RIFFS:
        return RIFFS[form]
    if head.startswith(SOUNDS):
        return ArtifactType.AUDIO
    if head[4:8] == b"ftyp" or head.startswith(FILMS):
        return _film_or_sound(path)
    return ArtifactType.TEXT if _is_text(head) else ArtifactType.OTHER


def decodable(path: Path, check: Callable[[], None] = lambda: None) -> None:
    """Read the whole file, which is about to be kept, as what it is. Raises ``ValueError`` when it is not whole.

    ``check``, and what is raised for a file beyond all bounds: see ``decoder.Decoder.ask``.
    """
    task = READERS.get(kind_of(path))
    if task is not None:
        try:
            decoder.ask(task, path, check, to_keep=True)
        except (Cancelled, Stopping, PassingFault, UserFault):
            raise
        except AttemptError as error:
            raise ValueError(str(error)) from error


def _film_or_sound(path: Path) -> ArtifactType:
    try:
        decoder.ask("read_video", path)
    except PassingFault:
        raise
    except AttemptError:
        return ArtifactType.AUDIO
    return ArtifactType.VIDEO


def _is_bitmap(head: bytes) -> bool:
    return head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in BITMAP_HEADERS


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 4 and len(head) == HEAD_BYTES
    return True
