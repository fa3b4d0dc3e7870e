"""Short sounds and films that FFmpeg writes here, by the suffix of their file."""

from pathlib import Path

import av
import numpy as np

SOUNDS = {".flac": "flac", ".wav": "pcm_s16le", ".mp3": "libmp3lame", ".ogg": "libopus", ".m4a": "aac"}
FILMS = {".mp4": "libx264", ".mov": "libx264", ".webm": "libvpx-vp9", ".avi": "mpeg4"}


def sound(path: Path, *, seconds: float = 0.5, rate: int = 48_000, hertz: float = 440.0, channels: int = 1) -> None:
    """A sine at half of full scale in every channel."""
    wave = 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)
    samples = np.repeat(wave[:, None], channels, axis=1).astype(np.float32)
    layout = {1: "mono", 2: "stereo"}[channels]
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="flt", layout=layout)
    frame.sample_rate = rate
    with av.open(str(path), "w") as container:
        stream = container.add_stream(SOUNDS[path.suffix], rate=rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        resampler = av.AudioResampler(format=stream.format, layout=layout, rate=rate, frame_size=stream.frame_size)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))


def film(path: Path, *, frames: int = 4) -> None:
    """Red pictures of 64 × 48 pixels, ten a second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(FILMS[path.suffix], rate=10)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        picture = np.zeros((48, 64, 3), np.uint8)
        picture[..., 0] = 200
        for _ in range(frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
