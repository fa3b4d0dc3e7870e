"""Which kind of file it is, by its first bytes, and the texts in it. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from comfyui_workflows.metadata import exif, id3, matroska, models, mp4, png, scanning, vorbis
from comfyui_workflows.metadata.collected import CollectedTexts, Content
from comfyui_workflows.metadata.containers import PNG_SIGNATURE

# The names under which programs keep a graph; the others are looked at for other programs' settings.
GRAPHS = ("workflow", "prompt")


@dataclass(frozen=True)
class FileTexts:
    """``kind`` says what the file is, in words (``a picture (PNG)``); ``texts`` are by name in small letters."""

    kind: str
    texts: Mapping[str, str]


def is_carrier(content: Content) -> bool:
    """Whether a file is one that may carry texts, by its first bytes."""
    return _known(content) is not None


def texts_in(content: Content) -> FileTexts | None:
    """The texts of a picture, a sound, a film or a 3D file; None for anything else."""
    known = _known(content)
    if known is None:
        return None
    kind, reader = known
    found = CollectedTexts()
    if reader is not None:
        reader(content, found)
    if not any(name in found.texts for name in GRAPHS):
        # Where a file is not built as it should be, or in a way that is not known here.
        scanning.read(content, found)
    return FileTexts(kind, found.texts)


Reader = Callable[[Content, CollectedTexts], None]


def _known(content: Content) -> tuple[str, Reader | None] | None:
    """What a file is by its first bytes, and what reads its texts."""
    head = content[:32]
    for start, kind, reader in _STARTS:
        if head.startswith(start):
            return kind, reader
    if head[:4] == b"RIFF":
        return ("a picture (WebP)", exif.read_webp) if head[8:12] == b"WEBP" else ("a sound or a film (RIFF)", None)
    if head[4:8] == b"ftyp":
        # Pictures are kept in the same boxes as films.
        picture = head[8:12] in (b"avif", b"avis", b"heic", b"mif1")
        return ("a picture (AVIF)", None) if picture else ("a film or a sound (MP4)", mp4.read)
    if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0 and head[:2] != b"\xff\xfe":
        return "a sound (MP3)", None
    if b"<svg" in content[:1000]:
        return "a picture (SVG)", None
    return ("a latent or a model (safetensors)", models.read_safetensors) if models.is_safetensors(content) else None


_STARTS: tuple[tuple[bytes, str, Reader | None], ...] = (
    (PNG_SIGNATURE, "a picture (PNG)", png.read),
    (b"\xff\xd8\xff", "a picture (JPEG)", exif.read_jpeg),
    (b"GIF8", "a picture (GIF)", None),
    (b"fLaC", "a sound (FLAC)", vorbis.read_flac),
    (b"OggS", "a sound (Ogg)", vorbis.read_ogg),
    (b"ID3", "a sound (MP3)", id3.read),
    (b"\x1aE\xdf\xa3", "a film (WebM)", matroska.read),
    (models.GLTF, "a 3D file (glTF)", models.read_gltf),
)
