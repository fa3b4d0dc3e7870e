"""Pictures, sounds and films that carry a workflow, written by the libraries that ComfyUI writes them with."""

import io
import json
from typing import Any

import av
import numpy as np
from PIL import Image, PngImagePlugin

from tests.comfyui_workflows.saved_files import File as SavedFile
from tests.comfyui_workflows.saved_files import blank, saver
from tests.musings.makers.comfyui.graphs import picture

PROMPT = json.dumps(picture(prefix="ran"))
SAVED_FILE = saver(blank(SavedFile()), 1)
SAVED: dict[str, Any] = {"nodes": SAVED_FILE.nodes, "links": SAVED_FILE.links}
TEXTS = {"prompt": PROMPT, "workflow": json.dumps(SAVED)}


def png(texts: dict[str, str], *, packed: bool = False) -> bytes:
    info = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        info.add_text(name, text, zip=packed)
    return _picture("PNG", pnginfo=info)


def webp(texts: dict[str, str], kind: str = "WEBP") -> bytes:
    """As ComfyUI writes it: each text, with its name in front, in a tag that means something else."""
    exif = Image.Exif()
    for place, (name, text) in enumerate(texts.items()):
        exif[0x0110 - place] = f"{name}:{text}"
    return _picture(kind, exif=exif.tobytes())


def commented(text: str, kind: str = "JPEG", *, order: str = "utf-16-be", mark: bytes = b"UNICODE\0") -> bytes:
    """With a comment of the user, as AUTOMATIC1111 writes it into a JPEG."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = mark + text.encode(order)
    return _picture(kind, exif=exif.tobytes())


def sound(kind: str, codec: str, texts: dict[str, str]) -> bytes:
    target = io.BytesIO()
    with av.open(target, "w", format=kind) as container:
        container.metadata.update(texts)
        stream: Any = container.add_stream(codec, rate=48_000, layout="mono")
        formats = {"flac": "s16", "libopus": "s16", "libmp3lame": "s16p"}
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1152), np.int16), format=formats[codec], layout="mono")
        frame.sample_rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


def film(kind: str, codec: str, texts: dict[str, str]) -> bytes:
    target = io.BytesIO()
    options = {"movflags": "use_metadata_tags"} if kind == "mp4" else {}
    with av.open(target, "w", format=kind, options=options) as container:
        container.metadata.update(texts)
        stream: Any = container.add_stream(codec, rate=24)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(3):
            frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


def _picture(kind: str, **more: Any) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, kind, **more)
    return target.getvalue()


CARRIERS = {
    "a.png": png(TEXTS),
    "packed.png": png(TEXTS, packed=True),
    "a.webp": webp(TEXTS),
    "a.jpg": webp(TEXTS, "JPEG"),
    "a.avif": webp(TEXTS, "AVIF"),
    "a.flac": sound("flac", "flac", TEXTS),
    "a.opus": sound("ogg", "libopus", TEXTS),
    "a.mp3": sound("mp3", "libmp3lame", TEXTS),
    "a.mp4": film("mp4", "libx264", TEXTS),
    "comment.mp4": film("mp4", "libx264", {"comment": json.dumps({"prompt": PROMPT, "workflow": TEXTS["workflow"]})}),
    "a.mov": film("mov", "libx264", {"comment": json.dumps({"prompt": PROMPT, "workflow": TEXTS["workflow"]})}),
    "a.webm": film("webm", "libvpx-vp9", TEXTS),
    "a.mkv": film("matroska", "libx264", TEXTS),
}
