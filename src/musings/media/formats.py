"""The formats that sounds and pictures are given out in, by OpenAI's name."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class SoundFormat:
    """``container`` and ``codec`` as FFmpeg names them; ``rates`` (Hz) are those that the codec takes, best first.

    ``tag`` is where a stream says what made it: the XMP, or the address of the type of source.
    """

    container: str
    codec: str
    media_type: str
    sample_format: str
    rates: tuple[int, ...] = ()
    tag: str = ""


XMP_TAG = "id3v2_priv.XMP"
"""FFmpeg's name of the frame ``PRIV`` of ID3v2 with the owner ``XMP``."""
COMMENT_TAG = "DIGITALSOURCETYPE"

SOUND_FORMATS: Mapping[str, SoundFormat] = {
    "mp3": SoundFormat(
        "mp3", "libmp3lame", "audio/mpeg", "s16p", (24_000, 22_050, 32_000, 44_100, 48_000, 16_000), XMP_TAG
    ),
    "opus": SoundFormat("ogg", "libopus", "audio/ogg", "s16", (48_000,), COMMENT_TAG),
    "aac": SoundFormat("adts", "aac", "audio/aac", "fltp", (24_000, 22_050, 32_000, 44_100, 48_000, 16_000), XMP_TAG),
    "flac": SoundFormat("flac", "flac", "audio/flac", "s16", tag=COMMENT_TAG),
    "wav": SoundFormat("wav", "pcm_s16le", "audio/wav", "s16"),
    "pcm": SoundFormat("s16le", "pcm_s16le", "audio/pcm", "s16", (24_000,)),
}
"""By OpenAI's name. ``pcm`` is raw: 24 kHz, 16 bit, little-endian, without a header."""

PICTURE_TYPES: Mapping[str, str] = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}
"""Pillow's name by OpenAI's."""
