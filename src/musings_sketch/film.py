"""A film without a model: painted pictures, over which a camera glides, each fading into the next. Silent.

Deterministic from its words and its seed: no clock and no chance are asked.
"""

from collections.abc import Callable, Iterator

from PIL import Image

from musings_sketch import painting

SHOT_SECONDS = 2.5
MOST_SHOTS = 6
FADE_SECONDS = 0.6
# The pictures are larger than the film, so that they are sharp where the camera is nearest.
LARGER = 1.2
"""Width of a picture, in widths of the film."""
CLOSEST = 0.82
"""Width of what is seen where the camera is nearest, in widths of the picture."""
PAINTED = 0.7
"""The share of the work that painting is, as far as progress tells."""


def frames(
    text: str,
    seed: int,
    size: tuple[int, int],
    count: int,
    fps: int,
    *,
    check: Callable[[], None] = lambda: None,
    progress: Callable[[float], None] = lambda done: None,
) -> Iterator[Image.Image]:
    """``count`` RGB pictures of ``size`` (width and height, 64 to 1280 pixels each), to be shown ``fps`` a second.

    ``check`` is called often and may raise to stop; ``progress`` is told the share done, 0..1. Raises ``ValueError``
    for a size outside the limits.
    """
    shots = max(1, min(MOST_SHOTS, round(count / fps / SHOT_SECONDS)))
    wide, high = (max(painting.SMALLEST, round(side * LARGER)) for side in size)
    pictures = [
        painting.paint(
            text,
            seed + shot,
            wide,
            high,
            check=check,
            progress=lambda share, shot=shot: progress(PAINTED * (shot + share) / shots),  # type: ignore[misc]
        )
        for shot in range(shots)
    ]
    length = count / shots
    fade = min(FADE_SECONDS * fps, length / 2)
    for number in range(count):
        check()
        shot = min(shots - 1, int(number / length))
        seen = _seen(pictures[shot], shot, number - shot * length, length, fade, size)
        # The next picture shows through while this shot ends, and moves already.
        late = number - ((shot + 1) * length - fade)
        if late > 0 and shot + 1 < shots:
            following = _seen(pictures[shot + 1], shot + 1, late - fade, length, fade, size)
            seen = Image.blend(seen, following, late / fade)
        yield seen
        progress(PAINTED + (1 - PAINTED) * (number + 1) / count)


def _seen(
    picture: Image.Image, shot: int, when: float, length: float, fade: float, size: tuple[int, int]
) -> Image.Image:
    """What the camera sees at a frame of a shot, -fade to length: it glides in, or out, and to one side."""
    way = (when + fade) / (length + fade)
    near = way if shot % 2 == 0 else 1 - way
    share = 1 - (1 - CLOSEST) * near
    width, height = picture.width * share, picture.height * share
    side = way if shot % 4 in (0, 3) else 1 - way
    left, top = (picture.width - width) * side, (picture.height - height) / 2
    return picture.resize(size, Image.Resampling.BILINEAR, box=(left, top, left + width, top + height))
