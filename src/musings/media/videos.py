"""What we know of a video file, and its poster."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream
from PIL import Image

from musings.errors import AttemptError
from musings.media.decoding import ONLY_FILES, broken, damage_told
from musings.media.pictures import MOST_PIXELS

POSTER_PIXELS = 512
_MOST_FRAMES = 1_000_000  # nine hours; a container that does not say how long it is has every frame decoded
_FRAMES_TRIED = 250
_BLACK = 16  # of 255: video black is often 16, and fades begin a little above it


@dataclass(frozen=True)
class VideoFacts:
    """Size in pixels, ``duration`` in seconds, ``fps`` frames per second on average."""

    width: int
    height: int
    duration: float
    fps: float
    codec: str
    has_audio: bool


def read_video(path: Path) -> VideoFacts:
    """The facts of a video or an animated picture. Raises ``AttemptError`` when it cannot be read as one."""
    with _opened(path) as (container, stream):
        fps = float(stream.average_rate or stream.guessed_rate or 0)
        codec = stream.codec_context
        return VideoFacts(
            width=codec.width,
            height=codec.height,
            duration=round(_seconds(path, container, stream, fps), 3),
            fps=round(fps, 3),
            codec=codec.codec.canonical_name,
            has_audio=bool(container.streams.audio),
        )


def write_poster(path: Path, target: Path) -> None:
    """Save the first frame that is not black (or else the first) as WebP, at most 512 pixels wide or high.

    Raises ``AttemptError`` when the video cannot be read.
    """
    with _opened(path) as (container, stream):
        first: Image.Image | None = None
        try:
            for frame in islice(container.decode(stream), _FRAMES_TRIED):
                picture: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
                first = first or picture
                if not _is_black(picture):
                    first = picture
                    break
        except (av.error.FFmpegError, ValueError) as error:
            if first is None:
                raise broken(path, error) from error
    if first is None:
        raise AttemptError(f"{path.name} holds no pictures.", hint="Check what the workflow saves.")
    first.thumbnail((POSTER_PIXELS, POSTER_PIXELS), Image.Resampling.LANCZOS)
    first.save(target, "WEBP", quality=80)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    try:
        container = av.open(str(path), metadata_errors="replace", options=ONLY_FILES)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise broken(path, error) from error
    with container:
        if not container.streams.video:
            raise AttemptError(f"{path.name} holds no video.", hint="Check what the workflow saves.")
        stream = container.streams.video[0]
        codec = stream.codec_context
        if codec is None:
            raise broken(path, ValueError("no decoder knows what is in it"))
        if codec.width * codec.height > MOST_PIXELS:
            raise AttemptError(
                f"{path.name} is a film of {codec.width}×{codec.height} pixels; "
                f"{MOST_PIXELS // 1_000_000} million are the most that is opened.",
                hint="Make it smaller.",
            )
        with damage_told(path):
            yield container, stream


def _seconds(path: Path, container: InputContainer, stream: VideoStream, fps: float) -> float:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    if container.duration:
        return container.duration / av.time_base
    frames = sum(1 for _ in islice(container.decode(stream), _MOST_FRAMES + 1))
    if frames > _MOST_FRAMES:
        raise AttemptError(f"{path.name} has more than {_MOST_FRAMES:,} frames.", hint="Make a shorter piece.")
    return frames / fps if fps else 0.0


def _is_black(picture: Image.Image) -> bool:
    darkest_and_brightest = picture.convert("L").resize((32, 32)).getextrema()
    brightest = darkest_and_brightest[1]
    return isinstance(brightest, (int, float)) and brightest <= _BLACK + 8
