"""Which places of a media file hold texts, whatever the file is."""

from collections.abc import Callable, Iterator

from comfyui_workflows.metadata.collected import Content
from comfyui_workflows.metadata.containers import PNG_SIGNATURE
from musings.files.metadata_removal import flac, gif, id3, jpeg, matroska, mp4, ogg, png, riff
from musings.files.metadata_removal.spans import Span

_BY_START: tuple[tuple[bytes, Callable[[Content], Iterator[Span]]], ...] = (
    (PNG_SIGNATURE, png.blanked),
    (jpeg.START, jpeg.blanked),
    (gif.START, gif.blanked),
    (riff.START, riff.blanked),
    (flac.START, flac.blanked),
    (ogg.START, ogg.blanked),
    (id3.START, id3.blanked),
    (matroska.START, matroska.blanked),
)


def spans_without_texts(content: Content) -> list[Span]:
    """What is to stand where a picture, a sound or a film holds texts; empty for a file that holds none.

    A file that is broken is read as far as it can be; nothing is raised for what is in it.
    """
    for start, blanked in _BY_START:
        if content[: len(start)] == start:
            return list(blanked(content))
    # The size of the first box stands before its name.
    if content[4:8] == mp4.MARK:
        return list(mp4.blanked(content))
    if len(content) > 1 and content[0] == 0xFF and content[1] & 0xE0 == 0xE0:
        return list(id3.blanked(content))  # a sound without a tag in front
    return []
