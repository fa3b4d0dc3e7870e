"""Small files of every container that can be marked, and what programs that are not ours find in them."""

import io
import json
import shutil
import subprocess
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import av
import numpy as np
from PIL import Image

from tests.musings.files.metadata_removal.without import played, shown

IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PICTURES = (
    "png",
    "jpg",
    "webp",
    "gif",
    "lossless.webp",
    "clear.webp",
    "moving.webp",
    "moving.gif",
    "moving.png",
    "avif",
)
SOUNDS = ("flac", "mp3", "opus", "ogg", "wav", "aac")
FILMS = ("mp4", "mov", "m4a", "webm", "mkv")
_CODECS = {"flac": "flac", "mp3": "libmp3lame", "opus": "libopus", "ogg": "vorbis", "wav": "pcm_s16le", "aac": "aac"}
_MUXERS = {"aac": "adts", "opus": "ogg", "m4a": "ipod", "mkv": "matroska"}


@cache
def sample(name: str, words: str = "") -> bytes:
    """A small file; ``words`` are a text that a program has written into it."""
    suffix = name.rpartition(".")[2]
    if name in PICTURES:
        return _picture(name, suffix, words)
    out = io.BytesIO()
    tags = {"prompt": words, "comment": words} if words else {}
    movflags = {"movflags": "use_metadata_tags"} if suffix in ("mp4", "mov", "m4a") else {}
    with av.open(out, "w", format=_MUXERS.get(suffix, suffix), options=movflags) as container:
        container.metadata.update(tags)
        if suffix in SOUNDS or suffix == "m4a":
            _play(container, _CODECS.get(suffix, "aac"))
        else:
            _show(container, "libvpx-vp9" if suffix == "webm" else "libx264")
    return out.getvalue()


def _picture(name: str, suffix: str, words: str) -> bytes:
    out = io.BytesIO()
    clear = name.startswith("clear")
    picture = Image.effect_mandelbrot((40, 30), (-2, -1, 1, 1), 20).convert("RGBA" if clear else "RGB")
    if clear:
        picture.putalpha(100)
    options: dict[str, Any] = {}
    if name.startswith("moving"):
        options = {"save_all": True, "append_images": [picture.rotate(90)], "duration": 100, "loop": 0}
    if words and suffix in ("jpg", "webp", "avif"):
        exif = Image.Exif()
        exif[0x010F] = words
        options["exif"] = exif
    elif words and suffix == "gif":
        options["comment"] = words
    elif words:
        from PIL.PngImagePlugin import PngInfo

        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_text("prompt", words)
    format_ = {"jpg": "JPEG"}.get(suffix, suffix.upper())
    picture.save(out, format_, lossless=name.startswith(("lossless", "clear")), **options)
    return out.getvalue()


def _play(container: Any, codec: str) -> None:
    options = {"strict": "experimental"} if codec == "vorbis" else {}
    stream = container.add_stream(codec, rate=48_000, layout="stereo", options=options)
    tune = (np.sin(np.arange(48_000) / 20) * 9000).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(np.repeat(tune, 2).reshape(1, -1), format="s16", layout="stereo")
    frame.sample_rate = 48_000
    frame.pts = 0
    container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def _show(container: Any, codec: str) -> None:
    stream = container.add_stream(codec, rate=Fraction(10))
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    for number in range(6):
        picture = Image.new("RGB", (64, 48), (number * 40, 90, 120))
        container.mux(stream.encode(av.VideoFrame.from_image(picture)))  # type: ignore[no-untyped-call]
    container.mux(stream.encode(None))


def perceived(content: bytes, name: str) -> object:
    """All pixels and samples."""
    return shown(content) if name in PICTURES else played(content)


def told_type(content: bytes, name: str) -> str | None:
    """The type of source that an independent reader (Pillow, FFmpeg) finds; its XMP must be XML."""
    suffix = name.rpartition(".")[2]
    if name in PICTURES:
        if suffix == "gif":  # whose packets Pillow does not read
            _, _, behind = content.partition(b"XMP DataXMP")
            return told_by(behind.partition(b'<?xpacket end="r"?>')[0]) if behind.strip() else None
        with Image.open(io.BytesIO(content)) as picture:
            found = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp")
        return told_by(found) if found else None
    with av.open(io.BytesIO(content), options={"export_xmp": "1"}) as container:
        texts = dict(container.metadata)
        for stream in container.streams:
            texts.update(stream.metadata)
    if suffix in ("mp3", "aac"):
        # FFmpeg writes what is no ASCII as ``\\xef``.
        raw = texts.get("id3v2_priv.XMP", "").encode().decode("unicode_escape").encode("latin-1")
        return told_by(raw) if "id3v2_priv.XMP" in texts else None
    if suffix in ("mp4", "mov", "m4a"):
        return told_by(texts["xmp"]) if "xmp" in texts else None
    if suffix == "wav":  # which FFmpeg does not look for
        place = content.find(b"_PMX")
        return None if place < 0 else told_by(content[place + 8 :].rpartition(b"?>")[0] + b"?>")
    names = {each.upper().replace("_", ""): text for each, text in texts.items()}
    return names.get("DIGITALSOURCETYPE")


def told_by(packet: bytes | str) -> str:
    """The type that a packet of XMP names, read as XML."""
    text = packet.decode("utf-8") if isinstance(packet, bytes) else packet
    root = ElementTree.fromstring(text.strip("\0"))
    assert root.find(f".//{RDF}Description") is not None
    return root.findtext(f".//{IPTC}DigitalSourceType") or ""


def exiftool(path: Path) -> dict[str, str] | None:
    """What exiftool finds in a file; None where it is not installed."""
    program = shutil.which("exiftool")
    if program is None:
        return None
    told = subprocess.run([program, "-j", "-G", "-n", str(path)], capture_output=True, check=False)
    found: dict[str, str] = json.loads(told.stdout)[0]
    assert "ExifTool:Error" not in found
    assert found.get("ExifTool:Warning", "[minor]").startswith("[minor]"), found["ExifTool:Warning"]
    return found
