"""Writes the fake's pictures, sounds and films as real files, with the graph in their metadata."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.video.stream
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from fake_comfyui.artist import Samples

OPUS_RATES = (8000, 12000, 16000, 24000, 48000)
QUALITY = {"64k": 64_000, "96k": 96_000, "128k": 128_000, "192k": 192_000, "320k": 320_000}


@dataclass(frozen=True)
class Sound:
    """``samples`` are float32 in -1..1, shape (channels, frames); ``rate`` is in Hz."""

    samples: Samples
    rate: int


@dataclass(frozen=True)
class Film:
    frames: tuple[Image.Image, ...]
    fps: float
    sound: Sound | None = None


def save_picture(picture: Image.Image, path: Path, metadata: Mapping[str, Any]) -> None:
    """A PNG; each entry of ``metadata`` becomes a text chunk of JSON."""
    chunks = PngInfo()
    for key, value in metadata.items():
        chunks.add_text(key, json.dumps(value))
    picture.save(path, pnginfo=chunks, compress_level=4)


def save_sound(sound: Sound, path: Path, metadata: Mapping[str, Any], quality: str = "V0") -> None:
    """FLAC, MP3 or Opus, as the suffix of ``path`` says."""
    codec = {".flac": "flac", ".mp3": "libmp3lame", ".opus": "libopus"}[path.suffix]
    rate = sound.rate
    if codec == "libopus" and rate not in OPUS_RATES:
        rate = min((known for known in OPUS_RATES if known > rate), default=48000)
    with av.open(str(path), "w") as container:
        container.metadata.update({key: json.dumps(value) for key, value in metadata.items()})
        layout = "mono" if sound.samples.shape[0] == 1 else "stereo"
        stream: Any = container.add_stream(codec, rate=rate, layout=layout)
        if quality in QUALITY and codec != "flac":
            stream.bit_rate = QUALITY[quality]
        _pour(container, stream, _resampled(sound, rate), rate, layout)


def save_film(film: Film, path: Path, metadata: Mapping[str, Any]) -> None:
    """An MP4 with H.264, and AAC when the film has sound."""
    with av.open(str(path), "w", options={"movflags": "use_metadata_tags"}) as container:
        container.metadata.update({key: json.dumps(value) for key, value in metadata.items()})
        stream = container.add_stream("libx264", rate=Fraction(round(film.fps * 1000), 1000))
        stream.width, stream.height = (side - side % 2 for side in film.frames[0].size)
        stream.pix_fmt = "yuv420p"
        tune = None if film.sound is None else container.add_stream("aac", rate=film.sound.rate, layout="stereo")
        for picture in film.frames:
            pixels = np.asarray(picture.convert("RGB").resize((stream.width, stream.height)))
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if tune is not None and film.sound is not None:
            samples = np.broadcast_to(film.sound.samples, (2, film.sound.samples.shape[1]))
            _pour(container, tune, np.ascontiguousarray(samples), film.sound.rate, "stereo")


def load_sound(path: Path) -> Sound:
    """Decode a sound file to float32."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="fltp", layout=stream.layout, rate=stream.rate)
        parts = [part.to_ndarray() for frame in container.decode(stream) for part in resampler.resample(frame)]
        return Sound(np.concatenate(parts, axis=1).astype(np.float32), int(stream.rate))


def _pour(container: Any, stream: Any, samples: NDArray[Any], rate: int, layout: str) -> None:
    channels = samples.shape[0]
    block = max(1024, stream.codec_context.frame_size or 0)
    resampler = av.AudioResampler(format=stream.format, layout=layout, rate=rate, frame_size=stream.frame_size or 0)
    for start in range(0, samples.shape[1], block):
        piece = np.ascontiguousarray(samples[:, start : start + block].T).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(piece.astype(np.float32), format="flt", layout=layout)
        frame.sample_rate = rate
        frame.pts = start
        for ready in resampler.resample(frame):
            container.mux(stream.encode(ready))
    for ready in resampler.resample(None):
        container.mux(stream.encode(ready))
    container.mux(stream.encode(None))
    if channels not in (1, 2):
        raise ValueError(f"{channels} channels")


def _resampled(sound: Sound, rate: int) -> Samples:
    if rate == sound.rate:
        return sound.samples
    length = sound.samples.shape[1]
    places = np.linspace(0, length - 1, round(length * rate / sound.rate))
    rows = [np.interp(places, np.arange(length), row) for row in sound.samples]
    return np.stack(rows).astype(np.float32)
