"""Pictures into an MP4, one at a time, the same bytes every time on one machine.

H.264 in ``yuv420p`` plays wherever films play. ``use_metadata_tags`` keeps tags of any name (Apple's ``mdta`` keys);
One thread makes the encoder's choices the same ones.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

import av
from av.codec.codec import UnknownCodecError
from av.container import OutputContainer
from av.video.stream import VideoStream
from PIL import Image

from musings.errors import AttemptError
from musings.media import encoding

CODEC = "libx264"
# Still good to look at, and a third of the size of the encoder's own choice.
QUALITY = {"crf": "21", "preset": "veryfast", "threads": "1"}


def write_film(
    frames: Iterable[Image.Image], size: tuple[int, int], fps: int, target: Path, tags: Mapping[str, str]
) -> None:
    """Write a silent film of pictures of ``size`` (width and height, even numbers) at ``fps`` a second.

    Raises as ``encoding.written``, and ``AttemptError`` where FFmpeg was built without the encoder.
    """
    with encoding.written(target, tags, movflags="use_metadata_tags+faststart") as container:
        stream = _stream(container, fps)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        for picture in frames:
            frame: av.VideoFrame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _stream(container: OutputContainer, fps: int) -> VideoStream:
    try:
        # To a type checker a name may be that of any codec.
        return cast(VideoStream, container.add_stream(CODEC, rate=fps, options=QUALITY))
    except UnknownCodecError as error:
        raise AttemptError(
            f"FFmpeg has no encoder {CODEC} here, so no film can be made.", hint="Install PyAV as its wheel."
        ) from error
